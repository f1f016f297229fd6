/** What a campaign will run: cells of one architecture and span each, with their number of blocks. */
import type { Case } from '../cases/case.js';
import type { PairSpace } from '../cases/space.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { ARCHITECTURES } from '../mm/arch/index.js';
import type { Mark } from '../mm/marks.js';
import type { Revision } from '../mm/revision.js';
import { FAULTS_PER_BLOCK } from './cell.js';

/** Shares of the faults by span, in 100: most where layouts are rich and still fast. */
const SPAN_SHARES: Readonly<Record<number, number>> = { 8: 35, 64: 60, 512: 5 };
export const DEFAULT_SPANS: readonly number[] = [8, 64, 512];
/** A campaign this large must have hit what it can hit. */
export const ENOUGH_FAULTS = 200_000;

export interface PlannedCell {
  readonly arch: ArchName;
  readonly span: number;
  readonly pair: PairSpace;
  readonly blocks: number;
}

/** Does this revision know userfaultfd write-protection on the architecture? */
export function knowsUffdWp(revision: Revision, arch: ArchName): boolean {
  const since = ARCHITECTURES.get(arch)?.uffdWpSince ?? null;
  if (since === null) return false;
  return since === '6.1' || revision.features.uffdWpArchs === '6.10';
}

/** Does the case need userfaultfd write-protection: a mapping registered for it, a marker, or an entry's bit? */
function needsUffdWp({ vma, row, bits }: Case): boolean {
  const marked = row.includes('u') || Object.values(bits).some((names) => names.includes('uffd-wp'));
  return vma.flags.includes('uffd-wp') || marked;
}

/** Why the case cannot be on this engine; null if it can. */
export function impossibleOn(plain: Case, revision: Revision): string | null {
  if (!needsUffdWp(plain) || knowsUffdWp(revision, plain.arch)) return null;
  return `${revision.id} has no userfaultfd write-protection on ${plain.arch}`;
}

const knowsVmaLock = ({ features }: Revision): boolean => features.vmaLock === 'retry-without-map-pages';

/** Why the case is in the space of no campaign with these engines; null if it is in it. */
export function impossibleFor(plain: Case, legacy: Revision, batched: Revision): string | null {
  const alone = impossibleOn(plain, legacy) ?? impossibleOn(plain, batched);
  if (alone !== null || !plain.vma.vmaLock || knowsVmaLock(legacy) || knowsVmaLock(batched)) return alone;
  return `neither ${legacy.id} nor ${batched.id} has a per-VMA lock`;
}

/** The dials that exist for a pair of engines on an architecture. */
export function pairSpace(legacy: Revision, batched: Revision, arch: ArchName, races: boolean): PairSpace {
  return {
    uffdWp: knowsUffdWp(legacy, arch) && knowsUffdWp(batched, arch),
    vmaLock: knowsVmaLock(legacy) || knowsVmaLock(batched),
    races,
  };
}

export interface PlanOptions {
  readonly legacy: Revision;
  readonly batched: Revision;
  readonly architectures: readonly ArchName[];
  readonly spans: readonly number[];
  readonly races: boolean;
}

const shareOf = (span: number): number => SPAN_SHARES[span] ?? 30;
const sumOf = (shares: readonly number[]): number => shares.reduce((sum, share) => sum + share, 0);

/** Which part of a plan's faults, from 0 to 1, has spans of at least `pages`. */
export function shareFrom(pages: number, spans: readonly number[]): number {
  return sumOf(spans.filter((span) => span >= pages).map(shareOf)) / sumOf(spans.map(shareOf));
}

/** Divides `faults` over the cells: equally over architectures, by fixed shares over spans. */
export function planCells(options: PlanOptions, faults: number): PlannedCell[] {
  const { legacy, batched, architectures, spans, races } = options;
  const shares = spans.map(shareOf);
  const total = sumOf(shares) * architectures.length;
  return architectures.flatMap((arch) =>
    spans.map((span, i) => ({
      arch,
      span,
      pair: pairSpace(legacy, batched, arch, races),
      blocks: Math.max(1, Math.ceil((faults * shares[i]) / total / FAULTS_PER_BLOCK)),
    })),
  );
}

/** Faults that the cells ask for, all blocks together. */
export const plannedFaults = (cells: readonly PlannedCell[]): number =>
  cells.reduce((sum, { blocks }) => sum + blocks, 0) * FAULTS_PER_BLOCK;

/** Can a plan on these architectures and spans pass the mark on an engine of this revision? */
export function canReach(mark: Mark, revision: Revision, options: PlanOptions): boolean {
  if (revision.passesMarks === false) return false;
  const { needs } = mark;
  if (needs.races === true && !options.races) return false;
  if (needs.span !== undefined && !options.spans.some((span) => span >= (needs.span as number))) return false;
  if (needs.arch !== undefined && !options.architectures.includes(needs.arch)) return false;
  const features = Object.entries(needs.feature ?? {});
  if (!features.every(([feature, value]) => revision.features[feature] === value)) return false;
  if (needs.uffdWp !== true) return true;
  const { legacy, batched } = options;
  return options.architectures.some((arch) => knowsUffdWp(legacy, arch) && knowsUffdWp(batched, arch));
}
