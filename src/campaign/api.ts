/** What the command line asks of a campaign, and what it hears while one runs. */
import type { Scope } from '../cases/sweep/scope.js';
import type { CountedCode } from '../kernel/cover/hits.js';
import type { ArchName } from '../mm/arch/architecture.js';
import type { Revision } from '../mm/revision.js';
import type { Allowlist } from '../oracle/allowlist.js';
import type { PlannedCell } from './plan.js';

export interface Progress {
  readonly casesRun: number;
  /** null where cases are drawn: there faults are planned */
  readonly casesPlanned: number | null;
  readonly faultsRun: number;
  readonly faultsPlanned: number | null;
  readonly effective: number;
  readonly marksHit: number;
  readonly marksRequired: number;
  readonly classes: number;
  readonly unexplained: number;
  readonly seconds: number;
}

/** Indexes [from, to) of a scope, all of one architecture. */
export interface SweepRange {
  readonly arch: ArchName;
  readonly from: number;
  readonly to: number;
}

/** What is enumerated instead of drawn. */
export interface SweepPlan {
  readonly scope: Scope;
  /** ascending and disjoint, none of them empty */
  readonly ranges: readonly SweepRange[];
}

export interface CampaignOptions {
  readonly legacy: Revision;
  readonly batched: Revision;
  readonly architectures: readonly ArchName[];
  /** spans in pages; each gets its share of the faults */
  readonly spans: readonly number[];
  /** faults to run, or null for a campaign that is limited by time */
  readonly faults: number | null;
  readonly seconds: number | null;
  readonly seed: number;
  readonly races: boolean;
  readonly invariantsAll: boolean;
  readonly allowlist: Allowlist;
  readonly failFast: boolean;
  /** day that expiry dates of entries are compared with, YYYY-MM-DD; today if absent */
  readonly today?: string;
  /** makes the campaign a sweep, in which spans, faults, seconds, seed and races have no meaning */
  readonly sweep?: SweepPlan | undefined;
  /** what is drawn; unless told, it follows from architectures, spans, faults and races */
  readonly cells?: readonly PlannedCell[];
  /**
   * which classes have a shrunk case in the report: all, the default, or those that no entry explains; a text shows no
   * others
   */
  readonly shrinks?: 'all' | 'unexplained';
  /** faults are compared in every word of the state, and not judged: what counts are disagreements */
  readonly everyWord?: boolean;
  /** code of the batched engine that counts what runs, and runs in its place */
  readonly counted?: CountedCode;
  /**
   * worker threads that run the campaign; 0, the default, runs it in this thread. The report is the same. Engines must
   * be ones that another thread finds by their id.
   */
  readonly workers?: number;
  /** seconds without a new case after which a worker is taken for endless (default: 30) */
  readonly stallSeconds?: number;
  readonly onProgress?: (progress: Progress) => void;
  /** asked between slices; true ends the campaign with a partial report */
  readonly stopRequested?: () => boolean;
}
