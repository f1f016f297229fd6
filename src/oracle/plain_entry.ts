/** Allowlist entries as plain data that crosses threads, with their conditions as text, and a hash of their content. */
import { createHash } from 'node:crypto';
import type { AllowEntry, Allowlist, Claim } from './allowlist.js';

type PlainClaim = Omit<Claim, 'entry' | 'condition'> & { readonly when: string };

export interface PlainEntry extends Omit<AllowEntry, 'claims'> {
  readonly claims: readonly PlainClaim[];
}

export function plainEntry({ claims, ...entry }: AllowEntry): PlainEntry {
  return {
    ...entry,
    claims: claims.map(({ entry: _, condition, ...claim }) => ({ ...claim, when: condition.text })),
  };
}

/** SHA-256, in hex, of what the entries say; where their files lie does not matter. */
export function contentHash({ entries }: Allowlist): string {
  const contents = entries.map((entry) => {
    const { file: _, ...content } = plainEntry(entry);
    return content;
  });
  contents.sort((a, b) => (a.id < b.id ? -1 : 1));
  return createHash('sha256').update(JSON.stringify(contents)).digest('hex');
}
