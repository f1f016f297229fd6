/** `ptediff sweep` as the shell starts it: a whole scope, and one that is interrupted and gone on with. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/cli/package.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist', 'cli', 'main.js');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** @param interruptAt what stderr says when the program is interrupted, once: a second time would end it at once */
async function run(argv: readonly string[], interruptAt?: RegExp): Promise<Ended> {
  const ours = /^(?:NO_COLOR|FORCE_COLOR|PTEDIFF_DEBUG|npm_.*)$/;
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
  const child = spawn(process.execPath, [PROGRAM, ...argv], { cwd: PACKAGE_ROOT, env });
  const texts = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    texts.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    const before = interruptAt?.test(texts.err) ?? true;
    texts.err += chunk;
    if (!before && interruptAt?.test(texts.err)) child.kill('SIGINT');
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { code, ...texts };
}

it('a whole scope: the exact number of cases, and only known differences', async () => {
  const { code, out } = await run(['sweep', 'tiny', '--workers', '2']);
  expect(code).toBe(0);
  expect(out).toContain('\nscope    tiny: 77,664 of 77,664 cases, ');
  expect(out).toMatch(/\nverdict: explained, \d+ classes of known differences, no other\n$/);
});

it.each(['0', '2'])('an interrupted sweep (%s workers) says with which indexes to go on', async (workers) => {
  const { code, out } = await run(['sweep', '8-pages-young', '--workers', workers], /: [1-9][\d,]*\/160,915,584 cases/);
  expect(code).toBe(130);
  const rest = /^ {2}ptediff sweep 8-pages-young --index (\d+)\.\.160915584$/m.exec(out);
  const played = /^scope {4}8-pages-young: ([\d,]+) of 160,915,584 cases, /m.exec(out);
  expect(Number(played?.[1].replaceAll(',', ''))).toBe(Number(rest?.[1]));
  expect(Number(rest?.[1])).toBeGreaterThan(0);
  expect(out).toMatch(/\nverdict: .*\(partial: interrupted\)\n$/);
});
