/** Reference pages about judging: fields, facts, value rules, invariants, marks. */
import { REVISIONS } from '../campaign/engines.js';
import { OUTCOMES } from '../mm/access.js';
import { ASSERTION_LIST } from '../mm/assertions.js';
import { type Comparison, FIELDS, type SiteKind } from '../mm/fields.js';
import { MARKS, type Mark, type MarkSide } from '../mm/marks.js';
import type { RuleName } from '../oracle/expected.js';
import { RULE_NAMES } from '../oracle/expected.js';
import { PATH_TEXT } from '../oracle/explain.js';
import { FACTS } from '../oracle/facts.js';
import { EXCEPTIONS, INVARIANTS } from '../oracle/invariants.js';
import { EFFECT_BITS } from '../oracle/values.js';
import { code, page, plain, table } from './markdown.js';

const COMPARISONS: Readonly<Record<Comparison, string>> = {
  exact: 'the two values must be equal',
  present: 'compared only where both engines have a present entry; presence is the field `pte`',
  coverage: 'zero against non-zero: whether the page was covered, not how often',
  conform:
    'not compared between two engines (kernel versions differ by design); fixtures and invariants may speak of it',
};

const SITES: readonly (readonly [SiteKind, string])[] = [
  ['page', 'Fields of a page slot'],
  ['folio', 'Fields of a folio'],
  ['mm', 'Fields of the mm and of the whole case'],
];

export function fieldsPage(): string {
  const sections = SITES.flatMap(([site, title]) => [
    `## ${title}`,
    table(
      ['field', 'group', 'compared', 'meaning'],
      FIELDS.filter((field) => field.site === site).map(({ name, group, compare, meaning }) => [
        code(name),
        group,
        compare,
        plain(meaning),
      ]),
    ),
  ]);
  return page(
    'Fields',
    ['src/mm/fields.ts', 'src/mm/assertions.ts', 'src/mm/access.ts'],
    [
      'What is observed of a fault. A field lives at a site: a page slot, a folio (named by its first ' +
        'page), or the mm.',
      table(
        ['compared', 'how'],
        Object.entries(COMPARISONS).map(([name, meaning]) => [name, meaning]),
      ),
      ...sections,
      '## Bits of `assertions`',
      table(
        ['bit', 'name', 'what the kernel checks'],
        ASSERTION_LIST.map(({ name, meaning }, bit) => [String(bit), code(name), plain(meaning)]),
      ),
      '## Values of `accessOutcome`',
      table(
        ['value', 'name'],
        OUTCOMES.map((name, value) => [String(value), name]),
      ),
      '## Bits of `accessEffect`',
      table(
        ['value', 'name', 'what the access set'],
        EFFECT_BITS.map(([bit, name]) => [String(bit), code(name), effectMeaning(name)]),
      ),
    ],
  );
}

/** `the accessed bit of the PMD entry` for `pmd-young` */
function effectMeaning(name: string): string {
  const entry = name.startsWith('pmd-') ? 'the PMD entry' : 'the page-table entry';
  return `the ${name.endsWith('young') ? 'accessed' : 'dirty'} bit of ${entry}`;
}

/** What the names of an enumeration mean, where the name alone does not say it. */
const FACT_NAMES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  access: {
    read: 'read fault',
    cow: 'write fault in a private mapping',
    'shared-write': 'write fault in a shared mapping',
  },
  path: PATH_TEXT,
  pmdRule: {
    same: 'no PMD mapping is refused',
    'i-size': 'the folio reaches across i_size',
    'thp-disabled': 'huge pages are disabled for the mapping',
  },
  run: {
    none: 'the page joins no run',
    fault: 'the run that holds the faulting page',
    other: 'a run that was prefaulted',
  },
};

export function factsPage(): string {
  const scopes = [
    ['fault', 'Facts about the fault'],
    ['folio', 'Facts about the folio of the site'],
    ['page', 'Facts about the page of the site'],
    ['mm', 'Facts about fault-around as a whole, for classes alone'],
  ] as const;
  const tables = scopes.flatMap(([scope, title]) => [
    `## ${title}`,
    table(
      ['fact', 'type', 'meaning'],
      FACTS.filter((fact) => fact.scope === scope).map(({ name, names, meaning }) => [
        code(name),
        names === undefined ? 'bool' : 'string',
        plain(meaning),
      ]),
    ),
  ]);
  const enumerations = FACTS.flatMap(({ name, names }) =>
    names === undefined
      ? []
      : [
          `## Values of \`${name}\``,
          table(
            ['value', 'meaning'],
            names.map((value) => [code(`"${value}"`), plain(FACT_NAMES[name]?.[value] ?? '')]),
          ),
        ],
  );
  return page(
    'Facts',
    ['src/oracle/facts.ts', 'src/oracle/prediction.ts'],
    [
      'What can be said about a fault and a site before any engine has run. Facts are computed from the ' +
        'scene and the state before the fault, never from the result of an engine. The conditions (`when`) ' +
        'of allowlist entries are CEL expressions over these names; classes of divergences are told apart by ' +
        'some of them. A page has the facts of the fault, of its folio and its own; a folio those of the fault and ' +
        'its own. A condition about a field of the mm may ask about the fault alone. In a class of the mm, the facts ' +
        'of a folio are those of the folio under the fault.',
      ...tables,
      ...enumerations,
    ],
  );
}

/** What each rule works out. Typed by the names, so that a new rule cannot be left out. */
const RULES: Readonly<Record<RuleName, string>> = {
  'whole-folio':
    'finish_fault() installs one entry in legacy, and all entries of the folio in batched. Both have ' +
    'what fault-around installed before.',
  'pmd-instead-of-entries':
    'Legacy maps the folio by PMD. Batched refuses that and maps entries: the runs of fault-around, or what ' +
    'finish_fault() installs; beyond i_size the fault ends with SIGBUS.',
  'poisoned-folio':
    '->fault returned a poisoned page of a large folio. Legacy unmaps one index, which is ' +
    'that of the page if it is the first of its folio, batched the whole folio. Each then evicts the folio if ' +
    'it is clean and has no other user, which decides the return value.',
  'without-workingset-misses':
    'Legacy subtracts every page that fault-around visits from mmap_miss, batched leaves pages of ' +
    'workingset folios out. Where ->fault follows, its own effect on mmap_miss is added on both sides.',
  'pmd-side-effects':
    'Both map by PMD. Legacy mlocks the folio of a VM_LOCKED mapping and keeps the PMD statistics of its memcg, ' +
    'batched does not.',
  'contpte-fold':
    'Both have the runs of fault-around, on arm64 with contiguous PTEs. Legacy sets one entry at a time, ' +
    'which folds a block when its last entry is set; batched sets PTE_CONT on the complete blocks that a ' +
    'run covers. Within a block young and dirty are read as one.',
  'contpte-fold-kept-young':
    'As `contpte-fold`, for revisions whose finish_fault() maps one page and whose test for prefaulted runs is ' +
    'a defect: young is claimed only of entries that batched leaves as they were.',
};

export function rulesPage(): string {
  return page(
    'Value rules',
    ['src/oracle/expected.ts', 'src/tools/oracle_reference.ts'],
    [
      'A difference whose values depend on the case cannot be written as two constants. Its allowlist ' +
        'entry names a value rule instead. The rule works out what the difference leaves behind in each ' +
        'engine, from the prediction and the state before the fault. Where the two expected states differ in ' +
        'a field that the entry lists, the entry claims a difference with exactly these values. The ' +
        'condition of such an entry may use facts about the fault only.',
      table(
        ['rule', 'expected states'],
        RULE_NAMES.map((name) => [code(name), plain(RULES[name])]),
      ),
    ],
  );
}

const featureText = (features: Readonly<Record<string, string>>): string =>
  Object.entries(features)
    .map(([name, value]) => code(`${name}=${value}`))
    .join(', ');

export function invariantsPage(): string {
  return page(
    'Invariants',
    ['src/oracle/invariants/catalogue.ts', 'src/oracle/invariants/exceptions.ts'],
    [
      'What must hold after every completed fault on either engine, whether or not the two agree: no lock ' +
        'held, all per-CPU batches drained. A violated invariant makes the verdict divergent. Invariants run ' +
        'on every fault whose images differ and on one in sixteen of the others; with `--invariants all`, ' +
        'and in `check`, on every fault.',
      table(
        ['id', 'sentence', 'does not hold for'],
        INVARIANTS.map((invariant) => [
          invariant.id,
          plain(invariant.sentence),
          REVISIONS.filter((revision) => !invariant.appliesTo(revision))
            .map(({ id }) => code(id))
            .join(', '),
        ]),
      ),
      '## Exceptions',
      'An exception belongs to the features of a revision, not to its name, and to the cases that can show the ' +
        'defect behind it, which is still seen by the comparison with the other engine.',
      table(
        ['id', 'features', 'in cases with', 'reason'],
        EXCEPTIONS.map(({ id, when, within, reason, partly }) => [
          partly === true ? `${id}, in part` : id,
          featureText(when),
          within?.cases ?? 'anything',
          plain(reason),
        ]),
      ),
    ],
  );
}

/** A span that no plan has: such a mark is counted and never required. */
const LARGEST_SPAN = 512;

function needs({ needs: { span, arch, races, feature, uffdWp } }: Mark): string {
  if (span !== undefined && span > LARGEST_SPAN) return 'counted, never required';
  const parts = [
    span === undefined ? '' : `span ${span}`,
    arch ?? '',
    races === true ? '`--races`' : '',
    uffdWp === true ? 'uffd-wp on both sides' : '',
    featureText(feature ?? {}),
  ];
  return parts.filter((part) => part !== '').join(', ');
}

const SIDES: readonly (readonly [MarkSide, string])[] = [
  ['both', 'On both sides'],
  ['legacy', 'On the legacy side'],
  ['batched', 'On the batched side'],
];

export function marksPage(): string {
  const sections = SIDES.flatMap(([side, title]) => [
    `## ${title}`,
    table(
      ['mark', 'meaning', 'needs'],
      MARKS.filter((mark) => mark.side === side).map((mark) => [code(mark.name), plain(mark.meaning), needs(mark)]),
    ),
  ]);
  return page(
    'Marks',
    ['src/mm/marks.ts'],
    [
      'Named branches of the engines, counted in every campaign. If a campaign of at least 200,000 faults ' +
        'could reach a mark and did not, its verdict is undecided. A mark is required if the plan has what ' +
        'the last column names.',
      ...sections,
    ],
  );
}
