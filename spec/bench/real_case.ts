/** The worlds of the benchmarks' small harnesses as cases of ptediff, and what its engines make of them. */

import { observe } from '../../src/campaign/run_fixture.js';
import { type Case, CaseSchema } from '../../src/cases/case.js';
import { PAGE_MAPCOUNT_MASK, PTE_PRESENT, PTE_YOUNG } from '../../src/mm/bits.js';
import { MM_ANONPAGES, MM_FILEPAGES, MM_SHMEMPAGES, MMAP_MISS, NR_FILE_MAPPED, NR_MLOCK } from '../../src/mm/fields.js';
import { engine } from '../support.js';

/** What the small harnesses and ptediff both know of a fault's outcome. */
export interface Outcome {
  readonly isHandledByFaultAround: boolean;
  /** one character a slot: `.` none, `o` old, `y` young, `s` anything else */
  readonly row: string;
  /** by page index */
  readonly mapcounts: readonly number[];
  /** what each folio gained, by its first page */
  readonly references: Readonly<Record<number, number>>;
  readonly counters: Readonly<Record<string, number>>;
}

export interface Layout {
  readonly span: number;
  readonly wantsOld: boolean;
  readonly aroundPages: number;
  readonly vma: { start: number; pages: number; shift: number; shared: boolean; writable: boolean; locked: boolean };
  readonly isShmem: boolean;
  readonly sizePages: number;
  readonly mmapMiss: number;
  readonly folios: Case['folios'];
  readonly row: string;
  readonly access: { slot: number; write: boolean };
}

const named = (flags: Readonly<Record<string, boolean>>): string[] =>
  Object.keys(flags).filter((name) => flags[name] === true);

export function realCase(layout: Layout): Case {
  const { span, vma, access } = layout;
  const flags = named({ shared: vma.shared, write: vma.writable, locked: vma.locked });
  return CaseSchema.parse({
    arch: layout.wantsOld ? 'arm64' : 'x86-64',
    span,
    faultAroundPages: layout.aroundPages,
    vma: { start: vma.start, pages: vma.pages, fileIndex: vma.shift, flags },
    file: { kind: layout.isShmem ? 'shmem' : 'regular', size: layout.sizePages * 4096, mmapMiss: layout.mmapMiss },
    folios: layout.folios,
    row: layout.row,
    steps: [access.write ? { write: access.slot } : { read: access.slot }],
  });
}

/** The first fault of the case on one of ptediff's engines. */
export function realOutcome(plain: Case, id: string): Outcome {
  const { initial, afterFault, afterMapPages } = observe(plain, engine(id));
  if (afterFault === null) throw new Error('no fault');
  const { image } = afterFault;
  const slots = Array.from({ length: plain.span }, (_, i) => i);
  const gained = (word: number): number => image.mm[word] - initial.mm[word];
  return {
    isHandledByFaultAround: afterMapPages !== null && afterMapPages.ret !== 0,
    row: slots.map((slot) => character(image.pte[slot], image.pfn[slot])).join(''),
    mapcounts: slots.map((index) => image.page[index] & PAGE_MAPCOUNT_MASK),
    references: Object.fromEntries(plain.folios.map(({ at }) => [at, image.refcount[at] - initial.refcount[at]])),
    counters: {
      filePages: gained(MM_FILEPAGES),
      shmemPages: gained(MM_SHMEMPAGES),
      anonPages: gained(MM_ANONPAGES),
      nrFileMapped: gained(NR_FILE_MAPPED),
      nrMlock: gained(NR_MLOCK),
      mmapMiss: gained(MMAP_MISS),
    },
  };
}

function character(flags: number, pfn: number): string {
  if ((flags | pfn) === 0) return '.';
  if ((flags & PTE_PRESENT) === 0) return 's';
  return (flags & PTE_YOUNG) === 0 ? 'o' : 'y';
}
