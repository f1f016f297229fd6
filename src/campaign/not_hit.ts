/**
 * What it means that a campaign did not hit an allowlist entry: that the entry is stale, or that this campaign is none
 * that could tell. The two must not be taken for each other.
 */
import type { ArchName } from '../mm/arch/architecture.js';
import { ARCHITECTURES } from '../mm/arch/index.js';
import { HPAGE_PMD_NR } from '../mm/bits.js';
import type { AllowEntry } from '../oracle/allowlist.js';
import { type Bounds, WITHOUT_PMD } from '../oracle/bounds.js';
import { entriesFor } from '../oracle/decider.js';
import type { Report } from '../report/model.js';
import type { CampaignOptions } from './api.js';
import type { Counts } from './counts.js';
import { DEFAULT_SPANS, ENOUGH_FAULTS, shareFrom } from './plan.js';

type NotHit = Report['notHit'][number];

/** Entries of the pair that were not hit. A sweep is no sample of everything: what it does not reach says nothing. */
export function entriesNotHit(
  options: CampaignOptions,
  { run, entryHits }: Pick<Counts, 'run' | 'entryHits'>,
): Pick<Report, 'staleEntries' | 'notHit'> {
  const { allowlist, legacy, batched, sweep } = options;
  if (sweep !== undefined) return { staleEntries: [], notHit: [] };
  const without = entriesFor(allowlist, legacy, batched).filter(({ id }) => (entryHits[id] ?? 0) === 0);
  const told = without.map((entry) => ({ entry: entry.id, why: whyNotHit(entry, options, run) }));
  return {
    staleEntries: told.flatMap(({ entry, why }) => (why === null ? [entry] : [])),
    notHit: told.flatMap(({ entry, why }) => (why === null ? [] : [{ entry, why }])),
  };
}

/** @returns null for an entry that a campaign of this kind and size should have hit */
function whyNotHit(
  entry: AllowEntry,
  { architectures, spans, races }: CampaignOptions,
  run: Counts['run'],
): NotHit['why'] | null {
  if (entry.races === true && !races) return 'races';
  const archs = architectures.filter((arch) => canShow(entry, factsOn(arch)) && isListed(entry, arch));
  if (archs.length === 0) return 'architecture';
  const share = shareThatShows(entry, spans);
  if (share === 0) return isOfPmd(entry) ? 'span' : 'other-spans';
  const faults = archs.reduce((sum, arch) => sum + (run[arch] ?? 0), 0);
  return faults * share >= ENOUGH_FAULTS ? null : 'faults';
}

const isListed = ({ architectures }: AllowEntry, arch: ArchName): boolean => architectures?.includes(arch) !== false;

/** May the entry show in a fault with these facts? */
const canShow = ({ claims }: AllowEntry, bounds: Bounds): boolean =>
  claims.length === 0 || claims.some(({ condition }) => condition.possible(bounds));

/** What an architecture alone decides of the facts of all its faults. */
function factsOn(arch: ArchName): Bounds {
  const { wantsOldPrefaultedPte, contPtes, dcacheCleanFlag } = ARCHITECTURES.get(arch) ?? {};
  return {
    wantsOld: wantsOldPrefaultedPte === true,
    contpte: (contPtes ?? 0) > 0,
    ...(dcacheCleanFlag === true ? {} : { dcache: false }),
  };
}

const isOfPmd = (entry: AllowEntry): boolean => !canShow(entry, WITHOUT_PMD);

/** Which part of the faults at these spans can show the entry: what is about PMD mappings needs the span of one. */
function shareThatShows(entry: AllowEntry, spans: readonly number[]): number {
  if (isOfPmd(entry)) return shareFrom(HPAGE_PMD_NR, spans);
  return DEFAULT_SPANS.every((span) => spans.includes(span)) ? 1 : 0;
}
