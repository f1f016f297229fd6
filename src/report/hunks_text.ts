/** The hunks of a patch that does not apply: which ones fit, and why the others do not. */
import { escapeControl } from '../cases/escape.js';
import { plural, wrap } from './words.js';

interface Hunk {
  readonly header: string;
}

interface Patch<H extends Hunk> {
  readonly title: string;
  readonly files: readonly { readonly oldPath: string; readonly newPath: string; readonly hunks: readonly H[] }[];
}

/**
 * @param failed why the hunks that do not apply do not
 * @param isRead false for a file that the tree cannot tell about
 */
export function renderHunks<H extends Hunk>(
  patch: Patch<H>,
  failed: ReadonlyMap<H, string>,
  isRead: (path: string) => boolean,
  width: number,
): string {
  const lines = wrap(escapeControl(patch.title), width);
  for (const { oldPath, newPath, hunks } of patch.files) {
    const name = oldPath === newPath ? oldPath : `${oldPath} to ${newPath}`;
    lines.push('', `${escapeControl(name)}, ${plural(hunks.length, 'hunk')}`);
    for (const [i, hunk] of hunks.entries()) {
      const why = failed.get(hunk);
      const place = /^@@[^@]*@@/.exec(hunk.header)?.[0] ?? '';
      const fits = isRead(oldPath) ? 'applies' : 'in a file that the cache does not keep';
      lines.push(`  ${i + 1}. ${place} ${why === undefined ? fits : 'does not apply:'}`);
      if (why !== undefined) lines.push(...wrap(escapeControl(why), width, '     '));
    }
  }
  return `${lines.join('\n')}\n`;
}
