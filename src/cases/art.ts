/** States in the words and pictures of fixtures and reports: page art for rows of entries, names for numbers. */
import {
  PMD_DIRTY,
  PMD_HUGE,
  PMD_NONE,
  PMD_STATE_MASK,
  PMD_WRITE,
  PMD_YOUNG,
  PTE_DIRTY,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_SWAP,
  PTE_YOUNG,
  VM_FAULT_COMPLETED,
  VM_FAULT_DONE_COW,
  VM_FAULT_FALLBACK,
  VM_FAULT_HWPOISON,
  VM_FAULT_HWPOISON_LARGE,
  VM_FAULT_MAJOR,
  VM_FAULT_NEEDDSYNC,
  VM_FAULT_NOPAGE,
  VM_FAULT_OOM,
  VM_FAULT_RETRY,
  VM_FAULT_SIGBUS,
  VM_FAULT_SIGSEGV,
} from '../mm/bits.js';
import type { Image } from '../mm/image.js';
import { ANON_PFN_BASE } from '../mm/scene.js';

/** Names of vm_fault_t bits in expectations; VM_FAULT_LOCKED is never shown. */
export const RET_NAMES: Readonly<Record<string, number>> = {
  OOM: VM_FAULT_OOM,
  SIGBUS: VM_FAULT_SIGBUS,
  MAJOR: VM_FAULT_MAJOR,
  HWPOISON: VM_FAULT_HWPOISON,
  HWPOISON_LARGE: VM_FAULT_HWPOISON_LARGE,
  SIGSEGV: VM_FAULT_SIGSEGV,
  NOPAGE: VM_FAULT_NOPAGE,
  RETRY: VM_FAULT_RETRY,
  FALLBACK: VM_FAULT_FALLBACK,
  DONE_COW: VM_FAULT_DONE_COW,
  NEEDDSYNC: VM_FAULT_NEEDDSYNC,
  COMPLETED: VM_FAULT_COMPLETED,
};

/** A page-table row as page art, one character a slot. */
export function rowArt(image: Image): string {
  return Array.from({ length: image.span }, (_, slot) => characterOf(image.pte[slot], image.pfn[slot])).join('');
}

function characterOf(flags: number, pfn: number): string {
  if (flags === 0) return '.';
  if ((flags & PTE_SWAP) !== 0) return 's';
  if ((flags & PTE_MIGRATION) !== 0) return 'm';
  if ((flags & PTE_MARKER_UFFD_WP) !== 0) return 'u';
  if (pfn >= ANON_PFN_BASE) return 'a';
  const young = (flags & PTE_YOUNG) !== 0;
  if ((flags & PTE_DIRTY) !== 0) return young ? 'Y' : 'O';
  return young ? 'y' : 'o';
}

/** A vm_fault_t in words, without VM_FAULT_LOCKED. */
export function retText(ret: number): string {
  const names = Object.keys(RET_NAMES).filter((name) => (ret & RET_NAMES[name]) !== 0);
  return names.length === 0 ? '0' : names.join('|');
}

/** The reverse of retText(); the names must be known. */
export function retOf(text: string): number {
  if (text === '0') return 0;
  return text.split('|').reduce((ret, name) => ret | RET_NAMES[name], 0);
}

/** A PMD entry in words. */
export function pmdText(pmd: number): string {
  const state = pmd & PMD_STATE_MASK;
  if (state !== PMD_HUGE) return state === PMD_NONE ? 'none' : 'table';
  const words = [
    [PMD_YOUNG, 'young'],
    [PMD_DIRTY, 'dirty'],
    [PMD_WRITE, 'write'],
  ] as const;
  return ['huge', ...words.filter(([bit]) => (pmd & bit) !== 0).map(([, word]) => word)].join(' ');
}
