/**
 * Extraction: the wanted functions of a tree and everything that they need from it, in an order that compiles. The walk
 * ends at names that the shim supplies. The text itself is not changed but for the two token rewrites, and for fuel in
 * front of what may repeat.
 */
import { isAttribute } from './attributes.js';
import { type Catalogue, lookUp } from './catalogue.js';
import type { TakenBranch } from './conditions.js';
import { type Counter, withCounters } from './counters.js';
import { type Definition, namesUsed, placeOf } from './definition.js';
import { type Rewrite, widen } from './rewrite.js';

export interface Request {
  /** names to begin with */
  readonly roots: readonly string[];
  /** names that somebody else supplies: the walk ends there */
  readonly supplied: ReadonlySet<string>;
  /** for names that several files define: the file that is meant */
  readonly files: ReadonlyMap<string, string>;
  /** put a counter in front of every statement, and one on every outcome of a branch */
  readonly coverage?: boolean;
}

export interface Extracted {
  /** in the order of the text: what is used comes before what uses it */
  readonly definitions: readonly Definition[];
  /** C, with a #line directive in front of each definition */
  readonly text: string;
  readonly rewrites: readonly (Rewrite & { readonly file: string })[];
  /** conditions inside or around the extracted definitions, as they were decided */
  readonly taken: readonly TakenBranch[];
  /** names that neither the tree's files nor the shim have, with one place that uses them */
  readonly unknown: ReadonlyMap<string, string>;
  /** what each counter counts; empty without coverage */
  readonly counters: readonly Counter[];
}

/** Names that are asked for are not in the tree. */
export class MissingDefinition extends Error {
  override readonly name = 'MissingDefinition';

  constructor(
    readonly names: readonly string[],
    absent: readonly string[],
  ) {
    const without = absent.length === 0 ? '' : `; the tree has no ${absent.join(', ')}`;
    super(`not defined in the files that are read: ${names.join(', ')}${without}`);
  }
}

class Walk {
  readonly order: Definition[] = [];
  readonly unknown = new Map<string, string>();
  private readonly seen = new Set<string>();
  private readonly places = new Set<string>();

  constructor(
    private readonly catalogue: Catalogue,
    private readonly request: Request,
  ) {}

  need(name: string, user: string): void {
    if (this.seen.has(name) || this.request.supplied.has(name) || isAttribute(name)) return;
    this.seen.add(name);
    const definition = lookUp(this.catalogue, name, this.request.files);
    if (definition === undefined) {
      // An option that is not set is no name that is missing.
      if (!name.startsWith('CONFIG_')) this.unknown.set(name, user);
      return;
    }
    const place = placeOf(definition);
    if (this.places.has(place)) return;
    this.places.add(place);
    for (const used of namesUsed(definition)) this.need(used, place);
    this.order.push(definition);
  }
}

/**
 * @throws MissingDefinition for a root that the tree does not have
 * @throws AmbiguousDefinition
 */
export function extract(catalogue: Catalogue, request: Request): Extracted {
  const walk = new Walk(catalogue, request);
  for (const root of request.roots) walk.need(root, 'the engine');
  const missing = request.roots.filter((root) => walk.unknown.has(root));
  if (missing.length > 0) throw new MissingDefinition(missing, catalogue.absent);
  const rewrites: (Rewrite & { file: string })[] = [];
  const counters: Counter[] = [];
  const pieces = walk.order.map((definition) => {
    const counted = withCounters(definition, request.coverage === true ? counters : null);
    const widened = widen(counted);
    for (const rewrite of widened.rewrites)
      rewrites.push({ ...rewrite, line: rewrite.line + definition.line - 1, file: definition.file });
    return `#line ${definition.line} ${JSON.stringify(definition.file)}\n${widened.text}\n`;
  });
  const taken = catalogue.taken.filter((branch) => walk.order.some((definition) => touches(branch, definition)));
  return { definitions: walk.order, text: pieces.join(''), rewrites, taken, unknown: walk.unknown, counters };
}

/** What every header has around it says nothing. */
const GUARD = /^#ifndef (?:\w+_H_*|__ASSEMBLY__)$/;

/** Does the branch hold the definition, or the definition the branch? */
function touches(branch: TakenBranch, { file, line, end }: Definition): boolean {
  return branch.file === file && branch.line <= end && branch.end >= line && !GUARD.test(branch.directive);
}
