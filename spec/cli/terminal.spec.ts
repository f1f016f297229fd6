/** Colour, width and progress: what a stream gets depends on what it is. */
import { describe, expect, it } from 'vitest';
import type { Progress } from '../../src/campaign/api.js';
import { ProgressLine, progressText } from '../../src/cli/progress.js';
import { hasColor, proseWidth } from '../../src/cli/terminal.js';
import { fakeIo } from './fakes.js';

const output = (isTTY: boolean, columns?: number) => ({ write: () => {}, isTTY, columns });

describe('colour', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { FORCE_COLOR: 'false' }, false],
    [false, { FORCE_COLOR: '' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { TERM: 'dumb', FORCE_COLOR: '1' }, true],
  ])('on a terminal: %s, with %j: %s', (isTTY, env, expected) => {
    expect(hasColor(output(isTTY), env)).toBe(expected);
  });
});

it.each([
  [false, undefined, 75],
  [false, 30, 75],
  [true, undefined, 75],
  [true, 0, 75],
  [true, 200, 75],
  [true, 60, 60],
  [true, 10, 40],
])('prose on a terminal: %s with %s columns has %d', (isTTY, columns, width) => {
  expect(proseWidth(output(isTTY, columns))).toBe(width);
});

const progress = (changes: Partial<Progress> = {}): Progress => ({
  casesRun: 6000,
  casesPlanned: null,
  faultsRun: 12_000,
  faultsPlanned: 200_000,
  effective: 6000,
  marksHit: 40,
  marksRequired: 52,
  classes: 6,
  unexplained: 0,
  seconds: 0.5,
  ...changes,
});

describe('progress', () => {
  it('has faults, rate, the time that is left, marks and classes', () => {
    expect(progressText(progress())).toBe('12,000/200,000 faults, 24k/s, 8 s left, marks 40/52, 6 classes');
    expect(progressText(progress({ faultsPlanned: null, seconds: 0, classes: 1, unexplained: 1 }))).toBe(
      '12,000 faults, marks 40/52, 1 class (1 not explained)',
    );
    expect(progressText(progress({ faultsRun: 200_016 }))).toContain(' 0 s left,');
  });

  it.each([
    [10, '1 min 30 s left'],
    [0.5, '5 s left'],
    [1000, '2 h 30 min left'],
    [0, '0 s left'],
  ])('of a sweep has cases, rate and the time that is left: after %s s', (seconds, left) => {
    const text = progressText(progress({ casesRun: 6000, casesPlanned: 60_000, seconds }));
    expect(text.startsWith('6,000/60,000 cases, ')).toBe(true);
    expect(text.endsWith(`${left}, 6 classes`)).toBe(true);
    expect(progressText(progress({ casesRun: 0, casesPlanned: 60_000, seconds }))).not.toContain('left');
  });

  it('is one line that changes on a terminal, and goes away', () => {
    const io = fakeIo({ isTTY: true, columns: 30 });
    const line = new ProgressLine(io);
    line.show(progress({ seconds: 0.01 }));
    line.show(progress({ seconds: 0.05 }));
    line.show(progress({ seconds: 0.2, faultsRun: 13_000 }));
    line.clear();
    line.clear();
    expect(io.err()).toBe(
      '\r\u001b[K12,000/200,000 faults, 1.2M/s\r\u001b[K13,000/200,000 faults, 65k/s,\r\u001b[K'.replace(
        '1.2M/s',
        '1.2M/s'.slice(0, 29 - '12,000/200,000 faults, '.length),
      ),
    );
  });

  it.each([{}, { isTTY: true, env: { TERM: 'dumb' } }])('is a line now and then in %j', (world) => {
    const io = fakeIo(world);
    const line = new ProgressLine(io);
    for (let seconds = 0; seconds <= 12; seconds += 0.5) line.show(progress({ seconds }));
    line.clear();
    expect(io.err()).toBe(
      [
        'ptediff: 12,000/200,000 faults, 2k/s, 1 min 18 s left, marks 40/52, 6 classes\n',
        'ptediff: 12,000/200,000 faults, 1k/s, 2 min 37 s left, marks 40/52, 6 classes\n',
      ].join(''),
    );
  });

  it('begins again with each campaign', () => {
    const io = fakeIo();
    const line = new ProgressLine(io);
    for (const seconds of [4, 12, 1, 4, 6]) line.show(progress({ seconds }));
    expect(io.err().match(/[\d.]+k?\/s/g)).toEqual(['1k/s', '2k/s']);
  });

  it('uses the width of the terminal, or 80 columns if nobody knows it', () => {
    const io = fakeIo({ isTTY: true });
    new ProgressLine(io).show(
      progress({ faultsRun: 10 ** 15, faultsPlanned: 10 ** 15, classes: 10 ** 9, unexplained: 10 ** 9 }),
    );
    expect(io.err()).toHaveLength('\r\u001b[K'.length + 79);
  });
});
