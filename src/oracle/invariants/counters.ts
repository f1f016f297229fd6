/** Counters of mm, node and memcg against the sums over all folios that they stand for. */
import { FILE_REGULAR, FOLIO_SWAPBACKED, HPAGE_PMD_NR } from '../../mm/bits.js';
import {
  MEMCG_ANON_MAPPED,
  MEMCG_FILE_MAPPED,
  MEMCG_FILE_PMDMAPPED,
  MEMCG_SHMEM_PMDMAPPED,
  MM_ANONPAGES,
  MM_FILEPAGES,
  MM_SHMEMPAGES,
  MM_SWAPENTS,
  NR_ANON_MAPPED,
  NR_FILE_MAPPED,
  NR_FILE_PMDMAPPED,
  NR_MLOCK,
  NR_SHMEM_PMDMAPPED,
  UNEVICTABLE_PGMLOCKED,
} from '../../mm/fields.js';
import { I3, I4, I4b, I22 } from './catalogue.js';
import type { Context } from './context.js';

/** Sums over all folios; used again for each fault. */
class Sums {
  /** resident pages of the mm, of each type */
  file = 0;
  shmem = 0;
  /** pages mapped at least once */
  mapped = 0;
  /** folios with a PMD mapping, of each type */
  filePmd = 0;
  shmemPmd = 0;
  /** pages of mlocked folios; of those that were not mlocked before */
  mlocked = 0;
  newlyMlocked = 0;

  /** A small folio that some entry maps, `mine` of them our own. */
  add(flags: number, mine: number): void {
    this.mapped++;
    if ((flags & FOLIO_SWAPBACKED) !== 0) this.shmem += mine;
    else this.file += mine;
  }

  /** Starts with what others sum up to. */
  beginWith(others: Sums): void {
    this.clear();
    this.file = others.file;
    this.shmem = others.shmem;
    this.mapped = others.mapped;
  }

  clear(): void {
    this.file = 0;
    this.shmem = 0;
    this.mapped = 0;
    this.filePmd = 0;
    this.shmemPmd = 0;
    this.mlocked = 0;
    this.newlyMlocked = 0;
  }
}

export const sums = new Sums();
/** those of small folios that are as they were: plain pages, none of them mlocked or under a PMD */
export const plainSums = new Sums();

/** Compares the counters with the sums (I3, I4, I4b, I22). */
export function inspectCounters(c: Context): void {
  const { scene, rules } = c;
  const { mm } = c.after;
  const then = c.before.mm;
  // Entries without a known page, and migration entries, count as the mapping's kind of file does.
  const others = c.migrations + c.stray;
  const regular = scene.fileKind === FILE_REGULAR;
  const file = scene.baseRss + sums.file + (regular ? others : 0);
  const shmem = scene.baseRss + sums.shmem + (regular ? 0 : others);
  if (mm[MM_FILEPAGES] !== file || mm[MM_SHMEMPAGES] !== shmem) c.bad |= I3;
  if (mm[MM_ANONPAGES] !== scene.baseRss + c.anon || mm[MM_SWAPENTS] !== c.swaps) c.bad |= I3;
  if (mm[NR_FILE_MAPPED] !== sums.mapped || mm[NR_ANON_MAPPED] !== c.anon) c.bad |= I4;
  if (mm[MEMCG_FILE_MAPPED] !== sums.mapped || mm[MEMCG_ANON_MAPPED] !== c.anon) c.bad |= I4;
  const filePmd = mm[NR_FILE_PMDMAPPED];
  const shmemPmd = mm[NR_SHMEM_PMDMAPPED];
  if (filePmd !== HPAGE_PMD_NR * sums.filePmd || shmemPmd !== HPAGE_PMD_NR * sums.shmemPmd) c.bad |= I4b;
  // The memcg's part is what the case itself added: it rises with the node, and nothing of it survives a teardown.
  const fileThen = c.teardown ? 0 : then[MEMCG_FILE_PMDMAPPED];
  const shmemThen = c.teardown ? 0 : then[MEMCG_SHMEM_PMDMAPPED];
  const follows = rules.memcgPmd && !c.teardown;
  const moreFile = follows ? Math.max(0, filePmd - then[NR_FILE_PMDMAPPED]) : 0;
  const moreShmem = follows ? Math.max(0, shmemPmd - then[NR_SHMEM_PMDMAPPED]) : 0;
  if (mm[MEMCG_FILE_PMDMAPPED] !== fileThen + moreFile) c.bad |= I4b;
  if (mm[MEMCG_SHMEM_PMDMAPPED] !== shmemThen + moreShmem) c.bad |= I4b;
  if (mm[NR_MLOCK] !== sums.mlocked) c.bad |= I22;
  if (c.teardown) return;
  if (mm[UNEVICTABLE_PGMLOCKED] - then[UNEVICTABLE_PGMLOCKED] !== sums.newlyMlocked) c.bad |= I22;
}
