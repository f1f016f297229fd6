/** Temporary folders go away, however their use ends. */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { run } from '../../../src/kernel/trees/run.js';
import { inTemporaryFolder } from '../../../src/kernel/trees/temporary.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const listeners = (): number[] => SIGNALS.map((signal) => process.listenerCount(signal));

it('is there for the work, with a name of its own, and gone after it', async () => {
  const before = listeners();
  const folder = await inTemporaryFolder('ptediff-spec-', async (made) => {
    writeFileSync(join(made, 'file'), 'text');
    return made;
  });
  expect(folder).toContain('ptediff-spec-');
  expect(existsSync(folder)).toBe(false);
  expect(listeners()).toEqual(before);
});

it('is gone after work that failed, whose error stays', async () => {
  let folder = '';
  const failing = inTemporaryFolder('ptediff-spec-', async (made) => {
    folder = made;
    throw new Error('no space');
  });
  await expect(failing).rejects.toThrow('no space');
  expect(existsSync(folder)).toBe(false);
});

it.each(SIGNALS)('is gone when %s ends the program, and a program that was started ends too', async (signal) => {
  const before = listeners();
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  const ended = inTemporaryFolder('ptediff-spec-', async (folder, stopped) => {
    const sleeping = run('sleep', ['60'], { env: process.env, missing: 'no sleep', ended: stopped });
    process.emit(signal, signal);
    expect(existsSync(folder)).toBe(false);
    return sleeping;
  });
  // What the signal does by itself is left to the system, without our handler.
  await expect(ended).resolves.toMatchObject({ exitCode: 1 });
  expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, signal);
  expect(listeners()).toEqual(before);
});
