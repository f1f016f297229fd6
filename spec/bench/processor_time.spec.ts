/** Processor time of a thread, and what is used where the system does not tell it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { processorMilliseconds, Stopwatch } from '../../src/bench/processor_time.js';
import { temporaryFolder } from '../folders.js';

const HAS_PROCESSOR_TIME = processorMilliseconds() !== null;

describe('processor time', () => {
  it('is read in milliseconds, or is unknown', () => {
    const { path, remove } = temporaryFolder();
    onTestFinished(remove);
    const file = join(path, 'schedstat');
    expect(processorMilliseconds(file)).toBeNull();
    writeFileSync(file, '2500000 77 3\n');
    expect(processorMilliseconds(file)).toBe(2.5);
    writeFileSync(file, 'none\n');
    expect(processorMilliseconds(file)).toBeNull();
  });

  it('leaves out the time in which the thread waits', async (context) => {
    if (!HAS_PROCESSOR_TIME) context.skip();
    const stopwatch = new Stopwatch();
    await wait(200);
    const { milliseconds, clock } = stopwatch.read();
    expect(clock).toBeGreaterThan(190);
    // A stretch without any work may not have been noticed at all: then the clock is all there is.
    if (milliseconds !== clock) expect(milliseconds).toBeLessThan(150);
  });

  it('has the time in which the thread works', () => {
    const stopwatch = new Stopwatch();
    const end = performance.now() + 100;
    while (performance.now() < end);
    const { milliseconds, clock } = stopwatch.read();
    expect(clock).toBeGreaterThanOrEqual(100);
    expect(milliseconds).toBeGreaterThan(0);
    expect(milliseconds).toBeLessThanOrEqual(clock + 10);
  });
});
