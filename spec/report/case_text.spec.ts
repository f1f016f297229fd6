/** A case in words: what a reader of a report or a replay sees of it. */
import { describe, expect, it } from 'vitest';
import { caseLines } from '../../src/report/case_text.js';
import { aCase } from './samples.js';

const lines = (changes: Readonly<Record<string, unknown>>): string[] => caseLines(aCase(changes), 75);

describe('a plain case', () => {
  it('takes a line each for machine, mapping, file, cache and access', () => {
    expect(lines({})).toEqual([
      'machine  arm64, 16 slots, fault-around of 16 pages',
      'mapping  slots 0 to 15, shared',
      'file     regular, i_size 16 pages, mmap_miss 20',
      'cache    [==============]',
      'access   read slot 5',
    ]);
  });
});

describe('a case with everything', () => {
  it('names each deviation where it belongs', () => {
    const plain = {
      faultAroundPages: 1,
      pmd: 'none',
      vma: {
        start: -3,
        pages: 12,
        fileIndex: 2,
        tableIndex: 1,
        flags: ['write', 'locked'],
        mapPages: false,
        vmaLock: true,
      },
      file: { kind: 'shmem', base: 512, size: 4097, readahead: false, pageMkwrite: 'locked' },
      folios: [
        { at: 0, order: 0 },
        { at: 4, order: 2, flags: ['locked'], hwpoison: [6, 5], maps: { 4: 1, 7: 2 }, pmdMaps: 1, refs: 2 },
        { at: 8, order: 1, hwpoison: [9] },
      ],
      valueEntries: [10],
      row: '..oy..',
      bits: { 3: ['write', 'dirty'], 2: [] },
      steps: [
        { read: 5, by: 'gup' },
        { zap: { from: 0, pages: 4 } },
        { age: { from: 7, pages: 1 } },
        { write: 3, by: 'cpu' },
      ],
      teardown: true,
      contiguous: [0, 16],
      failures: ['fault-retry'],
      race: { kind: 'folio-locked', at: 2 },
    };
    expect(lines(plain)).toEqual([
      'machine  arm64, 16 slots, no fault-around, PMD entry none',
      'mapping  slots -3 to 8, private, write, locked, slot 0 is entry 1 of the',
      '         page table, slot 0 maps index 2 of the cache, no ->map_pages,',
      '         per-VMA lock',
      'file     shmem, i_size 1 page and 1 byte, cache index 0 is file page 512,',
      '         mmap_miss 0, no read-ahead, ->page_mkwrite: locked',
      'cache    o...[!!][!v',
      '         folio 4-7: locked, poisoned pages 5-6, mapped by others: 4, 7 (2',
      '         times), 1 PMD mapping elsewhere, 2 more references',
      '         folio 8-9: poisoned page 9',
      'entries  ..oy',
      '         slot 2: plain, slot 3: write dirty',
      '         contiguous blocks from slots 0, 16',
      'access   read slot 5 by gup; zap 0-3; age 7; write slot 3; teardown',
      'but      fails: fault-retry, race folio-locked at 2',
    ]);
  });
});

describe('a long case', () => {
  it('comes in parts of 64 slots; what repeats is a star, what is empty is left out', () => {
    const all = lines({
      span: 512,
      vma: { start: 0, pages: 512 },
      folios: [{ at: 0, order: 9 }],
      row: `${'.'.repeat(130)}o`,
    });
    expect(all.slice(3, -1)).toEqual([
      'cache',
      `      0  [${'='.repeat(63)}`,
      `     64  ${'='.repeat(64)}`,
      '         *',
      `    448  ${'='.repeat(63)}]`,
      'entries',
      '    128  ..o',
    ]);
  });

  it('says that an empty cache is empty', () => {
    expect(lines({ folios: [] })[3]).toBe('cache    (empty)');
  });
});
