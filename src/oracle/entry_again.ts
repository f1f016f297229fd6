/** Allowlist entries of another thread as entries of this one. */
import type { AllowEntry, Claim } from './allowlist.js';
import { compileCondition } from './condition.js';
import type { PlainEntry } from './plain_entry.js';

/** The entry again, with its conditions compiled. */
export function entryOf({ claims: plain, ...rest }: PlainEntry): AllowEntry {
  const claims: Claim[] = [];
  const entry: AllowEntry = { ...rest, claims };
  for (const { when, ...claim } of plain) claims.push({ ...claim, entry, condition: compileCondition(when) });
  return entry;
}
