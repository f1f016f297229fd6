/** Kernel trees as Debian ships them: the package is fetched through apt, which checks its signature. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UnavailableError } from '../unavailable.js';
import { openDeb } from './deb.js';
import { type Environment, run } from './run.js';
import { inTemporaryFolder } from './temporary.js';
import type { KernelTree, Wanted } from './tree.js';

/** `debian:6.12` */
export const DEBIAN = /^debian:(\d{1,3}\.\d{1,3})$/;

/**
 * Downloads the candidate of `linux-source-VERSION` into a folder of its own, reads it, and removes it again.
 *
 * @param version as in the package's name, `6.12`
 * @returns a tree whose name tells the package and its version, `debian:6.12 (6.12.117-1)`
 * @throws UnavailableError without apt, or where apt does not know or cannot get the package
 */
export async function openDebian(version: string, wanted: Wanted, env: Environment): Promise<KernelTree> {
  return inTemporaryFolder('ptediff-apt-', async (folder, ended) => {
    const file = await download(`linux-source-${version}`, folder, env, ended);
    const tree = await openDeb(join(folder, file), wanted);
    return { ...tree, name: `debian:${version} (${packageVersion(file)})` };
  });
}

async function download(name: string, folder: string, env: Environment, ended: AbortSignal): Promise<string> {
  const missing = `${name} comes through apt-get, and there is none: give the path of a kernel tree instead`;
  const settings = { cwd: folder, env: { ...env, LC_ALL: 'C' }, missing, ended };
  const { exitCode, complaint } = await run('apt-get', ['-q', 'download', name], settings);
  const [file] = (await readdir(folder)).filter((found) => found.endsWith('.deb'));
  if (exitCode === 0 && file !== undefined) return file;
  const reason = complaint.replace(/^E: /, '') || 'nothing came';
  throw new UnavailableError(`${name}: apt-get cannot get it: ${reason} (does apt-get update help?)`);
}

/** From `linux-source-6.1_6.1.192-2_all.deb`; a colon of the version is written as %3a there. */
function packageVersion(file: string): string {
  return (file.split('_')[1] ?? '').replaceAll('%3a', ':');
}
