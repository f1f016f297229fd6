/** Allowlist entries that are no longer to be relied on, as campaigns and replays say it. */
import { escapeControl } from '../cases/escape.js';
import { painter, plural, type TextOptions, wrap } from './words.js';

/** A title and a paragraph for each item; nothing where there is none. */
export function listLines(title: string, items: readonly string[], { color, width }: TextOptions): string[] {
  if (items.length === 0) return [];
  const paint = painter(color);
  return [paint('bold', title), ...items.flatMap((item) => wrap(escapeControl(item), width, '  '))];
}

/** Ids of entries whose day has passed. */
export function expiredLines(entries: readonly string[], options: TextOptions): string[] {
  return listLines('Expired allowlist entries (their day has passed)', entries, options);
}

/**
 * The end of a verdict, whatever the verdict is.
 * @param entries ids, some of them more than once
 */
export function staleText(entries: readonly string[]): string {
  const count = new Set(entries).size;
  return count === 0 ? '' : `, ${plural(count, 'allowlist entry is', 'allowlist entries are')} stale`;
}
