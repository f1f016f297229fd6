/** `ptediff bench`: what is asked for, and where the report goes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { SECTIONS } from '../../src/bench/run.js';
import { temporaryFolder } from '../folders.js';
import { run } from './fakes.js';

describe('ptediff bench', () => {
  it('measures everything unless it is told what', async () => {
    const { code, out, err, asked } = await run(['bench']);
    expect(asked.bench).toMatchObject({ sections: SECTIONS, quick: false });
    expect(code).toBe(0);
    expect(err).toContain('ptediff: measuring random\n');
    expect(out).toMatch(/^ptediff .* bench: Node /);
    expect(out).toContain('not met\n');
  });

  it('measures the sections that are named, quickly if asked to', async () => {
    const { asked } = await run(['bench', 'find', 'random', '--quick']);
    expect(asked.bench).toMatchObject({ sections: ['find', 'random'], quick: true });
    expect(asked.bench?.allow).toMatch(/fixtures\/allow$/);
    expect(asked.bench?.program).toMatch(/dist\/cli\/main\.js$/);
  });

  it.each([
    [['radnom'], "'radnom' is invalid for argument 'section'. Did you mean random?"],
    [['speed'], `Expected some of ${SECTIONS.join(', ')}.`],
    [['find', 'find'], 'Expected each section once.'],
    [['--format', 'yaml'], 'Allowed choices are text, json.'],
  ])('refuses %j', async (argv, message) => {
    const { code, out, err, asked } = await run(['bench', ...argv]);
    expect([code, out]).toEqual([64, '']);
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(asked.bench).toBeUndefined();
  });

  it('prints JSON for programs', async () => {
    const { out } = await run(['bench', '--format', 'json']);
    const report = JSON.parse(out) as { sections: { id: string; rows: { met: boolean | null }[] }[] };
    expect(report.sections[0]).toMatchObject({ id: 'random', rows: [{ met: false }] });
  });

  it('writes the report to a file, without colours', async () => {
    const { path, remove } = temporaryFolder();
    onTestFinished(remove);
    const file = join(path, 'bench.txt');
    const { code, out } = await run(['bench', '--out', file], {}, { env: { FORCE_COLOR: '1' } });
    expect([code, out]).toEqual([0, '']);
    expect(readFileSync(file, 'utf8')).toMatch(/^ptediff .* bench: Node /);
  });

  it('finds out before it measures that the file cannot be written', async () => {
    const { code, asked } = await run(['bench', '--out', '/no/such/folder/bench.txt']);
    expect(code).toBe(74);
    expect(asked.bench).toBeUndefined();
  });

  it('ends with what it has after Ctrl-C', async () => {
    const { code, out, err } = await run(['bench'], { interruptsBench: true });
    expect(code).toBe(130);
    expect(err).toContain('stopping after this section; press Ctrl-C again to end at once');
    expect(out).toContain('Random search (random)');
  });
});
