/** The scopes that can be swept, by name. */

import {
  FOUR_PAGES_FINISH,
  FOUR_PAGES_READAHEAD,
  FOUR_PAGES_RMAP,
  FOUR_PAGES_UFFD,
  FOUR_PAGES_YOUNG,
} from './scopes/four_pages.js';
import { EIGHT_PAGES_YOUNG, SIX_PAGES_YOUNG, TINY } from './scopes/other_spans.js';
import { didYouMean } from './suggest.js';
import type { Scope } from './sweep/scope.js';
import { ScopeIndex } from './sweep/scope_index.js';

export const SCOPES: readonly Scope[] = [
  TINY,
  FOUR_PAGES_YOUNG,
  FOUR_PAGES_READAHEAD,
  FOUR_PAGES_RMAP,
  FOUR_PAGES_UFFD,
  FOUR_PAGES_FINISH,
  SIX_PAGES_YOUNG,
  EIGHT_PAGES_YOUNG,
];

const indexes = new Map<Scope, ScopeIndex>();

/** The numbering of a scope, worked out once. */
export function indexOfScope(scope: Scope): ScopeIndex {
  let index = indexes.get(scope);
  if (index === undefined) {
    index = new ScopeIndex(scope);
    indexes.set(scope, index);
  }
  return index;
}

/** The scope with this name. */
export const scopeNamed = (name: string): Scope | undefined => SCOPES.find((scope) => scope.name === name);

/** Says that there is no such scope, and which one may be meant. */
export function unknownScope(name: string): string {
  const names = SCOPES.map((scope) => scope.name);
  const near = didYouMean(name, names);
  const hint = near === undefined ? `: expected one of ${names.join(', ')}` : `, did you mean ${near}?`;
  return `no scope ${JSON.stringify(name)}${hint}`;
}
