/**
 * Allowlist entries that the build has read already. A start does without YAML, schema and CEL where the file of an
 * entry has the bytes that it had then; any other file is read as it stands.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { listYaml, readWhole } from '../cases/files.js';
import type { AllowFile } from './allow_file.js';
import { type AllowEntry, type Allowlist, allowlistOf, entryWith } from './allowlist.js';
import { conditionOf, type Expression } from './expression.js';

interface CompiledEntry {
  readonly data: AllowFile;
  /** of the differences, in their order */
  readonly conditions: readonly Expression[];
}

/** What files say, by the SHA-256 of their bytes in hex. */
export type CompiledAllow = Readonly<Record<string, CompiledEntry>>;

/** Where the build leaves it; there is none beside the sources. */
const COMPILED = new URL('../allow.json', import.meta.url);

/**
 * Loads every entry of a folder, as loadAllowlist() does.
 *
 * @param compiled what is known of files already
 * @throws InputError for the first file that is not a valid entry
 */
export async function readAllowlist(dir: string, compiled: CompiledAllow = compiledIn(COMPILED)): Promise<Allowlist> {
  const entries: AllowEntry[] = [];
  for (const file of listYaml(dir)) {
    entries.push(knownEntry(file, compiled) ?? (await import('./allow_file.js')).loadEntry(file));
  }
  return allowlistOf(dir, entries);
}

function knownEntry(file: string, compiled: CompiledAllow): AllowEntry | undefined {
  const known = compiled[hashOf(readWhole(file))];
  // The same bytes under another name are no valid entry.
  if (known === undefined || `${known.data.id}.yaml` !== basename(file)) return undefined;
  const { data, conditions } = known;
  return entryWith(
    data,
    file,
    data.differences.map(({ when }, i) => conditionOf(when, conditions[i])),
  );
}

/** What the build has left in a file; nothing where it has not, or where that is broken. */
export function compiledIn(file: URL): CompiledAllow {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as CompiledAllow;
  } catch {
    return {};
  }
}

/** Of the bytes of a file, by its text. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
