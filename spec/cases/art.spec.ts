/** States are shown in few characters, and each of them means one thing. */
import { describe, expect, it } from 'vitest';
import { pmdText, RET_NAMES, retOf, retText, rowArt } from '../../src/cases/art.js';
import {
  PMD_DIRTY,
  PMD_HUGE,
  PMD_NONE,
  PMD_TABLE,
  PMD_WRITE,
  PMD_YOUNG,
  PTE_DIRTY,
  PTE_MARKER_UFFD_WP,
  PTE_MIGRATION,
  PTE_PRESENT,
  PTE_SWAP,
  PTE_YOUNG,
  VM_FAULT_LOCKED,
} from '../../src/mm/bits.js';
import { Image } from '../../src/mm/image.js';
import { ANON_PFN_BASE, COW_PFN_BASE, PFN_BASE } from '../../src/mm/scene.js';

describe('a row of entries', () => {
  it('has one character for each slot', () => {
    const image = new Image(10);
    const entries = [
      [0, 0],
      [PTE_PRESENT, PFN_BASE],
      [PTE_PRESENT | PTE_YOUNG, PFN_BASE],
      [PTE_PRESENT | PTE_DIRTY, PFN_BASE],
      [PTE_PRESENT | PTE_YOUNG | PTE_DIRTY, PFN_BASE],
      [PTE_SWAP, 1],
      [PTE_MIGRATION, PFN_BASE],
      [PTE_MARKER_UFFD_WP, 0],
      [PTE_PRESENT, ANON_PFN_BASE],
      [PTE_PRESENT | PTE_YOUNG, COW_PFN_BASE],
    ];
    entries.forEach(([flags, pfn], slot) => {
      image.pte[slot] = flags;
      image.pfn[slot] = pfn;
    });
    expect(rowArt(image)).toBe('.oyOYsmuaa');
  });
});

describe('a return value', () => {
  it('is 0 or names, without LOCKED', () => {
    expect(retText(0)).toBe('0');
    expect(retText(VM_FAULT_LOCKED)).toBe('0');
    expect(retText(RET_NAMES.NOPAGE | RET_NAMES.MAJOR | VM_FAULT_LOCKED)).toBe('MAJOR|NOPAGE');
  });

  it('reads back', () => {
    for (const [name, bit] of Object.entries(RET_NAMES)) expect(retOf(name)).toBe(bit);
    expect(retOf('0')).toBe(0);
    expect(retOf('NOPAGE|MAJOR')).toBe(RET_NAMES.NOPAGE | RET_NAMES.MAJOR);
  });
});

describe('a PMD entry', () => {
  it.each([
    [PMD_NONE, 'none'],
    [PMD_TABLE, 'table'],
    [PMD_HUGE, 'huge'],
    [PMD_HUGE | PMD_YOUNG, 'huge young'],
    [PMD_HUGE | PMD_YOUNG | PMD_DIRTY | PMD_WRITE, 'huge young dirty write'],
  ])('%i is %s', (pmd, text) => {
    expect(pmdText(pmd)).toBe(text);
  });
});
