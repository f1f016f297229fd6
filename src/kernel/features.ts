/**
 * The named features that a tree's functions have, read from their text: which model a kernel is compared with follows
 * from them, never from its version. A feature that cannot be told from the text is left out.
 */
import { blankComments } from './extract/conditions.js';
import type { EngineSource } from './source.js';

export type Features = Readonly<Record<string, string>>;

/** One rule: the value that a feature has if its pattern is in the function. The first rule that fits decides. */
interface Rule {
  /** function of the tree */
  readonly in: string;
  /** absent: whatever the text is, as long as the function is there */
  readonly if?: RegExp;
  readonly value: string;
}

const rule = (name: string, value: string, pattern?: RegExp): Rule => ({
  in: name,
  value,
  ...(pattern === undefined ? {} : { if: pattern }),
});

/** A call of the setter for something else than a single page. */
const CALLED_FOR_RUNS = /\bset_pte_range\((?:[^,]+,){3} (?!1,)/;

const RULES: Readonly<Record<string, readonly Rule[]>> = {
  setterUnit: [
    rule('filemap_map_folio_range', 'run', CALLED_FOR_RUNS),
    rule('filemap_map_pages', 'run', CALLED_FOR_RUNS),
    rule('set_pte_range', 'page'),
    rule('do_set_pte', 'page'),
  ],
  prefaultRule: [
    rule('set_pte_range', 'fault-outside-run', /prefault = !in_range\(/),
    rule('set_pte_range', 'fault-in-run', /prefault = in_range\(/),
    rule('set_pte_range', 'not-run-start', /prefault = vmf->address != addr/),
  ],
  nopageRule: [
    rule('filemap_map_folio_range', 'fault-in-run', /if \(in_range\(vmf->address, addr, count \* PAGE_SIZE\)\)/),
    rule('filemap_map_folio_range', 'run-start', /if \((vmf->address == addr|addr == vmf->address)\)/),
  ],
  missRule: [
    rule('filemap_map_folio_range', 'not-workingset', /!folio_test_workingset\(/),
    rule('filemap_map_folio_range', 'always'),
  ],
  rssRule: [rule('set_pte_range', 'setter', /mm_counter/), rule('set_pte_range', 'callers')],
  rmapFields: [
    rule('__folio_add_rmap', 'large-mapcount', /_large_mapcount/),
    rule('__folio_add_rmap', 'nr-pages-mapped', /_nr_pages_mapped/),
    rule('page_add_file_rmap', 'double-map', /SetPageDoubleMap/),
    rule('page_add_file_rmap', 'nr-pages-mapped', /subpages_mapped|_nr_pages_mapped/),
    rule('folio_add_file_rmap_range', 'nr-pages-mapped', /_nr_pages_mapped/),
  ],
  pmdMappedStat: [
    rule('__folio_mod_stat', 'node', /__mod_node_page_state\(folio_pgdat\(folio\), idx/),
    rule('__folio_mod_stat', 'node-and-memcg'),
    rule('page_add_file_rmap', 'node-and-memcg', /__mod_lruvec_page_state\(page, NR_FILE_PMDMAPPED/),
    rule('folio_add_file_rmap_range', 'node-and-memcg', /__lruvec_stat_mod_folio\(folio, idx, nr_pmdmapped\)/),
  ],
  pmdMlock: [
    rule('__folio_add_file_rmap', 'none', /if \(!folio_test_large\(folio\)\) mlock_vma_folio\(/),
    rule('__folio_add_file_rmap', 'mlock', /mlock_vma_folio\(/),
    rule('folio_add_file_rmap_range', 'mlock', /mlock_vma_folio\(/),
  ],
  thpDisabled: [rule('do_set_pmd', 'checked', /vma_thp_disabled\(/), rule('do_set_pmd', 'ignored')],
  iSizeGate: [
    rule('filemap_map_pages', 'first-folio-strict', /file_end >= folio_next_index\(folio\)/),
    rule('filemap_map_pages', 'folio-within', /file_end \+ 1 >= folio_next_index\(folio\)/),
    rule('filemap_map_pages', 'none'),
  ],
  iSizeClamp: [
    rule('filemap_map_pages', 'before-lookup', /file_end = DIV_ROUND_UP\(i_size_read.*rcu_read_lock\(\)/),
    rule('filemap_map_pages', 'after-lock', /pte_offset_map_lock\(.*file_end = DIV_ROUND_UP\(i_size_read/),
    rule('filemap_map_pages', 'none'),
  ],
  finishWholeFolio: [
    rule('finish_fault', 'anon-shmem', /!vma_is_anon_shmem\(vma\)/),
    rule('finish_fault', 'all-files', /nr_pages/),
    rule('finish_fault', 'never'),
  ],
  finishFallback: [rule('finish_fault', 'one-page', /goto fallback/), rule('finish_fault', 'nopage', /nr_pages/)],
  finishISize: [rule('finish_fault', 'checked', /i_size_read/), rule('finish_fault', 'unchecked')],
  poisonScope: [
    rule('__do_fault', 'folio', /unmap_mapping_folio\(/),
    rule('__do_fault', 'page', /unmap_mapping_pages\(/),
  ],
  mkwriteRecheck: [
    rule('do_page_mkwrite', 'folio', /!folio->mapping/),
    rule('do_page_mkwrite', 'page', /!page->mapping/),
  ],
  uffdWpRule: [
    rule('vmf_orig_pte_uffd_wp', 'valid-and-vma', /userfaultfd_wp\(vmf->vma\)/),
    rule('vmf_orig_pte_uffd_wp', 'valid'),
    rule('do_set_pte', 'marker', /pte_marker_uffd_wp\(vmf->orig_pte\)/),
  ],
  vmaLock: [
    rule('vmf_can_call_fault', 'retry-without-map-pages', /FAULT_FLAG_VMA_LOCK/),
    rule('do_read_fault', 'retry-without-map-pages', /FAULT_FLAG_VMA_LOCK/),
    rule('do_read_fault', 'absent'),
  ],
};

/** What a setter of runs has in its text: it stores several entries in one call, or one after the other. */
const STORES_RUNS = /\bset_ptes\(|\b(for|while) \(|\bdo\b/;

/**
 * Which setter the tree has by what it does: one that is called set_pte_range() and stores a single entry is still the
 * setter of a page, as it is in the middle of a series that goes over to runs.
 */
export function setterOf(sources: readonly EngineSource[]): 'set_pte_range' | 'do_set_pte' {
  return STORES_RUNS.test(textsOf(sources).get('set_pte_range') ?? '') ? 'set_pte_range' : 'do_set_pte';
}

/** The features of what was extracted, for each architecture that it was extracted for. */
export function featuresOf(sources: readonly EngineSource[]): Features {
  const texts = textsOf(sources);
  const features: Record<string, string> = {};
  for (const [feature, rules] of Object.entries(RULES)) {
    const found = rules.find((candidate) => {
      const text = texts.get(candidate.in);
      return text !== undefined && (candidate.if?.test(text) ?? true);
    });
    if (found !== undefined) features[feature] = found.value;
  }
  const arm64 = sources.find(({ arch }) => arch === 'arm64');
  if (arm64 !== undefined) features.uffdWpArchs = arm64.config.has('CONFIG_HAVE_ARCH_USERFAULTFD_WP') ? '6.10' : '6.1';
  return features;
}

/** The functions in one line each, without comments. */
function textsOf(sources: readonly EngineSource[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { extracted } of sources)
    for (const { name, kind, active } of extracted.definitions)
      if (kind === 'function' && !texts.has(name)) texts.set(name, blankComments(active).replace(/\s+/g, ' '));
  return texts;
}
