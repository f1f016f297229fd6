/**
 * Which known bug of a revision makes a class that no entry explains. A cause is found by taking it away: the first
 * case of the class is played again on the revision with one bug repaired, or with all of them.
 */
import type { Feature } from '../../src/batched/steps.js';
import { SingleRun } from '../../src/campaign/single.js';
import type { Case } from '../../src/cases/case.js';
import { FIELDS } from '../../src/mm/fields.js';
import type { Revision } from '../../src/mm/revision.js';
import { classId } from '../../src/oracle/classify.js';
import { ALLOWLIST, engine, LEGACY } from '../support.js';
import { withRepaired } from './revision_bugs.js';

const V4 = { R05: 'cursorRule', R06: 'statRule', R07: 'missWriteBack' } as const;

/** The bugs of each revision by the feature that they are, under their numbers in the table of known bugs. */
export const BUGS = {
  'v4-35': { ...V4, R13: 'iSizeClamp' },
  v4: { ...V4, R08: 'prefaultRule', R08b: 'nopageRule', R13: 'iSizeClamp' },
  'v4-fixed': { R08: 'prefaultRule', R13: 'iSizeClamp' },
  'v6.6-rc1': {
    R01: 'prefaultRule',
    R02: 'nopageRule',
    R03: 'pfnAdvance',
    R04: 'folioPrecheck',
    R13: 'iSizeClamp',
  },
  'v6.6': { R01: 'prefaultRule', R13: 'iSizeClamp' },
  'v6.10': { R01: 'prefaultRule', R13: 'iSizeClamp', R34: 'contpteAccessFlags', R35: 'contpte' },
  'v6.12': { R09: 'finishFallback', R34: 'contpteAccessFlags', R35: 'contpte' },
} as const;
export type BuggyRevision = keyof typeof BUGS;

const mistakesYoung = (revision: BuggyRevision): boolean => 'R01' in BUGS[revision] || 'R08' in BUGS[revision];

function openClasses(plain: Case, batched: Revision): string[] {
  const { findings } = new SingleRun(plain, { legacy: LEGACY, batched, allowlist: ALLOWLIST }).run();
  return findings.filter(({ entry }) => entry === null).map(classId);
}

/**
 * What is left without explanation where all bugs of the revision are repaired. Before 6.12 no entry speaks of the
 * accessed bits of runs, because none are as intended there: with the inverted test repaired, they are those of 6.12.
 */
export function unexplainedBy(plain: Case, revision: BuggyRevision): string[] {
  const sound = withRepaired(engine(`batched@${revision}`), Object.values(BUGS[revision]));
  return openClasses(plain, sound).filter((id) => !(mistakesYoung(revision) && id.startsWith('young:')));
}

/**
 * Numbers of the bugs without which the case does not show the class. Where several make it at once, those that show it
 * alone.
 */
export function culpritsOf(plain: Case, id: string, revision: BuggyRevision): string[] {
  const bugs: readonly (readonly [string, Feature])[] = Object.entries(BUGS[revision]);
  const shows = (repaired: readonly Feature[]): boolean =>
    openClasses(plain, withRepaired(engine(`batched@${revision}`), repaired)).includes(id);
  const without = bugs.filter(([, feature]) => !shows([feature]));
  const alone = (feature: Feature): Feature[] => bugs.map(([, other]) => other).filter((other) => other !== feature);
  const found = without.length > 0 ? without : bugs.filter(([, feature]) => shows(alone(feature)));
  return found.map(([number]) => number);
}

/** Names of fields whose promised difference does not show in the case, with the bug that hides it. */
export function hiddenIn(plain: Case, revision: BuggyRevision): Record<string, string[]> {
  const batched = engine(`batched@${revision}`);
  const { findings } = new SingleRun(plain, { legacy: LEGACY, batched, allowlist: ALLOWLIST }).run();
  return Object.fromEntries(
    findings
      .filter(({ missing }) => missing)
      .map((finding) => [FIELDS[finding.field].name, culpritsOf(plain, classId(finding), revision)]),
  );
}
