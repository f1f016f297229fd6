/** Where the cache is: outside of every repository, in the folder that the user's system has for caches. */
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/**
 * PTEDIFF_CACHE if it is set, else `ptediff` below XDG_CACHE_HOME, else `~/.cache/ptediff`.
 *
 * @param cwd what a relative PTEDIFF_CACHE is relative to
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, cwd: string): string {
  const { PTEDIFF_CACHE: ours, XDG_CACHE_HOME: theirs, HOME: home } = env;
  if (ours) return resolve(cwd, ours);
  // The XDG base directory specification: a relative path is to be ignored.
  if (theirs && isAbsolute(theirs)) return join(theirs, 'ptediff');
  return join(home || homedir(), '.cache', 'ptediff');
}
