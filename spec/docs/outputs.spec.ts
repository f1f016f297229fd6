/** Outputs in README and tutorial are those of the commands above them, apart from what is cut out at `...`. */
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PACKAGE_ROOT } from '../../src/cli/package.js';
import { temporaryFolder } from '../folders.js';

const PROGRAM = join(PACKAGE_ROOT, 'dist', 'cli', 'main.js');

interface Block {
  readonly language: string;
  readonly lines: readonly string[];
}

function blocksOf(file: string): Block[] {
  const text = readFileSync(join(PACKAGE_ROOT, file), 'utf8');
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language = '', body = '']) => ({
    language,
    lines: body.trimEnd().split('\n'),
  }));
}

/** What the command prints; it was started by npx, as the documents tell. */
function outputOf(argv: readonly string[], cwd: string): string {
  const env = { ...process.env, npm_command: 'exec', NO_COLOR: '1', FORCE_COLOR: undefined };
  const { stdout, stderr, error } = spawnSync(process.execPath, [PROGRAM, ...argv], { cwd, env, encoding: 'utf8' });
  if (error !== undefined) throw error;
  return `${stderr.replace(/^ptediff: (?!using).*\n/gm, '')}${stdout}`;
}

/** The stretches between two `...`, each with its line ends. */
function stretchesOf(lines: readonly string[]): string[] {
  return `\n${lines.join('\n')}\n`
    .split(/(?<=\n)\.\.\.\n/)
    .map((stretch) => (stretch.startsWith('\n') ? stretch : `\n${stretch}`))
    .filter((stretch) => stretch !== '\n');
}

/** Runs the command of a console block, and looks for each stretch of it behind the one before. */
function expectOutput({ lines: [command = '', ...shown] }: Block, cwd: string): void {
  expect(command).toMatch(/^\$ npx ptediff /);
  const output = `\n${outputOf(command.split(' ').slice(3), cwd)}`;
  let from = 0;
  for (const stretch of stretchesOf(shown)) {
    const at = output.indexOf(stretch, from);
    if (at === -1) expect(output.slice(from)).toContain(stretch);
    from = at + stretch.length - 1;
  }
}

const consoleBlocks = (file: string): Block[] => blocksOf(file).filter(({ language }) => language === 'console');

describe('the README', () => {
  it('shows what its command prints', { timeout: 300_000 }, () => {
    const blocks = consoleBlocks('README.md');
    expect(blocks.length).toBeGreaterThan(0);
    for (const block of blocks) expectOutput(block, PACKAGE_ROOT);
  });
});

describe('the tutorial', () => {
  const blocks = blocksOf('docs/tutorial.md');
  const shown = consoleBlocks('docs/tutorial.md');
  const exercise = temporaryFolder();
  afterAll(exercise.remove);
  const at = (name: string): string => join(exercise.path, 'fixtures', name);
  const [fixture, entry, condition] = blocks.filter(({ language }) => language === 'yaml').map(({ lines }) => lines);
  const inExercise = shown.findIndex(({ lines }) =>
    lines.includes('ptediff: using the fixtures of the working directory'),
  );

  it('shows what its commands print', { timeout: 300_000 }, () => {
    expect(inExercise).toBeGreaterThan(0);
    for (const block of shown.slice(0, inExercise)) expectOutput(block, PACKAGE_ROOT);
  });

  it('shows what they print in its exercise', { timeout: 600_000 }, () => {
    const [forgotten, checked, missing, explained] = shown.slice(inExercise) as [Block, Block, Block, Block];
    cpSync(join(PACKAGE_ROOT, 'fixtures'), at(''), { recursive: true });
    rmSync(at('allow/young-run-uniform.yaml'));
    expectOutput(forgotten, exercise.path);
    writeFileSync(at('cases/two-pages.yaml'), `${fixture?.join('\n')}\n`);
    expectOutput(checked, exercise.path);
    const wide = `${entry?.join('\n')}\n`;
    writeFileSync(at('allow/my-young-run.yaml'), wide);
    expectOutput(missing, exercise.path);
    const exact = wide.replace(/^ *when: .*$/m, condition?.join('\n') ?? '');
    expect(exact).not.toBe(wide);
    writeFileSync(at('allow/my-young-run.yaml'), exact);
    expectOutput(explained, exercise.path);
    writeFileSync(at('allow/my-young-run.yaml'), exact.replace('under-review', 'intentional'));
    const last = blocks.filter(({ language }) => language === 'text').at(-1)?.lines ?? [];
    expect(outputOf(['fuzz', '--faults', '60000'], exercise.path)).toContain(`\n${last.join('\n')}\n`);
  });
});
