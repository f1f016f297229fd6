/** Every definition of the files that an engine may need, under one configuration. */
import type { KernelTree } from '../trees/tree.js';
import { resolveConditions, type TakenBranch } from './conditions.js';
import { type Definition, placeOf } from './definition.js';
import type { Macros } from './expression.js';
import { cParser, definitionsOf } from './parser.js';

export interface Source {
  readonly path: string;
  readonly text: string;
}

export interface Catalogue {
  readonly definitions: ReadonlyMap<string, readonly Definition[]>;
  readonly taken: readonly TakenBranch[];
  /** files that the tree does not have */
  readonly absent: readonly string[];
}

/** The files' text, in the order of `paths`. */
export async function readSources(tree: KernelTree, paths: readonly string[]): Promise<[Source[], string[]]> {
  const sources: Source[] = [];
  const absent: string[] = [];
  for (const path of paths) {
    const text = await tree.read(path);
    if (text === null) absent.push(path);
    else sources.push({ path, text });
  }
  return [sources, absent];
}

/**
 * Reads the files in order: what an architecture defines comes before the generic header that asks for it.
 * @param config macros that are defined before the first file, such as CONFIG_MMU
 */
export async function catalogueOf(
  sources: readonly Source[],
  absent: readonly string[],
  config: ReadonlyMap<string, string>,
): Promise<Catalogue> {
  const parser = await cParser();
  const macros: Macros = new Map(config);
  const definitions = new Map<string, Definition[]>();
  const taken: TakenBranch[] = [];
  for (const { path, text } of sources) {
    const resolved = resolveConditions(path, text, macros);
    taken.push(...resolved.taken);
    for (const definition of definitionsOf(parser, path, text, resolved.text)) {
      if (isSelfMarker(definition)) continue;
      const known = definitions.get(definition.name);
      if (known === undefined) definitions.set(definition.name, [definition]);
      else known.push(definition);
    }
  }
  return { definitions, taken, absent };
}

/** `#define f f` only tells other headers that f exists. */
function isSelfMarker({ kind, name, text }: Definition): boolean {
  return kind === 'macro' && new RegExp(`^\\s*#\\s*define\\s+${name}\\s+${name}\\s*$`).test(text);
}

/** A name has several definitions, and nothing says which one is meant. */
export class AmbiguousDefinition extends Error {
  override readonly name = 'AmbiguousDefinition';

  constructor(name: string, candidates: readonly Definition[]) {
    super(`${name} is defined more than once: ${candidates.map(placeOf).join(', ')}; name the file that is meant`);
  }
}

/**
 * The definition of a name. A macro that is defined again replaces the earlier one, as in C.
 * @param files says for some names in which file the definition is that is meant
 * @throws AmbiguousDefinition
 */
export function lookUp(catalogue: Catalogue, name: string, files: ReadonlyMap<string, string>): Definition | undefined {
  const all = catalogue.definitions.get(name) ?? [];
  const wanted = files.get(name);
  const candidates = wanted === undefined ? all : all.filter(({ file }) => file === wanted);
  const last = candidates.at(-1);
  if (candidates.length <= 1 || last === undefined) return last;
  const macros = candidates.filter(({ kind }) => kind === 'macro');
  if (macros.length > 0) return macros.at(-1);
  // An enumeration's tag may be the name of a typedef as well: both are one piece of text.
  if (new Set(candidates.map((candidate) => placeOf(candidate))).size === 1) return last;
  throw new AmbiguousDefinition(name, candidates);
}
