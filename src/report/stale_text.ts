/** Allowlist entries that are no longer to be relied on, as campaigns and replays say it. */
import { escapeControl } from '../cases/escape.js';
import type { Report } from './model.js';
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

/** What a campaign lacks to show an entry, or to tell that it does not show. */
const LACKS: Readonly<Record<Report['notHit'][number]['why'], string>> = {
  races: 'with --races only',
  architecture: 'on other architectures only',
  span: 'with spans of 512 pages only',
  'other-spans': 'not known for these spans alone',
  faults: 'too few faults that could show it',
};

/** Entries whose absence says nothing, so that nobody takes it for an answer. */
export function notHitLines(notHit: Report['notHit'], options: TextOptions): string[] {
  const reasons = (Object.keys(LACKS) as (keyof typeof LACKS)[]).filter((why) => notHit.some((own) => own.why === why));
  const texts = reasons.map((why) => {
    const ids = notHit.filter((own) => own.why === why).map(({ entry }) => entry);
    return `${LACKS[why]}: ${ids.join(', ')}`;
  });
  return listLines('Allowlist entries that this campaign cannot judge (not hit)', texts, options);
}

/**
 * The end of a verdict, whatever the verdict is.
 * @param entries ids, some of them more than once
 */
export function staleText(entries: readonly string[]): string {
  const count = new Set(entries).size;
  return count === 0 ? '' : `, ${plural(count, 'allowlist entry is', 'allowlist entries are')} stale`;
}
