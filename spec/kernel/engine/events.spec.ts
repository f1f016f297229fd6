/** What code that counts tells of a fault, in the words of a trace. */
import { describe, expect, it } from 'vitest';
import { EVENTS, Events, type Place } from '../../../src/kernel/engine/events.js';
import { MM_FILEPAGES, NR_FILE_MAPPED } from '../../../src/mm/fields.js';

const PLACES: readonly Place[] = [
  { function: 'filemap_map_pages', file: 'mm/filemap.c', line: 10 },
  { function: 'set_pte_range', file: 'mm/memory.c', line: 20 },
  { function: 'finish_fault', file: 'mm/memory.c', line: 30 },
  { function: 'next_uptodate_folio', file: 'mm/filemap.c', line: 40 },
  { function: 'do_set_pmd', file: 'mm/memory.c', line: 50 },
];
type Kind = (typeof EVENTS)[number];

/** The lines of a trace that come of events: kind, where, value, number of the statement. */
function lines(...events: readonly (readonly [Kind, number, number, number])[]): string[] {
  const told: string[] = [];
  const happened = (...words: string[]): void => void told.push(words.filter((word) => word !== '').join(' '));
  const made = new Events(PLACES, { happened });
  for (const [kind, at, value, place] of events) made.event(EVENTS.indexOf(kind), at, value, place);
  return told;
}

describe('events', () => {
  it('have the words of the models, and the place', () => {
    expect(lines(['filemap_map_pages', 3, 16, 0], ['fault', 5, 1, 0], ['page_mkwrite', 5, 1, 0])).toEqual([
      'filemap_map_pages slot 3 16 pages mm/filemap.c:10',
      '->fault slot 5 mm/filemap.c:10',
      'page_mkwrite slot 5 mm/filemap.c:10',
    ]);
    expect(lines(['folio_ref_add', 4, 0, 1], ['folio_put', 4, 0, 1], ['mlock_folio', 4, 8, 1])).toEqual([
      '  folio_ref_add folio 4 0 mm/memory.c:20',
      '  folio_put folio 4 mm/memory.c:20',
      '  mlock_folio folio 4 8 mm/memory.c:20',
    ]);
    expect(lines(['set_pmd', 0, 1, 0], ['set_ptes', 2, 1, 0], ['update_mmu_tlb', 2, 1, 0])).toEqual([
      '  set_pmd pmd 1 mm/filemap.c:10',
      'set_ptes slot 2 mm/filemap.c:10',
      '  update_mmu_tlb slot 2 1 mm/filemap.c:10',
    ]);
  });

  it('name counters as the fields are named', () => {
    expect(lines(['add_mm_counter', MM_FILEPAGES, 7, 0], ['mod_lruvec_state', NR_FILE_MAPPED, 2, 0])).toEqual([
      '  add_mm_counter MM_FILEPAGES 7 mm/filemap.c:10',
      '  mod_lruvec_state NR_FILE_MAPPED 2 mm/filemap.c:10',
    ]);
  });

  it('tell of a setter when it is known what it maps, at the place where it begins', () => {
    expect(lines(['enter', 9, 0, 1], ['flush_icache_pages', 2, 5, 0], ['flush_icache_pages', 8, 1, 0])).toEqual([
      'set_pte_range slot 2 5 pages mm/memory.c:20',
      '  flush_icache_pages slot 2 5 mm/filemap.c:10',
      '  flush_icache_pages slot 8 1 mm/filemap.c:10',
    ]);
  });

  it('tell of a whole PMD when its first page is flushed, as 6.1 does page by page', () => {
    expect(lines(['enter', 9, 0, 4], ['flush_icache_pages', 0, 1, 4])).toEqual([
      'do_set_pmd slot 0 512 pages mm/memory.c:50',
      '  flush_icache_pages slot 0 1 mm/memory.c:50',
    ]);
  });

  it('tell of finish_fault(), and of no other function that is entered', () => {
    expect(lines(['enter', 9, 0, 2], ['enter', 9, 0, 0])).toEqual(['finish_fault slot 9 mm/memory.c:30']);
  });

  it('leave out the references of the lookup and of pages of the shim', () => {
    expect(lines(['folio_put', 4, 0, 3], ['folio_put', -110, 0, 0], ['folio_ref_add', 516, 1, 0])).toEqual([]);
  });

  it('of a kind that does not exist are an error', () => {
    expect(() => new Events(PLACES, { happened: () => {} }).event(99, 0, 0, 0)).toThrow('no event 99');
  });

  it('at a statement that does not exist have no place', () => {
    expect(lines(['set_ptes', 2, 1, 99], ['enter', 2, 0, 99])).toEqual(['set_ptes slot 2']);
  });
});
