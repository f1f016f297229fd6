/** The scope that is over at once, and those that are wider than four pages. */
import { DEFAULT_ARCHITECTURES } from '../../mm/arch/index.js';
import { PLAIN_CHOICES, type Scope } from '../sweep/scope.js';

export const TINY: Scope = {
  ...PLAIN_CHOICES,
  name: 'tiny',
  title: 'A little of everything, in less than a second, with the invariants on every fault',
  proves:
    'On every default architecture a read or write of any of four pages does the same on both engines, for every ' +
    'tiling of the page cache and every set of populated entries, in a private, a shared and a partial mapping.',
  leavesOut: 'everything else: it is the quick check of a build',
  span: 4,
  architectures: DEFAULT_ARCHITECTURES,
  configurations: [
    { kind: 'regular', flags: ['write'] },
    { kind: 'anon-shmem', flags: ['shared', 'write'] },
    { kind: 'regular', flags: ['shared', 'write'], part: [1, 2], fileIndex: 1 },
  ],
  entries: '.y',
  sizes: [4, 3],
  accesses: ['read', 'write'],
  invariantsAll: true,
};

export const SIX_PAGES_YOUNG: Scope = {
  ...PLAIN_CHOICES,
  name: '6-pages-young',
  title: 'The accessed bit over six pages: folios of four beside others, three windows, partial mappings',
  proves:
    'As 4-pages-young, where a folio of four pages has neighbours, and where the mapping begins and ends inside of ' +
    'folios at an index of the file that is not its slot.',
  leavesOut: 'poisoned pages, devices, and what 4-pages-young leaves out',
  span: 6,
  architectures: ['arm64', 'x86-64'],
  configurations: [
    { kind: 'regular', flags: ['write'] },
    { kind: 'regular', flags: ['shared', 'write'] },
    { kind: 'regular', flags: ['write'], part: [1, 4], fileIndex: 1 },
    { kind: 'regular', flags: ['shared', 'write'], part: [2, 4], fileIndex: -1 },
  ],
  folioFlags: [[], ['readahead']],
  entries: '.oy',
  sizes: [6, 5],
  faultAround: [16, 1, 4],
  accesses: ['read', 'write'],
};

export const EIGHT_PAGES_YOUNG: Scope = {
  ...PLAIN_CHOICES,
  name: '8-pages-young',
  title: 'The accessed bit over eight pages: every tiling up to one folio of eight, two windows',
  proves: 'As 4-pages-young, for every arrangement of folios of one to eight pages in one and in two windows.',
  leavesOut: 'poisoned pages, old entries, devices, shared mappings, and what 4-pages-young leaves out',
  span: 8,
  architectures: ['arm64', 'x86-64'],
  configurations: [{ kind: 'regular', flags: ['write'] }],
  folioFlags: [[], ['readahead']],
  entries: '.y',
  sizes: [8, 7],
  faultAround: [16, 4],
  accesses: ['read', 'write'],
};
