/** From what a user names to a kernel tree: a folder, a repository with a revision, an archive, a package, Debian's. */
import { open, stat } from 'node:fs/promises';
import { InputError } from '../../cases/files.js';
import { openArchive } from './archive.js';
import { AR_MAGIC, openDeb } from './deb.js';
import { DEBIAN, openDebian } from './debian.js';
import { openDirectory } from './directory.js';
import { openGit } from './git.js';
import type { Environment } from './run.js';
import type { KernelTree, Wanted } from './tree.js';

export interface OpenOptions {
  /** revision of the repository at the path */
  readonly revision?: string | undefined;
  /** which files to keep of an archive; a folder and a repository give all */
  readonly wanted: Wanted;
  /** for the programs that are started, git and apt */
  readonly env: Environment;
  /** called as soon as it is known that there is something to read, before anything that takes long */
  readonly onReading?: (() => void) | undefined;
}

/**
 * @param what path of a folder, a repository, a tar archive or a Debian package, or `debian:VERSION`
 * @throws InputError if there is no kernel tree; UnavailableError without the program that is needed
 */
export async function openTree(what: string, options: OpenOptions): Promise<KernelTree> {
  const { revision, wanted, env, onReading = () => {} } = options;
  const debian = DEBIAN.exec(what)?.[1];
  if (debian !== undefined) {
    if (revision !== undefined) throw new InputError(what, 'has no revisions');
    onReading();
    return openDebian(debian, wanted, env);
  }
  const kind = revision === undefined ? await kindOf(what) : 'repository';
  if (kind === 'deb' || kind === 'archive') {
    onReading();
    return kind === 'deb' ? openDeb(what, wanted) : openArchive(what, wanted);
  }
  const tree = await (revision === undefined ? openDirectory(what) : openGit(what, revision, env));
  onReading();
  return tree;
}

async function kindOf(path: string): Promise<'folder' | 'deb' | 'archive'> {
  const there = await stat(path).catch(() => undefined);
  if (there?.isDirectory() === true) return 'folder';
  if (there?.isFile() !== true) {
    const hint = path.startsWith('debian') ? "Debian's packages are named debian:6.1 and debian:6.12." : undefined;
    const found = there === undefined ? 'nothing' : 'a device, a FIFO or a socket';
    throw new InputError(path, `expected a kernel tree, found ${found}`, { exitCode: 66, hint });
  }
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(AR_MAGIC.length), 0, AR_MAGIC.length, 0);
    return buffer.toString('latin1') === AR_MAGIC ? 'deb' : 'archive';
  } finally {
    await file.close();
  }
}
