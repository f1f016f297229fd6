/** Addresses of enumerated cases: `sweep:4-pages-young:1234` is case 1234 of the scope 4-pages-young. */
import { AddressError } from '../address_error.js';
import type { Case } from '../case.js';
import { indexOfScope, scopeNamed, unknownScope } from '../scopes.js';
import type { Scope } from './scope.js';

export interface SweepAddress {
  readonly scope: Scope;
  readonly index: number;
}

const FORM = /^sweep:([^:]*):(\d+)$/;

/** The text of an address. */
export const formatSweepAddress = (scope: string, index: number): string => `sweep:${scope}:${index}`;

/** Does the text look like the address of an enumerated case? */
export const looksLikeSweepAddress = (text: string): boolean => text.startsWith('sweep:');

/**
 * Reads an address.
 * @throws AddressError with one line that says what is wrong
 */
export function parseSweepAddress(text: string): SweepAddress {
  const match = FORM.exec(text);
  if (match === null)
    throw new AddressError(`not an address: expected sweep:SCOPE:INDEX, found ${JSON.stringify(text)}`);
  const [, name, digits] = match;
  const scope = scopeNamed(name);
  if (scope === undefined) throw new AddressError(`${unknownScope(name)} in address ${text}`);
  const { size } = indexOfScope(scope);
  const index = Number(digits);
  if (index >= size) {
    throw new AddressError(`index ${digits} is past the end of ${name}: its cases are 0 to ${size - 1}`);
  }
  const form = formatSweepAddress(name, index);
  if (text !== form) throw new AddressError(`address ${text} is written ${form}`);
  return { scope, index };
}

/**
 * The plain case of an address.
 * @throws AddressError
 */
export function sweepCaseAt(text: string): Case {
  const { scope, index } = parseSweepAddress(text);
  return indexOfScope(scope).caseAt(index);
}
