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

/** The scope with this name, or what is wrong with the name, as a sentence without its end. */
export function scopeNamed(name: string): Scope | string {
  const scope = SCOPES.find((candidate) => candidate.name === name);
  if (scope !== undefined) return scope;
  const names = SCOPES.map((candidate) => candidate.name);
  const near = didYouMean(name, names);
  return near === undefined
    ? `no scope ${name}: expected one of ${names.join(', ')}`
    : `no scope ${name}, did you mean ${near}?`;
}
