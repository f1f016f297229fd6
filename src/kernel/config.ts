/** Which files of a tree are read for an architecture, and under which kernel configuration. */

import type { KernelTree } from './trees/tree.js';

/** The architectures that engines can be compiled for. */
export const KERNEL_ARCHS = ['x86-64', 'arm64', 'arm64-contpte', 'riscv64'] as const;
export type KernelArch = (typeof KERNEL_ARCHS)[number];

/** Options that both architectures share: what the cases model. */
const COMMON = [
  'CONFIG_64BIT',
  'CONFIG_MMU',
  'CONFIG_SMP',
  'CONFIG_SWAP',
  'CONFIG_SHMEM',
  'CONFIG_MEMCG',
  'CONFIG_MIGRATION',
  'CONFIG_DEVICE_PRIVATE',
  'CONFIG_MEMORY_FAILURE',
  'CONFIG_TRANSPARENT_HUGEPAGE',
  'CONFIG_PGTABLE_HAS_HUGE_LEAVES',
  'CONFIG_HAVE_ARCH_TRANSPARENT_HUGEPAGE',
  'CONFIG_ARCH_HAS_PTE_SPECIAL',
  'CONFIG_USERFAULTFD',
  'CONFIG_HAVE_ARCH_USERFAULTFD_MINOR',
  'CONFIG_PTE_MARKER',
  'CONFIG_PTE_MARKER_UFFD_WP',
  'CONFIG_ARCH_USES_HIGH_VMA_FLAGS',
  'CONFIG_PER_VMA_LOCK',
];

const ARM64 = [
  'CONFIG_ARM64',
  'CONFIG_ARM64_4K_PAGES',
  'CONFIG_ARM64_HW_AFDBM',
  'CONFIG_ARM64_BTI',
  'CONFIG_ARM64_MTE',
  'CONFIG_ARCH_WANT_PMD_MKWRITE',
];

const OWN: Readonly<Record<KernelArch, readonly string[]>> = {
  'x86-64': [
    'CONFIG_X86',
    'CONFIG_X86_64',
    'CONFIG_MEM_SOFT_DIRTY',
    'CONFIG_HAVE_ARCH_SOFT_DIRTY',
    'CONFIG_ARCH_WANT_PMD_MKWRITE',
  ],
  arm64: ARM64,
  'arm64-contpte': [...ARM64, 'CONFIG_ARM64_CONTPTE'],
  riscv64: ['CONFIG_RISCV', 'CONFIG_ARCH_WANT_PMD_MKWRITE'],
};

/** Header of the architecture's page-table accessors. */
const ACCESSORS: Readonly<Record<KernelArch, string>> = {
  'x86-64': 'arch/x86/include/asm/pgtable.h',
  arm64: 'arch/arm64/include/asm/pgtable.h',
  'arm64-contpte': 'arch/arm64/include/asm/pgtable.h',
  riscv64: 'arch/riscv/include/asm/pgtable.h',
};

/**
 * The macros that are defined before the first file is read.
 * @param textOf text of a file of the tree, for what follows from what an architecture has
 */
export function configOf(arch: KernelArch, textOf: (path: string) => string): ReadonlyMap<string, string> {
  const config = new Map<string, string>([...COMMON, ...OWN[arch]].map((name) => [name, '1']));
  if (/\bpte_uffd_wp\(/.test(textOf(ACCESSORS[arch]))) config.set('CONFIG_HAVE_ARCH_USERFAULTFD_WP', '1');
  config.set('CONFIG_PGTABLE_LEVELS', '4');
  config.set('CONFIG_ARM64_VA_BITS', '48');
  config.set('CONFIG_ARM64_PA_BITS', '48');
  config.set('CONFIG_ARM64_PAGE_SHIFT', '12');
  config.set('CONFIG_ARM64_CONT_PTE_SHIFT', '4');
  config.set('CONFIG_ARM64_CONT_PMD_SHIFT', '4');
  config.set('CONFIG_PAGE_SHIFT', '12');
  config.set('BITS_PER_LONG', '64');
  return config;
}

const inFolder = (folder: string, names: string): string[] => names.split(' ').map((name) => `${folder}/${name}`);

const ARM64_FILES = [
  ...inFolder(
    'arch/arm64/include/asm',
    'page-def.h pgtable-hwdef.h pgtable-types.h pgtable-prot.h memory.h cacheflush.h pgtable.h cpufeature.h',
  ),
  ...inFolder('arch/arm64/mm', 'flush.c mmap.c'),
];

const ARCH_FILES: Readonly<Record<KernelArch, readonly string[]>> = {
  'x86-64': [
    ...inFolder(
      'arch/x86/include/asm',
      'page_types.h page_64_types.h pgtable_64_types.h pgtable_types.h pgtable-invert.h pgtable_64.h pgtable.h',
    ),
    ...inFolder('arch/x86/mm', 'pgtable.c pgprot.c'),
  ],
  arm64: ARM64_FILES,
  'arm64-contpte': [...ARM64_FILES, 'arch/arm64/mm/contpte.c'],
  riscv64: [
    ...inFolder('arch/riscv/include/asm', 'page.h pgtable-bits.h pgtable-64.h pgtable.h cacheflush.h'),
    ...inFolder('arch/riscv/mm', 'init.c cacheflush.c pgtable.c'),
  ],
};

const GENERIC_FILES = [
  ...inFolder(
    'include/linux',
    'minmax.h math.h align.h bits.h pgtable.h mm_types.h mm_types_task.h mm.h mm_inline.h swap.h swapops.h ' +
      'userfaultfd_k.h sched/coredump.h rmap.h page-flags.h pagemap.h huge_mm.h mmzone.h vm_event_item.h oom.h ' +
      'cacheflush.h xarray.h hugetlb.h memcontrol.h range.h',
  ),
  'include/asm-generic/pgtable_uffd.h',
  ...inFolder(
    'mm',
    'vma.h vma.c mmap.c internal.h memory.c filemap.c rmap.c truncate.c swap.c util.c huge_memory.c ' +
      'folio-compat.c pgtable-generic.c',
  ),
];

/** The architectures that a tree can be compiled for. */
export async function archsOf(tree: KernelTree): Promise<readonly KernelArch[]> {
  const last = await Promise.all(KERNEL_ARCHS.map((arch) => tree.read(ARCH_FILES[arch].at(-1) ?? '')));
  return KERNEL_ARCHS.filter((_, i) => last[i] !== null);
}

/** Files in the order in which they are read: an architecture's overrides come before the generic helpers. */
export const filesOf = (arch: KernelArch): readonly string[] => [...ARCH_FILES[arch], ...GENERIC_FILES];

/** Every file of a tree that is read for some architecture: what is kept of an archive. */
export const allFiles = (): readonly string[] => [...new Set(KERNEL_ARCHS.flatMap(filesOf))];
