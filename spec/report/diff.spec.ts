/** Final states as a unified diff, and traces beside each other. */
import { describe, expect, it } from 'vitest';
import { stateDiffLines, traceLines } from '../../src/report/diff.js';
import type { TraceEvent } from '../../src/report/model.js';
import { aReplay, PLAIN } from './samples.js';

function event(name: string, at: string, detail = '', fault = 1): TraceEvent {
  return { fault, name, at, detail };
}

describe('final states', () => {
  it('are a unified diff of the two engines', () => {
    expect(stateDiffLines(aReplay(), PLAIN)).toEqual([
      '--- legacy@v6.1',
      '+++ batched@v6.6',
      '@@ -1,3 +1,3 @@',
      ' slot 0 pte present',
      '-slot 0 young 0',
      '+slot 0 young 1',
      ' mm ret NOPAGE',
    ]);
  });

  it('are said to be the same if they are', () => {
    expect(stateDiffLines(aReplay({ batchedState: aReplay().legacyState }), PLAIN)).toEqual([
      'The final states are the same.',
    ]);
    expect(stateDiffLines(aReplay({ legacyState: [], batchedState: [] }), PLAIN)).toHaveLength(1);
  });

  it('are coloured as diffs are', () => {
    const lines = stateDiffLines(aReplay(), { color: true, width: 75 });
    expect(lines[0]).toBe('\u001b[1m--- legacy@v6.1\u001b[22m');
    expect(lines[2]).toBe('\u001b[36m@@ -1,3 +1,3 @@\u001b[39m');
    expect(lines[3]).toBe(' slot 0 pte present');
    expect(lines[4]).toBe('\u001b[31m-slot 0 young 0\u001b[39m');
    expect(lines[5]).toBe('\u001b[32m+slot 0 young 1\u001b[39m');
  });
});

describe('traces', () => {
  it('of compiled code have the places of its source, which make no step another one', () => {
    const at = (one: TraceEvent, place: string): TraceEvent => ({ ...one, place });
    const put = event('put', 'folio 0');
    const replay = aReplay({
      legacyTrace: [at(event('set', 'slot 0'), 'a.c:7'), at(put, 'a.c:12')],
      batchedTrace: [event('set', 'slot 0'), event('ref', 'folio 0', '1'), put],
    });
    expect(traceLines(replay, PLAIN)).toEqual([
      '  legacy@v6.1          batched@v6.6',
      'fault 1',
      '  set slot 0   a.c:7   set slot 0',
      '> -                    ref folio 0 1',
      '  put folio 0  a.c:12  put folio 0',
    ]);
  });

  it('are aligned where the engines agree, with a mark at the first step that differs', () => {
    const replay = aReplay({
      legacyTrace: [
        event('lookup', 'folio 0'),
        event('set', 'slot 0', 'o'),
        event('set', 'slot 1', 'o'),
        event('unlock', 'folio 0'),
      ],
      batchedTrace: [event('lookup', 'folio 0'), event('set', 'slot 0', 'y'), event('unlock', 'folio 0')],
    });
    expect(traceLines(replay, PLAIN)).toEqual([
      '  legacy@v6.1     batched@v6.6',
      'fault 1',
      '  lookup folio 0  lookup folio 0',
      '> set slot 0 o    set slot 0 y',
      '| set slot 1 o    -',
      '  unlock folio 0  unlock folio 0',
    ]);
  });

  it('come fault by fault', () => {
    const replay = aReplay({
      legacyTrace: [event('set', 'slot 0'), event('set', 'slot 9', '', 2)],
      batchedTrace: [event('set', 'slot 0'), event('set', 'slot 9', '', 2), event('set', 'slot 1', '', 3)],
    });
    expect(traceLines(replay, PLAIN)).toEqual([
      '  legacy@v6.1  batched@v6.6',
      'fault 1',
      '  set slot 0   set slot 0',
      'fault 2',
      '  set slot 9   set slot 9',
      'fault 3',
      '> -            set slot 1',
    ]);
  });

  it('show details that could move the cursor as text', () => {
    const replay = aReplay({ legacyTrace: [event('set', '\u001b[2J', '\n')], batchedTrace: [] });
    expect(traceLines(replay, PLAIN)[2]).toBe('> set \\x1b[2J \\x0a  -');
  });

  it('are empty for a case without faults', () => {
    expect(traceLines(aReplay(), PLAIN)).toEqual(['  legacy@v6.1  batched@v6.6']);
  });
});
