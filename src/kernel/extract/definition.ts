/** One definition in C source: what it is, where it stands, what else it names. */

import type { Branch } from './branches.js';
import { blankComments } from './conditions.js';
import type { Probe } from './probes.js';

export type DefinitionKind = 'function' | 'macro' | 'type' | 'enum' | 'struct' | 'variable';

export interface Definition {
  /** tags have a name space of their own and are called `struct page`, `enum rmap_level` */
  readonly name: string;
  readonly kind: DefinitionKind;
  /** path below the root of the tree */
  readonly file: string;
  /** first and last line, from 1 on */
  readonly line: number;
  readonly end: number;
  /** these lines as they stand in the file */
  readonly text: string;
  /** the same without branches that the configuration leaves out */
  readonly active: string;
  /** names that it introduces for itself: parameters and local variables */
  locals(): ReadonlySet<string>;
  /** its statements, where it is a function */
  probes(): readonly Probe[];
  /** where it branches, if it is a function */
  branches(): readonly Branch[];
}

/** `file:line`, as messages name a place. */
export const placeOf = (definition: Definition): string => `${definition.file}:${definition.line}`;

const KEYWORDS = new Set(
  (
    'auto break case char const continue default do double else enum extern float for goto if inline int long ' +
    'register restrict return short signed sizeof static struct switch typedef union unsigned void volatile ' +
    'while defined define ifdef ifndef endif elif undef bool true false NULL __VA_ARGS__ typeof __typeof__ asm'
  ).split(' '),
);

const USES =
  /"(?:\\.|[^"\\])*"|(?:\.|->)\s*[A-Za-z_]\w*|\b(?:struct|union|enum)\s+[A-Za-z_]\w*|\b[A-Za-z_]\w*|\b\d[\w.]*/g;

/** The names that a definition uses and does not introduce itself; fields of structures are none of them. */
export function namesUsed(definition: Definition): Set<string> {
  const names = new Set<string>();
  const bare = blankComments(definition.active);
  const locals = definition.locals();
  for (const match of bare.matchAll(USES)) {
    const name = match[0].replace(/\s+/g, ' ');
    if (!/^[A-Za-z_]/.test(name) || KEYWORDS.has(name) || name === definition.name || locals.has(name)) continue;
    names.add(name);
  }
  return names;
}
