/** Reference page of the scopes: what each turns, what a complete sweep of it proves, and how many cases that takes. */
import { indexOfScope, SCOPES } from '../cases/scopes.js';
import type { Configuration, Scope } from '../cases/sweep/scope.js';
import { grouped } from '../report/words.js';
import { code, page, plain, table } from './markdown.js';

/** A configuration in words. */
function configurationText(configuration: Configuration, span: number): string {
  const { kind, flags, part = [0, span], fileIndex = 0, failures = [] } = configuration;
  const [start, pages] = part;
  const words = [
    kind,
    ...(flags.includes('shared') ? [] : ['private']),
    ...flags.map(code),
    ...(pages === span ? [] : [`slots ${start} to ${start + pages - 1}`]),
    ...(fileIndex === 0 ? [] : [`index ${fileIndex} under slot 0`]),
    ...(configuration.pmdNone === true ? ['no page table'] : []),
    ...(configuration.readahead === false ? ['no read-ahead'] : []),
    ...(configuration.mapPages === false ? ['no map_pages'] : []),
    ...(configuration.vmaLock === true ? ['per-VMA lock'] : []),
    ...(configuration.pageMkwrite === undefined ? [] : [`page_mkwrite ${code(configuration.pageMkwrite)}`]),
    ...(failures.length === 0 ? [] : [`nothing fails, or ${failures.map(code).join(' or ')}`]),
  ];
  return words.join(', ');
}

const POISON: Readonly<Record<Scope['hwpoison'], string>> = {
  none: '',
  'every-page': 'each page poisoned or not',
  'last-page': 'the last page poisoned or not',
};

const list = (values: readonly (string | number)[]): string => values.map((value) => code(String(value))).join(', ');

/** What turns, one row for each choice; what has one value is named too, because it is not always the plain one. */
function choiceRows(scope: Scope): string[][] {
  const flags = scope.folioFlags.map((names) => (names.length === 0 ? 'none' : names.map(code).join(' and ')));
  const users = [
    `${list(scope.refs)} further references`,
    `${list(scope.maps)} entries of other mms for each page`,
    POISON[scope.hwpoison],
  ];
  return [
    ['index of the file', list(scope.tiles)],
    ['flags of a folio', flags.join(', ')],
    ['users of a folio', users.filter((text) => text !== '').join('; ')],
    ['entry of a slot', list([...scope.entries])],
    ['i_size in pages', list(scope.sizes)],
    ['fault-around in pages', list(scope.faultAround)],
    ['mmap_miss', list(scope.mmapMiss)],
    ['access', list(scope.accesses)],
    ['everything unmapped at the end', scope.teardown.map((on) => (on ? 'yes' : 'no')).join(', ')],
  ];
}

function section(scope: Scope): string[] {
  const { name, title, proves, leavesOut, span, architectures, configurations, invariantsAll } = scope;
  const index = indexOfScope(scope);
  return [
    `## ${code(name)}`,
    `${plain(title)}.`,
    `${grouped(index.size)} cases of ${span} pages, ${grouped(index.tilings.length)} tilings. Invariants are checked ` +
      `${invariantsAll === true ? 'on every fault' : 'on a sample of the faults that are equal'}.`,
    `Proves: ${plain(proves)}`,
    `Leaves out: ${plain(leavesOut)}.`,
    table(
      ['architecture', 'indexes'],
      architectures.map((arch) => {
        const { from, to } = index.rangeOf(arch);
        return [code(arch), `${from}..${to}`];
      }),
    ),
    table(['choice', 'values'], choiceRows(scope)),
    `Mappings:\n\n${configurations.map((configuration) => `- ${configurationText(configuration, span)}`).join('\n')}`,
  ];
}

export function scopesPage(): string {
  return page(
    'Scopes',
    ['src/cases/scopes.ts', 'src/cases/scopes'],
    [
      'What `ptediff sweep` enumerates. A scope is all combinations of the values below that can exist: a mapped ' +
        'page needs a folio that can be mapped, a private copy a private mapping, and so on. The numbers of cases ' +
        'are exact and known before the sweep. What a sweep proves, it proves of the modelled engines and of these ' +
        'cases: no other difference exists among them than those that the report shows.',
      table(
        ['scope', 'pages', 'cases', 'concern'],
        SCOPES.map((scope) => [
          code(scope.name),
          String(scope.span),
          grouped(indexOfScope(scope).size),
          plain(scope.title),
        ]),
      ),
      'The cases of an architecture are a range of indexes, which `--arch` and `--index` choose: A..B is from A to ' +
        'B - 1. `sweep:SCOPE:INDEX` is the address of one case. The numbers are those of this version.',
      ...SCOPES.flatMap(section),
    ],
  );
}
