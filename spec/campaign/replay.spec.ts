/** A replay shows every compared fault of both engines, their events, and a verdict of its own. */
import { describe, expect, it } from 'vitest';
import { replay } from '../../src/campaign/replay.js';
import { EMPTY_ALLOWLIST } from '../../src/oracle/allowlist.js';
import { ALLOWLIST, EXPIRING, engine, LEGACY, layout, REFERENCE, smallFolios } from '../support.js';

const options = { legacy: LEGACY, batched: REFERENCE, allowlist: ALLOWLIST, trace: false };
const small = { span: 8, folios: smallFolios(8) };

describe('a replay', () => {
  it('shows rows, returns and differences of each fault', () => {
    const seen = replay({ case: layout(), address: null }, options);
    expect(seen).toMatchObject({ verdict: 'explained', violations: [], legacyTrace: [], batchedTrace: [] });
    expect(seen.faults).toHaveLength(1);
    expect(seen.faults[0]).toMatchObject({
      access: 'read at slot 5',
      before: '................',
      legacyRow: 'oooooyoooooooooo',
      batchedRow: 'yyyyyyyyyyyyyyyy',
      legacyReturn: 'NOPAGE',
      batchedReturn: 'NOPAGE',
    });
    expect(seen.faults[0].differences).toHaveLength(15);
    expect(seen.faults[0].differences[0]).toMatchObject({
      field: 'young',
      kind: 'difference',
      entry: 'young-run-uniform',
    });
  });

  it('explains differences of one kind together', () => {
    const [fault] = replay({ case: layout(), address: null }, options).faults;
    const told = fault.differences.filter(({ field }) => field === 'young').map(({ explanation }) => explanation);
    expect(new Set(told).size).toBe(1);
    expect(told[0]).toMatch(/ at page slots 0-4, 6-15, in the run that holds the fault: legacy 0, batched 1\. /);
  });

  it('names the agent', () => {
    const by = (agent: 'device' | 'gup') =>
      replay({ case: layout({ ...small, steps: [{ read: 5, by: agent }] }), address: null }, options).faults[0].access;
    expect([by('device'), by('gup')]).toEqual(['read at slot 5 by a device', 'read at slot 5 by get_user_pages()']);
    const write = layout({ ...small, vma: { flags: ['write'] }, steps: [{ write: 5 }] });
    expect(replay({ case: write, address: null }, options).faults[0].access).toBe('write at slot 5');
  });

  it('agrees where nothing differs, also where no fault was taken', () => {
    expect(replay({ case: layout(small), address: 'x' }, options)).toMatchObject({ verdict: 'agree', address: 'x' });
    const mapped = layout({ ...small, row: '.....y' });
    expect(replay({ case: mapped, address: null }, options)).toMatchObject({ verdict: 'agree', faults: [] });
  });

  it('is divergent where no entry explains the difference, or an invariant is broken', () => {
    expect(replay({ case: layout(), address: null }, { ...options, allowlist: EMPTY_ALLOWLIST }).verdict).toBe(
      'divergent',
    );
    const inverted = { ...engine('batched@v6.6'), features: REFERENCE.features };
    const seen = replay({ case: layout(), address: null }, { ...options, batched: inverted });
    expect(seen.violations).toContainEqual({
      invariant: 'I8',
      engine: 'batched@v6.6',
      sentence: expect.stringMatching(/\w/),
    });
  });

  it.each([
    ['2026-02-01', []],
    ['2026-02-02', ['mine']],
  ])('names entries for its engines whose day has passed, on %s: %j', (today, expected) => {
    const seen = replay({ case: layout(small), address: null }, { ...options, allowlist: EXPIRING, today });
    expect(seen).toMatchObject({ verdict: 'agree', expiredEntries: expected });
  });

  it('is undecided under an entry that is under review', () => {
    const entries = ALLOWLIST.entries.map((entry) => {
      const claims: (typeof entry.claims)[number][] = [];
      const copy = { ...entry, class: 'under-review' as const, claims };
      claims.push(...entry.claims.map((claim) => ({ ...claim, entry: copy })));
      return copy;
    });
    expect(replay({ case: layout(), address: null }, { ...options, allowlist: { dir: '', entries } }).verdict).toBe(
      'undecided',
    );
  });

  it('adds what differs in the access to its last fault', () => {
    const plain = layout({ ...small, faultAroundPages: 1, steps: [{ read: 5, by: 'device' }] });
    const seen = replay({ case: plain, address: null }, { ...options, batched: engine('batched@v6.6') });
    const fields = seen.faults.at(-1)?.differences.map(({ field }) => field);
    expect(fields).toEqual(['young', 'accessFaults']);
  });

  it('ends with both states, line by line, nothing that is zero', () => {
    const { legacyState, batchedState } = replay({ case: layout(), address: null }, options);
    expect(legacyState[0]).toBe('row oooooyoooooooooo');
    expect(batchedState).toContain('page 4 young 1');
    expect(legacyState).not.toContain('page 4 young 1');
    expect(legacyState).toContain('MM_FILEPAGES 16');
  });

  it('ends with those parts of long rows that differ, each in a line that fits into mail', () => {
    const folios = [{ at: 112, order: 4 }];
    const vma = { pages: 128 };
    const wide = layout({ span: 128, folios, vma, file: { size: 128 * 4096 }, steps: [{ read: 117 }] });
    const rows = (lines: readonly string[]) => lines.filter((line) => line.startsWith('row'));
    const { legacyState, batchedState } = replay({ case: wide, address: null }, options);
    expect(rows(legacyState)).toEqual([`row  64  ${'.'.repeat(48)}oooooyoooooooooo`]);
    expect(rows(batchedState)).toEqual([`row  64  ${'.'.repeat(48)}yyyyyyyyyyyyyyyy`]);
    const same = replay({ case: wide, address: null }, { ...options, batched: LEGACY });
    expect(rows(same.legacyState)).toEqual([]);
    expect(same.legacyState).toContain('page 117 young 1');
  });
});

describe('a trace', () => {
  it('lists the steps of each engine in order, with their fault', () => {
    const steps = [{ read: 1 }];
    const plain = layout({
      span: 8,
      folios: [
        { at: 0, order: 2 },
        { at: 4, order: 2 },
      ],
      faultAroundPages: 4,
      steps,
    });
    const { legacyTrace, batchedTrace } = replay({ case: plain, address: null }, { ...options, trace: true });
    const names = (events: typeof legacyTrace) => events.map(({ name }) => name.trim());
    expect(names(batchedTrace)).toEqual([
      'filemap_map_pages',
      'set_pte_range',
      'flush_icache_pages',
      'mod_lruvec_state',
      'set_ptes',
      'update_mmu_cache_range',
      'folio_ref_add',
      'folio_put',
      'add_mm_counter',
    ]);
    expect(names(legacyTrace).filter((name) => name === 'do_set_pte')).toHaveLength(4);
    expect(new Set(legacyTrace.map(({ fault }) => fault))).toEqual(new Set([1]));
    expect(batchedTrace[1]).toEqual({ fault: 1, name: 'set_pte_range', at: 'slot 0', detail: '4 pages' });
    expect(batchedTrace.at(-1)).toMatchObject({ at: 'MM_FILEPAGES', detail: '4' });
  });

  it('numbers faults of one engine alone behind those of both, and each access alike', () => {
    const steps = [{ read: 5, by: 'device' as const }, { zap: { from: 0, pages: 16 } }, { read: 5 }];
    const lone = { ...options, batched: engine('batched@v6.6'), trace: true };
    const seen = replay({ case: layout({ steps }), address: null }, lone);
    const numbers = (events: typeof seen.legacyTrace, name: string) =>
      events.filter((event) => event.name === name).map(({ fault }) => fault);
    expect(seen.faults).toHaveLength(1);
    expect(seen.alone).toEqual({ legacy: 1, batched: 2 });
    expect(numbers(seen.legacyTrace, 'filemap_map_pages')).toEqual([1, 3]);
    expect(numbers(seen.batchedTrace, 'filemap_map_pages')).toEqual([1, 3]);
    expect(numbers(seen.batchedTrace, 'ptep_set_access_flags')).toEqual([2]);
  });

  it('knows PMD mappings, mlock, statistics of the node, and entries that changed', () => {
    const huge = layout({ span: 512, pmd: 'none', vma: { flags: ['locked'] } });
    const { legacyTrace, batchedTrace } = replay({ case: huge, address: null }, { ...options, trace: true });
    expect(legacyTrace.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['do_set_pmd', '  set_pmd', '  mlock_folio']),
    );
    expect(batchedTrace).toContainEqual({ fault: 1, name: '  mod_node_state', at: 'NR_FILE_PMDMAPPED', detail: '512' });
    const race = { kind: 'entry-before-finish-fault-lock' as const, at: 5 };
    const changed = replay(
      { case: layout({ ...small, race, faultAroundPages: 1 }), address: null },
      { ...options, trace: true },
    );
    expect(changed.batchedTrace.map(({ name }) => name)).toContain('  update_mmu_tlb');
  });
});
