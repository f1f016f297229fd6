/** Where the installed package lies, and which fixtures a command uses. */
import { realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Context, say } from './context.js';
import { UnavailableError } from './errors.js';

/** The same two levels up from `src/cli` and from `dist/cli`. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../../', import.meta.url));

/**
 * The folder with `allow`, `cases` and `regressions`: that of the working directory if it has one, else the packaged
 * one; stderr says which of the two.
 *
 * @throws UnavailableError if the package has lost its fixtures
 */
export function fixturesFolder({ io }: Context, root: string = PACKAGE_ROOT): string {
  const own = join(io.cwd, 'fixtures');
  const packaged = join(root, 'fixtures');
  if (hasAllow(own) && !isSame(own, packaged)) {
    say(io, 'using the fixtures of the working directory');
    return own;
  }
  if (hasAllow(packaged)) {
    // In a clone both are the same folder, and there is nothing to say.
    if (!hasAllow(own)) say(io, 'using the packaged fixtures');
    return packaged;
  }
  throw new UnavailableError(`the fixtures of the package are not there: ${packaged} has no folder allow`);
}

/** Is this a folder of fixtures, with one of allowlist entries in it? */
export function hasAllow(folder: string): boolean {
  return statSync(join(folder, 'allow'), { throwIfNoEntry: false })?.isDirectory() === true;
}

function isSame(one: string, other: string): boolean {
  return hasAllow(other) && realpathSync(one) === realpathSync(other);
}
