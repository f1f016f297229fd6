/**
 * The cases of a scope the slow way: nested loops over every value of every choice, together or not, of which those
 * count that the rules of possible cases let pass. Nothing here knows of plots, dials or indexes.
 */
import { isPossible } from '../../../src/cases/arbitrary.js';
import { type Case, type CaseFolio, VMA_FLAG_NAMES } from '../../../src/cases/case.js';
import type { AccessName, Configuration, Scope } from '../../../src/cases/sweep/scope.js';

/** A text that is the same for equal cases, whatever the order of their keys. */
export function caseKey(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(caseKey).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${key}:${caseKey(inner)}`).join()}}`;
}

/**
 * One possible case of the scope by chance, drawn without plots, dials and indexes.
 * @param below gives a number from 0 to n - 1
 */
export function randomCase(scope: Scope, below: (n: number) => number): Case {
  const one = <T>(list: Iterable<T>): T => {
    const all = [...list];
    return all[below(all.length)];
  };
  for (;;) {
    const configuration = one(scope.configurations);
    const cache = randomCache(scope, one);
    const row = Array.from({ length: scope.span }, () => one(scope.entries))
      .join('')
      .replace(/\.+$/, '');
    const layout = layoutOf(scope, one(scope.architectures), configuration, cache, row);
    const plain = isPossible(layout) ? one(casesOn(scope, configuration, layout)) : layout;
    if (plain !== layout && isPossible(plain)) return plain;
  }
}

function randomCache(scope: Scope, one: <T>(list: Iterable<T>) => T): Cache {
  const chosen: { folios: CaseFolio[]; values: number[] } = { folios: [], values: [] };
  for (let at = 0; at < scope.span; ) {
    const kind = one(scope.tiles);
    const single = kind === 'hole' || kind === 'value-entry';
    const orders = [0, 1, 2, 3].filter((order) => at + (1 << order) <= scope.span && at % (1 << order) === 0);
    const order = single ? 0 : one(orders);
    if (kind === 'value-entry') chosen.values.push(at);
    else if (!single) chosen.folios.push(one(folios(scope, at, order, kind)));
    at += 1 << order;
  }
  return chosen;
}

/** Keys of all cases; a case that comes twice is an error of the scope. */
export function bruteForce(scope: Scope): Set<string> {
  const keys = new Set<string>();
  // Most combinations are refused, and nobody reads where.
  Error.stackTraceLimit = 0;
  for (const arch of scope.architectures) {
    for (const configuration of scope.configurations) {
      for (const cache of pageCaches(scope)) {
        for (const row of rows(scope)) {
          const layout = layoutOf(scope, arch, configuration, cache, row);
          if (!isPossible(layout)) continue;
          for (const plain of casesOn(scope, configuration, layout)) {
            if (!isPossible(plain)) continue;
            const key = caseKey(plain);
            if (keys.has(key)) throw new Error(`twice: ${key}`);
            keys.add(key);
          }
        }
      }
    }
  }
  return keys;
}

interface Cache {
  readonly folios: readonly CaseFolio[];
  readonly values: readonly number[];
}

/** Every sequence of folios and single indexes, aligned or not, with every set of flags and users. */
function* pageCaches(scope: Scope, at = 0): Generator<Cache> {
  if (at === scope.span) {
    yield { folios: [], values: [] };
    return;
  }
  for (const kind of scope.tiles) {
    const single = kind === 'hole' || kind === 'value-entry';
    for (let order = 0; at + (1 << order) <= scope.span && (order === 0 || !single); order++) {
      for (const rest of pageCaches(scope, at + (1 << order))) {
        if (kind === 'hole') yield rest;
        else if (kind === 'value-entry') yield { ...rest, values: [at, ...rest.values] };
        else for (const folio of folios(scope, at, order, kind)) yield { ...rest, folios: [folio, ...rest.folios] };
      }
    }
  }
}

function* folios(scope: Scope, at: number, order: number, kind: string): Generator<CaseFolio> {
  const names = [
    'locked',
    'not-uptodate',
    'readahead',
    'workingset',
    'dirty',
    'other-mapping',
    'refcount-zero',
  ] as const;
  const pages = Array.from({ length: 1 << order }, (_, i) => at + i);
  const own = kind === 'folio';
  for (const chosen of scope.folioFlags) {
    const flags = names.filter((name) => name === kind || chosen.some((other) => other === name));
    for (const refs of own ? scope.refs : [0]) {
      for (const poisoned of own && scope.hwpoison === 'every-page' ? product(pages.map(() => [0, 1])) : [[]]) {
        for (const counts of own ? product(pages.map(() => scope.maps)) : [[]]) {
          const hwpoison = pages.filter((_, i) => poisoned[i] === 1);
          const maps = Object.fromEntries(pages.map((page, i) => [page, counts[i] ?? 0]).filter(([, n]) => n !== 0));
          yield {
            at,
            order,
            ...(flags.length > 0 && { flags }),
            ...(hwpoison.length > 0 && { hwpoison }),
            ...(Object.keys(maps).length > 0 && { maps }),
            ...(refs > 0 && { refs }),
          };
        }
      }
    }
  }
}

/** Every combination of one value of each list. */
function* product<T>(lists: readonly (readonly T[])[]): Generator<T[]> {
  if (lists.length === 0) {
    yield [];
    return;
  }
  for (const first of lists[0]) for (const rest of product(lists.slice(1))) yield [first, ...rest];
}

function* rows(scope: Scope): Generator<string> {
  const slots = Array.from({ length: scope.span }, () => [...scope.entries]);
  for (const characters of product(slots)) yield characters.join('').replace(/\.+$/, '');
}

function layoutOf(
  scope: Scope,
  arch: Scope['architectures'][number],
  configuration: Configuration,
  { folios, values }: Cache,
  row: string,
): Case {
  const { kind, flags, part = [0, scope.span], fileIndex = 0, pmdNone = false } = configuration;
  const { readahead = true, pageMkwrite = 'none', mapPages = true, vmaLock = false } = configuration;
  const named = VMA_FLAG_NAMES.filter((name) => flags.includes(name));
  return {
    arch,
    span: scope.span,
    faultAroundPages: 16,
    vma: { start: part[0], pages: part[1], tableIndex: 0, fileIndex, flags: named, mapPages, vmaLock },
    file: { kind, base: 0, size: 0, mmapMiss: 0, readahead, pageMkwrite },
    folios: [...folios],
    valueEntries: [...values],
    pmd: pmdNone ? 'none' : 'table',
    row,
    bits: {},
    contiguous: [],
    steps: [flags.includes('protnone') ? { read: part[0], by: 'gup' } : { read: part[0] }],
    teardown: false,
    failures: [],
    race: { kind: 'none', at: 0 },
  };
}

function* casesOn(scope: Scope, configuration: Configuration, layout: Case): Generator<Case> {
  const slots = Array.from({ length: scope.span }, (_, slot) => slot);
  const failures = [[], ...(configuration.failures ?? []).map((name) => [name])];
  for (const faultAroundPages of scope.faultAround)
    for (const mmapMiss of scope.mmapMiss)
      for (const size of scope.sizes)
        for (const failure of failures)
          for (const teardown of scope.teardown)
            for (const access of scope.accesses)
              for (const slot of slots) {
                const file = { ...layout.file, mmapMiss, size: size * 4096 };
                yield { ...layout, faultAroundPages, file, failures: failure, teardown, steps: [stepOf(access, slot)] };
              }
}

function stepOf(access: AccessName, slot: number): Case['steps'][number] {
  const [kind, by] = access.split('-').reverse() as ['read' | 'write', 'device' | 'gup' | undefined];
  const agent = by === undefined ? {} : { by };
  return kind === 'read' ? { read: slot, ...agent } : { write: slot, ...agent };
}
