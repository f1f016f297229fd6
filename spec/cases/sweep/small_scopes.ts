/** Scopes for specs: each turns other dials, and is small enough to be compared with brute force. */
import { TINY } from '../../../src/cases/scopes/other_spans.js';
import { PLAIN_CHOICES, type Scope } from '../../../src/cases/sweep/scope.js';

const SMALL: Scope = {
  ...PLAIN_CHOICES,
  name: 'small',
  title: 'for specs',
  proves: '',
  leavesOut: '',
  span: 4,
  architectures: ['x86-64'],
  configurations: [{ kind: 'regular', flags: ['write'] }],
  entries: '.',
  sizes: [4],
  faultAround: [16],
  accesses: ['read'],
};

/** Each with a name that says which dials turn. */
export const SMALL_SCOPES: readonly Scope[] = [
  TINY,
  {
    ...SMALL,
    name: 'folios',
    tiles: ['hole', 'value-entry', 'folio', 'not-uptodate', 'refcount-zero'],
    folioFlags: [[], ['dirty', 'locked']],
    mmapMiss: [0, 3],
  },
  {
    ...SMALL,
    name: 'users',
    configurations: [
      { kind: 'shmem', flags: ['shared', 'write', 'locked'] },
      { kind: 'regular', flags: ['write', 'locked'], part: [1, 2], fileIndex: 1 },
    ],
    refs: [0, 2],
    maps: [0, 3],
    entries: '.Y',
  },
  {
    ...SMALL,
    name: 'poison',
    hwpoison: 'every-page',
    entries: '.O',
    sizes: [4, 0],
    teardown: [true, false],
    configurations: [
      { kind: 'regular', flags: ['write', 'locked'] },
      { kind: 'regular', flags: [], readahead: false, mapPages: false, vmaLock: true },
    ],
  },
  {
    ...SMALL,
    name: 'private entries',
    architectures: ['arm64', 'x86-64'],
    configurations: [{ kind: 'regular', flags: ['write'], failures: ['fault-retry', 'done-cow'] }],
    tiles: ['folio'],
    entries: '.yusa',
    accesses: ['read', 'gup-write'],
  },
  {
    ...SMALL,
    name: 'shared entries',
    configurations: [
      { kind: 'shmem', flags: ['uffd-wp', 'shared'] },
      { kind: 'shmem', flags: ['protnone', 'shared'], pmdNone: true },
    ],
    entries: '.uam',
    accesses: ['read', 'write', 'device-read', 'gup-read', 'gup-write'],
  },
];
