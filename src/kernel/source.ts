/** From a tree to one translation unit: what the shim supplies is not extracted, what it asks for is. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { configOf, filesOf, type KernelArch } from './config.js';
import { type Catalogue, catalogueOf, readSources } from './extract/catalogue.js';
import { resolveConditions } from './extract/conditions.js';
import { type Definition, namesUsed } from './extract/definition.js';
import { type Extracted, extract } from './extract/extract.js';
import { cParser, definitionsOf } from './extract/parser.js';
import type { KernelTree } from './trees/tree.js';

/** The functions that an engine calls by name; everything else follows from them. */
export const ENTRIES = ['do_fault', 'filemap_map_pages', 'finish_fault'];

/** Parts of the shim, in the order of the text. Extracted text comes between the two groups. */
const COVERAGE = 'coverage.h';
export const COMMON_HEADERS = ['layout.h', 'types.h', 'basics.h', 'pages.h', 'calls.h', 'alike.h'];
export const COMMON_BODIES = [
  'entries.c',
  'state.c',
  'state_pages.c',
  'state_store_pages.c',
  'state_entries.c',
  'events.c',
  'alike.c',
  'cache.c',
  'accounting.c',
  'tables.c',
  'entry.c',
];
const PLAIN_ENTRIES = 'plain_entries.h';
const ARM64 = { headers: [PLAIN_ENTRIES, 'arm64.h'], body: 'arm64.c' };
const ARCH_PARTS: Readonly<Record<KernelArch, { readonly headers: readonly string[]; readonly body: string }>> = {
  'x86-64': { headers: ['x86_64.h'], body: 'x86_64.c' },
  arm64: ARM64,
  'arm64-contpte': ARM64,
  riscv64: { headers: [PLAIN_ENTRIES, 'riscv64.h'], body: 'riscv64.c' },
};

/** Every header that may be used, the common ones first. */
export const SHIM_HEADERS: readonly string[] = [
  ...new Set([...COMMON_HEADERS, ...Object.values(ARCH_PARTS).flatMap(({ headers }) => headers)]),
];

export interface EngineSource {
  readonly version: string;
  readonly arch: KernelArch;
  readonly files: Readonly<Record<string, string>>;
  readonly main: string;
  readonly config: ReadonlyMap<string, string>;
  readonly extracted: Extracted;
  /** names of the tree that the shim asks about and that are there */
  readonly probed: readonly string[];
  /** names of the tree that the shim has its own of: the tree's are not in the engine */
  readonly supplied: readonly string[];
}

/** How a tree becomes an engine. */
export interface SourceOptions {
  /** the text of a header of the user's, for names that a tree needs more */
  readonly extra?: string;
  /** count how often each statement runs */
  readonly coverage?: boolean;
  /** options of the kernel's configuration that are turned off */
  readonly off?: ReadonlySet<string>;
}

export const shimFolder = new URL('./shim/', import.meta.url);
const readShim = (name: string): Promise<string> => readFile(fileURLToPath(new URL(name, shimFolder)), 'utf8');

/**
 * Extracts what an engine needs.
 * @throws MissingDefinition, AmbiguousDefinition
 */
export async function engineSource(
  tree: KernelTree,
  arch: KernelArch,
  options: SourceOptions = {},
): Promise<EngineSource> {
  const [sources, absent] = await readSources(tree, filesOf(arch));
  const config = configOf(arch, (path) => sources.find((source) => source.path === path)?.text ?? '', options.off);
  const catalogue = await catalogueOf(sources, absent, config);
  const parts = ARCH_PARTS[arch];
  const headers = [...COMMON_HEADERS, ...parts.headers];
  const bodies = [parts.body, ...COMMON_BODIES];
  const texts = new Map<string, string>([['user.h', options.extra ?? '']]);
  for (const name of [...headers, ...bodies, COVERAGE]) texts.set(name, await readShim(name));
  const probed = probe(catalogue, [...texts.values()]);
  const macros = new Map([...config, ...probed.map((name) => [`TREE_HAS_${name}`, '1'] as const)]);
  const shim = await shimDefinitions(texts, macros);
  const supplied = new Set(shim.map(({ name }) => name));
  const extracted = extract(catalogue, {
    roots: [...ENTRIES, ...wanted(catalogue, shim)],
    supplied,
    files: new Map(),
    coverage: options.coverage ?? false,
  });
  const include = (name: string): string => `#include "${name}"\n`;
  const { counters } = extracted;
  const counted = counters.length > 0 ? `#define SHIM_COUNTERS ${counters.length}\n${include(COVERAGE)}` : '';
  const before = [...headers, 'user.h'].map(include).join('');
  const behind = bodies.map(include).join('');
  const main = before + counted + extracted.text + behind;
  return {
    version: tree.version,
    arch,
    files: { ...Object.fromEntries(texts), 'engine.c': main },
    main: 'engine.c',
    config: macros,
    extracted,
    probed,
    supplied: [...supplied].filter((name) => catalogue.definitions.has(name)).sort(),
  };
}

/** Names that the shim tests with TREE_HAS_ and that the tree defines. */
function probe(catalogue: Catalogue, texts: readonly string[]): string[] {
  const asked = new Set(
    texts.flatMap((text) => [...text.matchAll(/\bTREE_HAS_(\w+)/g)].map((match) => match[1] ?? '')),
  );
  return [...asked].filter((name) => catalogue.definitions.has(name)).sort();
}

async function shimDefinitions(texts: ReadonlyMap<string, string>, macros: ReadonlyMap<string, string>) {
  const parser = await cParser();
  const known = new Map(macros);
  const found: Definition[] = [];
  for (const [name, text] of texts) {
    const resolved = resolveConditions(name, text, known).text;
    found.push(...definitionsOf(parser, name, text, resolved));
    for (const match of resolved.matchAll(PROTOTYPE)) if (match[1] !== undefined) found.push(prototype(match[1], name));
    for (const match of resolved.matchAll(SHIM_FLAG))
      for (const verb of ['test', 'set', 'clear']) found.push(prototype(`folio_${verb}_${match[1]}`, name));
  }
  return found;
}

/** Three functions for a flag of folios, in one line. */
export const SHIM_FLAG = /^SHIM_FLAG\((\w+),/gm;
/** A declaration of a function, in one line. */
export const PROTOTYPE = /^(?!typedef|static|return|#)[A-Za-z_][\w ]*?[ *]+(\w+)\([^;{}]*\);$/gm;

function prototype(name: string, file: string): Definition {
  return {
    name,
    kind: 'function',
    file,
    line: 0,
    end: 0,
    text: '',
    active: '',
    locals: () => new Set(),
    probes: () => [],
    branches: () => [],
  };
}

/** What the shim uses and the tree defines. */
function wanted(catalogue: Catalogue, shim: readonly Definition[]): Set<string> {
  const supplied = new Set(shim.map(({ name }) => name));
  const names = new Set<string>();
  for (const definition of shim)
    for (const name of namesUsed(definition))
      if (!supplied.has(name) && catalogue.definitions.has(name)) names.add(name);
  return names;
}
