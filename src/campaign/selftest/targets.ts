/**
 * What the self-test looks at, each with the campaign that it needs: engines that must be found, and the reference, of
 * which nothing must be.
 */
import { PLANTED_BUGS, type PlantedBug } from '../../batched/index.js';
import type { ArchName } from '../../mm/arch/architecture.js';
import { DEFAULT_ARCHITECTURES } from '../../mm/arch/index.js';
import type { Revision } from '../../mm/revision.js';
import { requireRevision } from '../engines.js';
import { DEFAULT_SPANS } from '../plan.js';
import { canaries } from './canaries.js';
import type { Sign } from './hunt.js';
import { KNOWN_BUGS } from './known_bugs.js';
import { baseOf, revisionWith } from './pairs.js';

export const TARGET_KINDS = ['control', 'canary', 'mutant', 'known-bug', 'revision'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

export interface Target {
  readonly id: string;
  readonly kind: TargetKind;
  readonly title: string;
  readonly legacy: Revision;
  readonly batched: Revision;
  readonly architectures: readonly ArchName[];
  readonly spans: readonly number[];
  readonly races: boolean;
  /** what this engine shows on the same cases is not the target's doing */
  readonly base: Revision | null;
  isFoundBy(sign: Sign): boolean;
}

const LEGACY = requireRevision('v6.1', 'legacy');
const REFERENCE = requireRevision('reference', 'batched');

/** The default pair and plan. */
const PLAIN = {
  legacy: LEGACY,
  batched: REFERENCE,
  architectures: DEFAULT_ARCHITECTURES,
  spans: DEFAULT_SPANS,
  races: false,
  base: null,
  isFoundBy: (): boolean => true,
} as const;

function control(id: string, title: string, architectures: readonly ArchName[]): Target {
  return { ...PLAIN, id, kind: 'control', title, architectures };
}

/** Of the architectures that can show the bug the usual ones, if there are any. */
function architecturesOf({ shows }: PlantedBug): readonly ArchName[] {
  const all = shows?.architectures ?? DEFAULT_ARCHITECTURES;
  const usual = all.filter((arch) => DEFAULT_ARCHITECTURES.includes(arch));
  return usual.length > 0 ? usual : all;
}

/** The campaign for one planted bug, or for several together. */
export function plantedTarget(...bugs: readonly [PlantedBug, ...PlantedBug[]]): Target {
  const [bug] = bugs;
  const races = bugs.some(({ shows }) => shows?.races === true);
  const base = baseOf(...bugs);
  const least = Math.min(...bugs.map(({ shows }) => shows?.span ?? 0));
  return {
    ...PLAIN,
    id: bugs.map(({ id }) => id).join('+'),
    kind: bug.id.startsWith('M') ? 'mutant' : 'known-bug',
    title: bug.title,
    batched: revisionWith(...bugs),
    architectures: [...new Set(bugs.flatMap(architecturesOf))],
    spans: DEFAULT_SPANS.filter((span) => span >= least),
    races,
    // The reference has nothing to explain, unless other threads interfere.
    base: base === REFERENCE && !races ? null : base,
  };
}

/** A listed revision that has known bugs; one of the legacy side stands against the reference. */
function revisionTarget(id: string): Target {
  const revision = requireRevision(id, 'batched');
  const bugs = KNOWN_BUGS.filter(({ revisions }) => revisions.includes(id)).map((bug) => bug.id);
  const side = revision.family === 'legacy' ? { legacy: revision } : { batched: revision };
  return { ...PLAIN, ...side, id, kind: 'revision', title: `${revision.title} (${bugs.join(', ')})` };
}

/** Every target, in the order of the report. */
export function targets(): Target[] {
  return [
    control('reference', 'the default pair shows nothing that is not explained', DEFAULT_ARCHITECTURES),
    control('reference arm64-contpte', 'nor does it with contiguous entries', ['arm64-contpte']),
    ...canaries(LEGACY).map(
      (canary): Target => ({
        ...PLAIN,
        id: canary.id,
        kind: 'canary',
        title: canary.title,
        legacy: canary.legacy(LEGACY),
        batched: canary.batched(REFERENCE),
        isFoundBy: canary.isFoundBy,
      }),
    ),
    ...PLANTED_BUGS.map((bug) => plantedTarget(bug)),
    ...[...new Set(KNOWN_BUGS.flatMap(({ revisions }) => revisions))].map(revisionTarget),
  ];
}
