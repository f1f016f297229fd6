/** Reference page of the engine revisions: what each is, where it comes from, and how it differs by feature. */
import { type Feature, PLAIN_FEATURES } from '../batched/steps.js';
import { REVISIONS } from '../campaign/engines.js';
import type { Revision } from '../mm/revision.js';
import { DEFAULT_ENGINES } from '../report/commands.js';
import { code, page, plain, table } from './markdown.js';

/** What each feature decides. Typed by the names, so that a new feature cannot be left out. */
const MEANINGS: Readonly<Record<Feature, string>> = {
  setterUnit: 'what one setter call of fault-around installs: a run, or one page',
  prefaultRule: 'which entries count as prefaulted, and are made old where the architecture wants that',
  nopageRule: 'when fault-around reports that it mapped the faulting page',
  folioPrecheck: 'whether a folio is skipped because its first entry in the window is populated',
  cursorRule: 'how the page-cache cursor goes on behind a folio',
  missRule: 'which pages lower mmap_miss',
  missWriteBack: 'whether fault-around writes the lowered mmap_miss back',
  asyncMissRule: 'which cached folios lower mmap_miss when ->fault finds them',
  lookupReference: 'whether the reference of the lookup is put, or becomes that of the first entry',
  statRule: 'which newly mapped pages of a large folio count in NR_FILE_MAPPED',
  rssRule: 'who counts resident pages: the setter or its callers',
  rmapFields: 'which fields of the reverse map exist',
  pmdMappedStat: 'where PMD statistics are kept',
  pmdMlock: 'whether a PMD mapping mlocks its folio',
  thpDisabled: 'whether do_set_pmd() looks at disabled huge pages',
  iSizeGate: 'which folios fault-around may map by PMD, by i_size',
  iSizeClamp: 'when the fault-around window is clamped to i_size',
  finishWholeFolio: 'for which files finish_fault() maps whole folios',
  finishFallback: 'what finish_fault() does at a populated neighbour',
  finishISize: 'whether finish_fault() refuses whole folios across i_size',
  vmaLock: 'what a fault under the per-VMA lock does without map_pages',
  poisonScope: 'what a poisoned page returned by ->fault takes out of the page tables',
  mkwriteRecheck: 'how truncation is noticed after ->page_mkwrite',
  uffdWpRule: 'when a uffd-wp marker makes the new entry write-protected',
  pfnAdvance: 'how the page frame goes on from entry to entry of a run',
  contpte: 'which entries may become contiguous',
  contpteAccessFlags: 'whose bits an access-flag fault in a contiguous block looks at',
  faultAroundScope: 'whether fault-around maps pages outside of its window',
  largeMlock: 'whether a large folio is mlocked when one call maps all of it',
  uffdWpArchs: 'the kernel whose list of architectures with userfaultfd write-protection applies',
  x86DirtyBit: 'which bit of an x86-64 entry is the dirty one while the entry is write-protected',
};

const REFERENCE = REVISIONS.find(({ id }) => id === DEFAULT_ENGINES.batched);

function notes({ id, experimental }: Revision): string {
  const defaults: readonly string[] = Object.values(DEFAULT_ENGINES);
  return [defaults.includes(id) ? 'default' : '', experimental ? 'experimental' : '']
    .filter((note) => note !== '')
    .join(', ');
}

/** All features of a legacy revision; of a batched one those that differ from the reference. */
function featureRows({ family, features }: Revision): string[][] {
  const plainFeatures = family === 'legacy' ? {} : (REFERENCE?.features ?? {});
  return Object.entries(features)
    .filter(([name, value]) => plainFeatures[name] !== value)
    .map(([name, value]) => [code(name), code(value), plain(MEANINGS[name as Feature] ?? '')]);
}

function section(revision: Revision): string[] {
  const { id, title, source } = revision;
  const note = notes(revision);
  const rows = featureRows(revision);
  return [
    `## ${code(id)}${note === '' ? '' : ` (${note})`}`,
    `${plain(title)}.`,
    `Source: ${plain(source)}.`,
    rows.length === 0
      ? 'All features have the values of the table above.'
      : table(['feature', 'value', 'decides'], rows),
  ];
}

export function revisionsPage(): string {
  return page(
    'Revisions',
    ['src/legacy/index.ts', 'src/batched/revisions.ts', 'src/batched/steps.ts'],
    [
      'Engines that can be named with `--legacy` and `--batched`. Either option takes an engine of either ' +
        'family: `--legacy batched@v6.6 --batched v6.12` compares two batched ones. A revision is described ' +
        'by named features, never by comparing version numbers; two revisions with equal features behave ' +
        'alike.',
      '## Features of the reference',
      'The values that the plain code of `src/batched` has. The sections of the batched revisions list ' +
        'what differs.',
      table(
        ['feature', 'value', 'decides'],
        Object.entries(PLAIN_FEATURES).map(([name, value]) => [
          code(name),
          code(value),
          plain(MEANINGS[name as Feature]),
        ]),
      ),
      ...REVISIONS.flatMap(section),
    ],
  );
}
