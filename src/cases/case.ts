/**
 * A case as plain data: what YAML files, reports and the shrinker hold. The schema is the single source of the types,
 * of validation and of the published JSON Schema. Numbers of pages and slots, never addresses, unless a unit is named.
 */
import { z } from 'zod';
import {
  AGENT_NAMES,
  ARCH_NAMES,
  FAILURE_NAMES,
  FILE_KINDS,
  FOLIO_FLAG_NAMES,
  MKWRITE_NAMES,
  PMD_NAMES,
  PTE_BIT_NAMES,
  RACE_NAMES,
  VMA_FLAG_NAMES,
} from './names.js';

export * from './names.js';

const slot = z.int().min(0).max(511);
const pages = z.int().min(1).max(512);

export const FolioSchema = z
  .strictObject({
    at: slot.describe('index of the first page, from the start of the span in the file'),
    order: z.int().min(0).max(9).describe('the folio has 2^order pages'),
    flags: z.array(z.enum(FOLIO_FLAG_NAMES)).optional().describe('deviations from a clean, uptodate, unlocked folio'),
    hwpoison: z.array(slot).optional().describe('indexes of poisoned pages'),
    maps: z
      .record(z.string().regex(/^\d+$/), z.int().min(1).max(100))
      .optional()
      .describe('page-table entries of other mms, by page index'),
    pmdMaps: z.int().min(0).max(7).optional().describe('PMD mappings in other mms (order 9)'),
    refs: z.int().min(0).max(7).optional().describe('further references, for example of get_user_pages()'),
  })
  .describe('one folio of the page cache');

const agent = z.enum(AGENT_NAMES).optional().describe('who accesses: cpu, a device without access-flag update, or gup');
const range = z.strictObject({ from: slot, pages });

export const StepSchema = z
  .union([
    z.strictObject({ read: slot.describe('slot that is read'), by: agent }),
    z.strictObject({ write: slot.describe('slot that is written'), by: agent }),
    z.strictObject({ zap: range.describe('entries are taken away, as by madvise(MADV_DONTNEED)') }),
    z.strictObject({ age: range.describe('the accessed bit is cleared, as by reclaim') }),
  ])
  .describe('one access, or what happens between two accesses');

export const CaseSchema = z
  .strictObject({
    arch: z.enum(ARCH_NAMES).describe('architecture with its hooks'),
    span: z.int().min(4).max(512).describe('page slots that the case models'),
    faultAroundPages: z
      .int()
      .min(1)
      .max(512)
      .refine((n) => (n & (n - 1)) === 0, 'a power of two')
      .default(16)
      .describe('fault_around_bytes in pages; 1 disables fault-around'),
    vma: z
      .strictObject({
        start: z.int().min(-512).max(511).describe('slot of vm_start; negative: before the page table'),
        pages: z.int().min(1).max(1536).describe('vma_pages()'),
        tableIndex: slot.default(0).describe('index in the page table of slot 0'),
        fileIndex: z.int().min(-511).max(511).default(0).describe('index of the page under slot 0'),
        flags: z.array(z.enum(VMA_FLAG_NAMES)).default([]),
        mapPages: z.boolean().default(true).describe('vm_ops->map_pages exists'),
        vmaLock: z.boolean().default(false).describe('faults run under the per-VMA lock (6.4+)'),
      })
      .describe('the mapping'),
    file: z
      .strictObject({
        kind: z.enum(FILE_KINDS).default('regular'),
        base: z
          .int()
          .min(0)
          .max(1 << 20)
          .default(0)
          .describe('file page of index 0, a multiple of 512'),
        size: z.int().min(0).describe('i_size in bytes'),
        mmapMiss: z.int().min(0).max(1000).default(0).describe('file->f_ra.mmap_miss'),
        readahead: z.boolean().default(true).describe('ra_pages is not 0'),
        pageMkwrite: z.enum(MKWRITE_NAMES).default('none').describe('what ->page_mkwrite does'),
      })
      .describe('the mapped file'),
    folios: z.array(FolioSchema).default([]).describe('the page cache; what is not named is not cached'),
    valueEntries: z.array(slot).default([]).describe('indexes with a shadow or swap entry instead of a folio'),
    pmd: z.enum(PMD_NAMES).default('table').describe('state of the PMD entry before the first fault'),
    row: z
      .string()
      .regex(/^[.oyOYsmua]*$/)
      .default('')
      .describe('entries before the first fault, one character a slot; shorter rows are filled up with "."'),
    bits: z
      .record(z.string().regex(/^\d+$/), z.array(z.enum(PTE_BIT_NAMES)))
      .default({})
      .describe('further bits of present entries, by slot'),
    contiguous: z
      .array(slot)
      .default([])
      .describe(
        'first slots of contiguous blocks (arm64 PTE_CONT): entries of one folio, aligned; arm64-contpte alone',
      ),
    steps: z.array(StepSchema).min(1).max(8).describe('what happens, in order'),
    teardown: z
      .boolean()
      .default(false)
      .describe('unmap everything at the end: all counters must be back at their base'),
    failures: z.array(z.enum(FAILURE_NAMES)).default([]).describe('what fails'),
    race: z
      .strictObject({ kind: z.enum(RACE_NAMES), at: z.int().min(-512).max(512).default(0) })
      .default({ kind: 'none', at: 0 })
      .describe('what another thread does: slot of its entry, new i_size in pages, or folio'),
  })
  .describe('a layout and what happens to it');

/** A validated case with every default filled in. */
export type Case = z.infer<typeof CaseSchema>;
export type CaseFolio = z.infer<typeof FolioSchema>;
export type CaseStep = z.infer<typeof StepSchema>;
