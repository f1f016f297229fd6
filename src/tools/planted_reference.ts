/** Reference page of the bugs that can be planted, and of the known bugs with where the harness has each. */
import { PLANTED_BUGS, type PlantedBug } from '../batched/index.js';
import { KNOWN_BUGS, type KnownBug } from '../campaign/selftest/known_bugs.js';
import { code, page, plain, table } from './markdown.js';

/** What a campaign needs to see the bug, in a few words. */
function onlyWith({ shows, needs, base }: PlantedBug): string {
  const parts = [
    ...(shows?.architectures === undefined ? [] : [shows.architectures.map(code).join(', ')]),
    ...(shows?.races === true ? [code('--races')] : []),
    ...(shows?.span === undefined ? [] : [`spans from ${shows.span} on`]),
    ...(needs === undefined ? [] : [`a revision such as ${code(base ?? 'reference')}`]),
  ];
  return parts.join('; ');
}

function bugRows(bugs: readonly PlantedBug[]): string[][] {
  return bugs.map((bug) => [code(bug.id), plain(bug.title), plain(bug.source), onlyWith(bug)]);
}

/** Revisions and planted bugs that have it, or why nothing has. */
function whereText({ revisions, planted, why }: KnownBug): string {
  const parts = [...revisions, ...planted].map(code).join(', ');
  return [parts, why === undefined ? '' : plain(why)].filter((text) => text !== '').join('; ');
}

const isMutant = ({ id }: PlantedBug): boolean => id.startsWith('M');

export function plantedPage(): string {
  const head = ['bug', 'what the engine does', 'source', 'shows only with'];
  return page(
    'Planted bugs',
    ['src/batched/planted', 'src/campaign/selftest/known_bugs.ts'],
    [
      'A bug that is planted replaces one step of a batched revision. It is named behind the revision: ' +
        '`--batched reference+M1`, `--batched v6.12.117+R14`, `--batched reference+M1+M9`. Any batched revision ' +
        'takes any bug, if it has the features that the bug needs; two bugs that replace the same step exclude ' +
        'each other. The allowlist treats the revision as if nothing was planted in it. Each bug has a ' +
        'regression fixture, and the self-test must find it; see [the self-test](../explanation/self-test.md).',
      '## Mutants',
      'Mistakes that are easily made in this code; most were.',
      table(head, bugRows(PLANTED_BUGS.filter(isMutant))),
      '## Known bugs that are planted',
      'The numbers are those of the next table.',
      table(head, bugRows(PLANTED_BUGS.filter((bug) => !isMutant(bug)))),
      '## Known bugs, and where they are',
      'Bugs of this path and near it, with the revisions and the planted bugs that have them, or the reason why the ' +
        'model cannot express them. The numbers are ours.',
      table(
        ['bug', 'subject', 'where'],
        KNOWN_BUGS.map((bug) => [bug.id, plain(bug.title), whereText(bug)]),
      ),
    ],
  );
}
