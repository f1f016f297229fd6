/** The version of a kernel tree, from the first lines of its Makefile. */
import { InputError } from '../../cases/files.js';

export const MAKEFILE = 'Makefile';

const NAMES = ['VERSION', 'PATCHLEVEL', 'SUBLEVEL', 'EXTRAVERSION'] as const;

/**
 * `6.12.117`, `6.13.0-rc1`: what `make kernelversion` prints.
 *
 * @param tree name of the tree, for messages
 * @param makefile its text, null if there is none
 * @throws InputError if there is none, or if it is not a kernel's
 */
export function versionOf(tree: string, makefile: string | null): string {
  if (makefile === null) {
    throw new InputError(tree, 'expected a kernel tree, found no Makefile at its top', {
      exitCode: 66,
      hint: 'Give the folder that has mm and include in it; a bare repository needs --rev.',
    });
  }
  const [version, patchLevel, subLevel = '0', extra = ''] = NAMES.map((name) => assigned(makefile, name));
  if (version === undefined || patchLevel === undefined) {
    throw new InputError(`${tree}/${MAKEFILE}`, 'expected VERSION and PATCHLEVEL of a kernel, found none');
  }
  return `${version}.${patchLevel}.${subLevel}${extra}`;
}

/** The value that a variable gets, undefined if there is no value that a version can have. */
function assigned(makefile: string, name: string): string | undefined {
  const pattern = new RegExp(`^${name}[ \\t]*=[ \\t]*([\\w.+~-]{1,64})[ \\t]*$`, 'm');
  return pattern.exec(makefile)?.[1];
}
