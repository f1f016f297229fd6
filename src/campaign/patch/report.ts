/** The report of a series from what was run. */
import { GENERATOR_VERSION } from '../../cases/space.js';
import type { ArchName } from '../../mm/arch/architecture.js';
import { plainRevision } from '../../mm/revision.js';
import { isExplained } from '../../report/class_text.js';
import type { Report, ReportClass, Verdict } from '../../report/model.js';
import type { FoundBroken, FoundClass, PatchEntry, PatchReport } from '../../report/patch_model.js';
import { isChanging } from '../../report/patch_text.js';
import { VERSION } from '../../version.js';
import { exactModel } from '../kernels.js';
import type { CompareOptions, SeriesKernel } from './compare.js';
import { changesIn, historiesOf, type SignHistory, turned } from './history.js';
import type { PatchRun, Series } from './series.js';

/**
 * @param runs fewer than there are patches where the run was interrupted
 */
export function seriesReport(
  series: Series,
  runs: readonly PatchRun[],
  options: CompareOptions,
  interrupted: boolean,
): PatchReport {
  const { base, trees } = series;
  const reports = runs.map(({ against }) => against);
  const histories = historiesOf({ base, trees: trees.slice(0, runs.length), reports }, options);
  const patches = series.applied.map((_, i) => entryOf(i, series, runs[i], histories));
  const report = {
    schemaVersion: 1 as const,
    version: VERSION,
    generatorVersion: GENERATOR_VERSION,
    base: { engine: base.revision.id, source: base.revision.source },
    architectures: [...options.architectures] satisfies ArchName[],
    spans: [...options.spans],
    seed: options.seed,
    races: options.races,
    faults: options.faults,
    patches,
    left: histories.filter(({ shows }) => shows.at(-1) === true).map(({ sign }) => sign.id),
    expiredEntries: expiredIn(runs),
    stopped: interrupted ? ('interrupted' as const) : ('complete' as const),
  };
  return { ...report, verdict: verdictOf(patches), timing: { seconds: secondsOf(runs) } };
}

/** Of the campaigns, without what was spent on making their cases small. */
function secondsOf(runs: readonly PatchRun[]): number {
  const reports = new Set(runs.flatMap(({ against, step }) => [against, step]));
  return [...reports].reduce((sum, report) => sum + (report?.timing.seconds ?? 0), 0);
}

/** Ids, sorted: which tree an entry is for does not matter to whoever looks it up. */
function expiredIn(runs: readonly PatchRun[]): string[] {
  const ids = runs.flatMap(({ against, step }) => [against, step]).flatMap((report) => report?.expiredEntries ?? []);
  return [...new Set(ids)].sort();
}

function entryOf(i: number, series: Series, run: PatchRun | undefined, histories: readonly SignHistory[]): PatchEntry {
  const { base, trees, applied } = series;
  const { patch, changes } = applied[i] as (typeof applied)[number];
  const idOf = (number: number): string => (number === 0 ? base : trees[number - 1])?.revision.id ?? '';
  const against = (number: number) => ({ legacy: base.revision.id, batched: idOf(number) });
  const number = i + 1;
  const begins = histories.filter(({ shows }) => shows[number] === true && shows[i] === false);
  const ends = histories.filter(({ shows }) => shows[number] === false && shows[i] === true);
  const { reached = 0, defined = 0, cold = [], unseen = [] } = run?.lookedAt ?? {};
  return {
    number,
    title: patch.title,
    file: patch.file,
    quoted: patch.quoted,
    engine: idOf(number),
    compared: run !== undefined,
    sameCode: run !== undefined && run.step === undefined,
    faults: { run: run?.against?.faults.run ?? 0, effective: run?.against?.faults.effective ?? 0 },
    introduces: classesOf(begins, number, against(number)),
    removes: classesOf(ends, i, against(i)),
    changes: stepClasses(run?.step, [...begins, ...ends], series, i),
    breaks: brokenOf(begins, number, against(number)),
    mends: brokenOf(ends, i, against(i)),
    explained: entriesIn(run?.against, isExplained),
    underReview: entriesIn(run?.against, ({ underReview }) => underReview),
    ...deathsOf(run),
    reached,
    defined,
    cold: [...cold],
    unseen: [...unseen],
    notes: [...notesOf(changes, patch.quoted), ...modelNotes(base, trees[i])],
  };
}

/** As the campaign of the tree found them; a class that only its smallest case shows there, as another one did. */
const signOf = ({ foundBy, sign }: SignHistory, number: number): SignHistory['sign'] => foundBy.get(number) ?? sign;

function classesOf(all: readonly SignHistory[], number: number, engines: FoundClass['engines']): FoundClass[] {
  return all.flatMap((history) => {
    const sign = signOf(history, number);
    return sign.kind === 'class' ? [{ engines, class: sign.found }] : [];
  });
}

function brokenOf(all: readonly SignHistory[], number: number, engines: FoundBroken['engines']): FoundBroken[] {
  return all.flatMap((history) => {
    const sign = signOf(history, number);
    if (sign.kind !== 'invariant') return [];
    const { invariant, sentence, first, shrunk } = sign.found;
    return [{ engines, invariant, sentence, first, shrunk }];
  });
}

/** What shows between two trees of the series, and neither begins nor ends against the base. */
function stepClasses(
  step: Report | undefined,
  told: readonly SignHistory[],
  { trees }: Series,
  i: number,
): FoundClass[] {
  // The tree before the first patch is the base.
  const [before, tree] = [trees[i - 1], trees[i]];
  if (step === undefined || before === undefined || tree === undefined) return [];
  const engines = { legacy: before.revision.id, batched: tree.revision.id };
  const ids = new Set(told.flatMap(({ sign }) => [sign.id, turned(sign.id)]));
  return changesIn(step, tree)
    .filter(({ id }) => !ids.has(id))
    .map((found) => ({ engines, class: found }));
}

const entriesIn = (report: Report | undefined, has: (found: ReportClass) => boolean): string[] => [
  ...new Set((report?.classes ?? []).filter(has).flatMap(({ entry }) => entry ?? [])),
];

function deathsOf(run: PatchRun | undefined): Pick<PatchEntry, 'died' | 'deaths'> {
  const reports = [...new Set([run?.against, run?.step])].filter((report) => report !== undefined);
  return {
    died: reports.flatMap(({ died }) => died),
    deaths: reports.reduce((sum, { deaths }) => sum + deaths, 0),
  };
}

function notesOf(changes: Series['applied'][number]['changes'], quoted: boolean): string[] {
  const notes = quoted ? ['read from a mail that quotes it'] : [];
  for (const { path, missing, ignoredSpace } of changes) {
    const lines = missing === 1 ? '1 line' : `${missing} lines`;
    if (missing > 0) notes.push(`${path}: the quote lacks ${lines}, taken for unchanged`);
    if (ignoredSpace) notes.push(`${path}: white space was ignored to make it apply`);
  }
  return notes;
}

/** A tree of the other family is judged by what is intended of its model, if it has one. */
function modelNotes(base: SeriesKernel, tree: SeriesKernel | undefined): string[] {
  if (tree === undefined || tree.revision.family === base.revision.family || exactModel(tree.revision) !== null)
    return [];
  const next = plainRevision(tree.revision).id;
  return [
    `no model has the features of this tree: what is intended of ${next}, the next one, may not be intended of it`,
  ];
}

function verdictOf(patches: readonly PatchEntry[]): Verdict {
  if (patches.some(isChanging)) return 'divergent';
  if (patches.some(isOpen)) return 'undecided';
  return patches.some(({ explained }) => explained.length > 0) ? 'explained' : 'agree';
}

const isOpen = ({ compared, cold, unseen, deaths, underReview, sameCode, faults }: PatchEntry): boolean =>
  !compared ||
  cold.length + unseen.length + deaths + underReview.length > 0 ||
  (!sameCode && faults.run > 0 && faults.effective === 0);
