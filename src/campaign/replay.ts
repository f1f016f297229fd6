/** Replays one case on both engines and records what a person wants to see of it. */
import { retText, rowArt } from '../cases/art.js';
import type { Case } from '../cases/case.js';
import { type Access, BY_DEVICE, BY_GUP } from '../mm/access.js';
import { FIELDS, RET } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { Revision } from '../mm/revision.js';
import { type Allowlist, expiredEntries } from '../oracle/allowlist.js';
import { classId } from '../oracle/classify.js';
import { entriesFor } from '../oracle/decider.js';
import { explainFinding } from '../oracle/explain.js';
import { INVARIANTS } from '../oracle/invariants.js';
import type { Finding } from '../oracle/judge.js';
import { fieldValue, valueText } from '../oracle/values.js';
import type { Replay, ReplayDifference, ReplayFault, Verdict } from '../report/model.js';
import { placesText, SLOTS_PER_LINE } from '../report/words.js';
import type { Duel, Side } from './duel.js';
import { SingleRun } from './single.js';
import { TracingImage } from './trace.js';

export { impossibleFor } from './plan.js';

export interface ReplayTarget {
  readonly case: Case;
  readonly address: string | null;
}

export interface ReplayOptions {
  readonly legacy: Revision;
  readonly batched: Revision;
  readonly allowlist: Allowlist;
  readonly trace: boolean;
  /** what explanations call the engines, `legacy` and `batched` unless told */
  readonly sides?: readonly [string, string];
  /** YYYY-MM-DD; the day of the clock (UTC) unless told */
  readonly today?: string;
}

/**
 * Plays the case and describes every compared fault.
 * @throws ImpossibleCase if the case cannot exist
 */
export function replay(target: ReplayTarget, options: ReplayOptions): Replay {
  const { legacy, batched, allowlist, sides, today } = options;
  const describe = (findings: readonly Finding[]): ReplayDifference[] => differencesOf(findings, sides);
  const faults: ReplayFault[] = [];
  const alone = { legacy: 0, batched: 0 };
  const numbers = new FaultNumbers();
  const run = new SingleRun(
    target.case,
    options,
    {
      begin: (duel) => {
        numbers.begin(duel, faults.length + 1);
      },
      fault: (duel, before, findings) => {
        faults.push(describeFault(duel, before, describe(findings)));
        for (const image of tracingImages(duel)) image.end();
      },
      alone: (duel, side) => {
        const { image } = side;
        alone[side === duel.legacy ? 'legacy' : 'batched']++;
        if (image instanceof TracingImage) image.endUnannounced(numbers.next(duel, image));
      },
      access: (_duel, findings) => {
        const last = faults.at(-1);
        if (last === undefined || findings.length === 0) return;
        faults[faults.length - 1] = { ...last, differences: [...last.differences, ...describe(findings)] };
      },
    },
    options.trace ? (span, allocate) => new TracingImage(span, allocate) : undefined,
  ).run();
  return {
    address: target.address,
    case: target.case,
    legacy: legacy.id,
    batched: batched.id,
    faults,
    alone,
    legacyTrace: eventsOf(run.duel.legacy),
    batchedTrace: eventsOf(run.duel.batched),
    ...finalStates(run.duel),
    violations: run.broken.map(({ invariant, engine }) => ({
      invariant,
      engine,
      sentence: INVARIANTS.find(({ id }) => id === invariant)?.sentence ?? '',
    })),
    expiredEntries: expiredEntries(entriesFor(allowlist, legacy, batched), today).map(({ id }) => id),
    verdict: verdictOf(run),
  };
}

/** Numbers of faults in a trace: those of one access begin with the same number on both sides. */
class FaultNumbers {
  private step = 0;
  /** number of the last fault before the access, on either side */
  private last = 0;

  /** A pair of faults begins. */
  begin(duel: Duel, fault: number): void {
    this.step = duel.step;
    for (const image of tracingImages(duel)) image.fault = fault;
  }

  /** The number of a fault of one engine alone. */
  next(duel: Duel, { fault }: TracingImage): number {
    if (duel.step !== this.step) {
      this.step = duel.step;
      this.last = Math.max(...tracingImages(duel).map((image) => image.fault));
    }
    return Math.max(fault, this.last) + 1;
  }
}

function tracingImages({ legacy, batched }: Duel): TracingImage[] {
  return [legacy.image, batched.image].filter((image) => image instanceof TracingImage);
}

function eventsOf(side: Side): TracingImage['events'] {
  return side.image instanceof TracingImage ? side.image.events : [];
}

function verdictOf(run: SingleRun): Verdict {
  if (run.broken.length > 0 || run.findings.some(({ entry }) => entry === null)) return 'divergent';
  if (run.findings.some(({ entry }) => entry?.class === 'under-review')) return 'undecided';
  return run.findings.length > 0 ? 'explained' : 'agree';
}

/** `write at slot 5 by a device` */
export function describeAccess({ slot, write, by }: Access): string {
  const agent = by === BY_DEVICE ? ' by a device' : by === BY_GUP ? ' by get_user_pages()' : '';
  return `${write ? 'write' : 'read'} at slot ${slot}${agent}`;
}

function describeFault({ legacy, batched }: Duel, before: Image, differences: ReplayDifference[]): ReplayFault {
  return {
    access: describeAccess(legacy.access),
    before: rowArt(before),
    legacyRow: rowArt(legacy.image),
    batchedRow: rowArt(batched.image),
    legacyReturn: retText(legacy.image.mm[RET]),
    batchedReturn: retText(batched.image.mm[RET]),
    differences,
  };
}

/** Findings that differ in nothing but their sites have one explanation, which names all of these. */
function differencesOf(findings: readonly Finding[], sides: ReplayOptions['sides']): ReplayDifference[] {
  const sites = new Map<string, number[]>();
  const said = findings.map((finding) => explainFinding(finding, '', sides));
  for (const [i, text] of said.entries()) sites.set(text, [...(sites.get(text) ?? []), findings[i].site]);
  return findings.map((finding, i) => {
    const place = placesText(FIELDS[finding.field].site, sites.get(said[i]) ?? []);
    return differenceOf(finding, explainFinding(finding, place, sides));
  });
}

function differenceOf(finding: Finding, explanation: string): ReplayDifference {
  const field = FIELDS[finding.field];
  return {
    field: field.name,
    site: field.site,
    at: finding.site,
    legacy: valueText(field, finding.legacy),
    batched: valueText(field, finding.batched),
    kind: finding.missing ? 'missing' : 'difference',
    classId: classId(finding),
    entry: finding.entry?.id ?? null,
    explanation,
  };
}

/** Both final states as text: the row of entries, then one line for each field that is not zero. */
function finalStates({ legacy, batched }: Duel): Pick<Replay, 'legacyState' | 'batchedState'> {
  const rows = statesOfRows(rowArt(legacy.image), rowArt(batched.image));
  return {
    legacyState: [...rows[0], ...fieldLines(legacy.image)],
    batchedState: [...rows[1], ...fieldLines(batched.image)],
  };
}

/** Of rows that are too long for a line there are those parts that differ, each behind the number of its first slot. */
function statesOfRows(legacy: string, batched: string): readonly [string[], string[]] {
  if (legacy.length <= SLOTS_PER_LINE) return [[shortRow(legacy)], [shortRow(batched)]];
  const lines: readonly [string[], string[]] = [[], []];
  for (let from = 0; from < legacy.length; from += SLOTS_PER_LINE) {
    const parts = [legacy, batched].map((row) => row.slice(from, from + SLOTS_PER_LINE));
    if (parts[0] === parts[1]) continue;
    for (const [i, part] of parts.entries()) lines[i]?.push(`row ${String(from).padStart(3)}  ${part}`);
  }
  return lines;
}

const shortRow = (row: string): string => `row ${row.replace(/\.+$/, '')}`;

function fieldLines(image: Image): string[] {
  const lines: string[] = [];
  for (const field of FIELDS) {
    if (field.compare === 'conform') continue;
    const sites = field.column === 'mm' ? 1 : image.slots;
    for (let site = 0; site < sites; site++) {
      const value = fieldValue(field, image, site);
      if (value === 0) continue;
      const where = field.site === 'mm' ? '' : `${field.site} ${site} `;
      lines.push(`${where}${field.name} ${valueText(field, value)}`);
    }
  }
  return lines;
}
