/**
 * Which trees of a series show a class of difference against the base. A campaign that did not find a class has not
 * shown that it is gone: the smallest case of each class is played on every tree.
 */
import { caseAt } from '../../cases/address.js';
import type { Case } from '../../cases/case.js';
import { classId } from '../../oracle/classify.js';
import { unexplained } from '../../report/class_text.js';
import type { Report, ReportClass, ReportViolation } from '../../report/model.js';
import { exactModel } from '../kernels.js';
import { SingleRun } from '../single.js';
import { architecturesThatDiffer, type CompareOptions, type SeriesKernel } from './compare.js';

/** A class of difference, or an invariant that only patched trees break. */
export type Sign =
  | { readonly kind: 'class'; readonly id: string; readonly found: ReportClass }
  | { readonly kind: 'invariant'; readonly id: string; readonly found: ReportViolation };

export interface SignHistory {
  readonly sign: Sign;
  /** by number of the patch: does the tree with it show the sign against the base? 0 is the base, which never does */
  readonly shows: readonly boolean[];
  /** as the campaign of each tree has found it; absent where it did not */
  readonly foundBy: ReadonlyMap<number, Sign>;
}

export interface Against {
  readonly base: SeriesKernel;
  /** the trees of the series, the first patch first */
  readonly trees: readonly SeriesKernel[];
  /** base against each of them; undefined where their code is the same */
  readonly reports: readonly (Report | undefined)[];
}

/** @param options of the campaigns */
export function historiesOf({ base, trees, reports }: Against, options: CompareOptions): SignHistory[] {
  const own = new Set(reports.flatMap((report) => brokenBy(report, base.revision.id)));
  const found = new Map<string, Map<number, Sign>>();
  for (const [i, report] of reports.entries()) {
    for (const sign of signsOf(report, trees[i])) {
      if (sign.kind === 'invariant' && own.has(sign.id)) continue;
      const key = keyOf(sign);
      const by = found.get(key) ?? new Map<number, Sign>();
      found.set(key, by.set(i + 1, sign));
    }
  }
  return [...found.values()].map((foundBy) => {
    const [sign] = foundBy.values();
    if (sign === undefined) throw new Error('a sign was found by some campaign');
    const shows = trees.map((tree, i) => foundBy.has(i + 1) || isShown(sign, base, tree, options));
    return { sign, shows: [false, ...shows], foundBy };
  });
}

const keyOf = ({ kind, id }: Sign): string => `${kind} ${id}`;

const brokenBy = (report: Report | undefined, engine: string): string[] =>
  (report?.violations ?? []).filter((violation) => violation.engine === engine).map(({ invariant }) => invariant);

function signsOf(report: Report | undefined, tree: SeriesKernel | undefined): Sign[] {
  if (report === undefined || tree === undefined) return [];
  const classes = changesIn(report, tree).map((found): Sign => ({ kind: 'class', id: found.id, found }));
  const violations = report.violations.filter((violation) => violation.engine === tree.revision.id);
  return [...classes, ...violations.map((found): Sign => ({ kind: 'invariant', id: found.invariant, found }))];
}

/**
 * Differences that nothing explains. What an allowlist entry expects and does not show is one where it is known what is
 * intended of the tree. Where no model has its features, entries of the next one explain what they can, no more.
 */
export const changesIn = (report: Report, { revision }: SeriesKernel): ReportClass[] =>
  unexplained(report).filter(({ kind }) => kind !== 'missing' || exactModel(revision) !== null);

/** Does the smallest case of the sign show it on this tree? */
function isShown({ kind, id, found }: Sign, base: SeriesKernel, tree: SeriesKernel, options: CompareOptions): boolean {
  const plain: Case = found.shrunk ?? caseAt(found.first);
  if (architecturesThatDiffer(base, tree, [plain.arch]).length === 0) return false;
  const { allowlist } = options;
  const run = new SingleRun(plain, { legacy: base.revision, batched: tree.revision, allowlist });
  const { findings, broken } = run.runWhileAlive();
  if (kind === 'class') return findings.some((finding) => finding.entry === null && classId(finding) === id);
  return broken.some(({ invariant, engine }) => invariant === id && engine === tree.revision.id);
}

/** The id of the class that shows when the two sides change places. */
export function turned(id: string): string {
  const [field = '', direction = '', ...facts] = id.split(':');
  const other = { more: 'less', less: 'more' }[direction] ?? direction.split('>').reverse().join('>');
  return [field, other, ...facts].join(':');
}
