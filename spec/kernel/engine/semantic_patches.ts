/**
 * One-line patches of a kernel's fault path, each a mistake that is easily made: a few tokens of a function that are
 * replaced in the text of a tree when a spec runs.
 */

import { overlayTree } from '../../../src/kernel/series/overlay.js';
import type { KernelTree } from '../../../src/kernel/trees/tree.js';

export interface SemanticPatch {
  readonly what: string;
  readonly file: 'mm/memory.c' | 'mm/filemap.c' | 'mm/rmap.c' | 'include/linux/mm.h';
  readonly function: string;
  /** tokens that stand in the function, and what stands there instead */
  readonly replace: readonly [tokens: string, by: string];
  /** which of several places, from 1 on; 'all' for each; the only one unless told */
  readonly place?: number | 'all';
  /** fields that show it, all of them */
  readonly fields: readonly string[];
  /** bug that does the same when it is planted in the model */
  readonly planted?: string;
}

const memory = (what: string, name: string, replace: SemanticPatch['replace'], ...fields: string[]): SemanticPatch => ({
  what,
  file: 'mm/memory.c',
  function: name,
  replace,
  fields,
});
const filemap = (
  what: string,
  name: string,
  replace: SemanticPatch['replace'],
  ...fields: string[]
): SemanticPatch => ({
  ...memory(what, name, replace, ...fields),
  file: 'mm/filemap.c',
});
const rmap = (what: string, name: string, replace: SemanticPatch['replace'], ...fields: string[]): SemanticPatch => ({
  ...memory(what, name, replace, ...fields),
  file: 'mm/rmap.c',
});
const like = (planted: string, patch: SemanticPatch): SemanticPatch => ({ ...patch, planted });
const at = (place: number | 'all', patch: SemanticPatch): SemanticPatch => ({ ...patch, place });

const [SETTER, FOLIO_RANGE] = ['set_pte_range', 'filemap_map_folio_range'];

/** For trees with set_pte_range() as 6.12 has it. */
export const PATCHES: readonly SemanticPatch[] = [
  like('M1', memory('the test for prefaulted runs is inverted', SETTER, ['!in_range(', 'in_range('], 'young')),
  memory('the length of a run is in pages where bytes are meant', SETTER, ['nr * PAGE_SIZE', 'nr'], 'young'),
  memory('a write leaves the entry clean', SETTER, ['pte_mkdirty(entry)', 'entry'], 'dirty'),
  memory('the first page of a run alone is flushed', SETTER, ['(vma, page, nr)', '(vma, page, 1)'], 'icache'),
  memory('a uffd-wp marker is lost', SETTER, ['pte_mkuffd_wp(entry)', 'entry'], 'uffdWp'),
  like('M10', memory('one reference too many is taken', 'finish_fault', ['nr_pages - 1)', 'nr_pages)'], 'refcount')),
  memory(
    'private copies are counted as file pages, and the other way round',
    'finish_fault',
    ['is_cow ? MM', '!is_cow ? MM'],
    ...['MM_ANONPAGES', 'MM_FILEPAGES'],
  ),
  memory('the window is one page short', 'do_fault_around', ['vma_off) - 1', 'vma_off) - 2'], 'pte'),
  like(
    'M3',
    at(
      'all',
      filemap('success is reported for pages, not bytes', FOLIO_RANGE, ['count * PAGE_SIZE)', 'count)'], 'ret'),
    ),
  ),
  like(
    'M9',
    at(
      2,
      filemap('the last run takes no reference', FOLIO_RANGE, ['folio_ref_add(folio, count)', '(void)0'], 'refcount'),
    ),
  ),
  filemap('pages behind a hole are off by one', FOLIO_RANGE, ['page += count', 'page += count - 1'], 'pfn'),
  filemap('misses are not subtracted', 'filemap_map_pages', ['_saved - mmap_miss', '_saved'], 'mmap_miss'),
  filemap('a page beyond i_size is mapped', 'filemap_map_pages', ['PAGE_SIZE) - 1', 'PAGE_SIZE)'], 'pte'),
  rmap('single pages are missing in a statistic', '__folio_mod_stat', ['if (nr) {', 'if (nr > 1) {'], 'NR_FILE_MAPPED'),
  rmap('the first page is mapped for all', '__folio_add_rmap', ['page++, --nr_pages', '--nr_pages'], 'mapcount'),
  rmap(
    'large folios are mlocked, small ones are not',
    '__folio_add_file_rmap',
    ['!folio_test_large', 'folio_test_large'],
    'NR_MLOCK',
  ),
  {
    what: 'a mapping that is shared is writable, one that is writable is not',
    file: 'include/linux/mm.h',
    function: 'maybe_mkwrite',
    replace: ['VM_WRITE', 'VM_SHARED'],
    fields: ['write'],
  },
];

/**
 * The tree with the patch in it.
 * @throws Error where the function, or the tokens in it, are not in the tree
 */
export async function patched(tree: KernelTree, patch: SemanticPatch): Promise<KernelTree> {
  const text = await tree.read(patch.file);
  const body = new RegExp(`^[\\w ]*?[ *]${patch.function}\\([^;{]*\\)\\n\\{\\n[\\s\\S]*?^\\}`, 'm').exec(text ?? '');
  if (text === null || body === null) throw new Error(`${patch.file} has no ${patch.function}()`);
  const parts = body[0].split(patch.replace[0]);
  const { place = 1 } = patch;
  if (patch.place === undefined && parts.length !== 2) {
    throw new Error(`${patch.replace[0]} stands ${parts.length - 1} times in ${patch.function}()`);
  }
  if (typeof place === 'number' && parts.length <= place) throw new Error(`no place ${place} in ${patch.function}()`);
  const changed = parts.reduce(
    (before, after, i) => before + patch.replace[place === 'all' || i === place ? 1 : 0] + after,
  );
  const whole = text.slice(0, body.index) + changed + text.slice(body.index + body[0].length);
  return overlayTree(tree, new Map([[patch.file, whole]]), `${tree.name} with ${patch.what}`);
}
