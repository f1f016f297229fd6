/** The modelled architectures by name. */
import type { Architecture, ArchName } from './architecture.js';
import { ARM64, ARM64_CONTPTE, ARM64_NOAF } from './arm64.js';
import { LOONGARCH64 } from './loongarch64.js';
import { MIPS64 } from './mips64.js';
import { RISCV64 } from './riscv64.js';
import { X86_64 } from './x86_64.js';

export const ARCHITECTURES: ReadonlyMap<ArchName, Architecture> = new Map(
  [X86_64, ARM64, ARM64_NOAF, ARM64_CONTPTE, RISCV64, MIPS64, LOONGARCH64].map((arch) => [arch.name, arch]),
);

/** What a campaign runs on unless told otherwise; contiguous PTEs exist since 6.9 only and are asked for by name. */
export const DEFAULT_ARCHITECTURES: readonly ArchName[] = [
  'x86-64',
  'arm64',
  'arm64-noaf',
  'riscv64',
  'mips64',
  'loongarch64',
];

/** The architecture called `name`. Throws RangeError, with the known names, for any other name. */
export function architecture(name: string): Architecture {
  const arch = ARCHITECTURES.get(name as ArchName);
  if (arch === undefined) {
    throw new RangeError(`unknown architecture '${name}': expected one of ${[...ARCHITECTURES.keys()].join(', ')}`);
  }
  return arch;
}
