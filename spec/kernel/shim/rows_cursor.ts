/** What the page cache's cursor does, and what a walk by the rules of fault-around finds with it. */
import { expect } from 'vitest';
import {
  FOLIO_CACHED,
  FOLIO_LOCKED,
  FOLIO_OTHER_MAPPING,
  FOLIO_READAHEAD,
  FOLIO_UPTODATE,
  FOLIO_VALUE_ENTRY,
} from '../../../src/mm/bits.js';
import { I_SIZE } from '../../../src/mm/fields.js';
import type { Image } from '../../../src/mm/image.js';
import {
  RACE_FOLIO_LOCKED,
  RACE_FOLIO_NOT_UPTODATE,
  RACE_FOLIO_REPLACED,
  RACE_FOLIO_TRUNCATED,
  type Scene,
} from '../../../src/mm/scene.js';
import type { Row } from './bench.js';

/** A cursor from one index on, and everything that it meets up to another, as a number with a digit for each index. */
const walked = (first: number, last: number): string => `
  XA_STATE(xas, NULL, ${first}); int found = 0;
  for (struct folio *f = xas_find(&xas, ${last}); f; f = xas_next_entry(&xas, ${last}))
    found = found * 16 + (int)(xas.xa_index - scene(FILE_BASE)) + 1;
  return found;`;

/**
 * The pages that fault-around would begin with at each folio, up to the sixteenth: the rules of next_uptodate_folio()
 * in words of our own, made of the stubs.
 */
export const WALK = `
  ulong pages = DIV_ROUND_UP(i_size_read(&shim_inode), 4096), last = scene(FILE_BASE) + 15;
  XA_STATE(xas, NULL, scene(FILE_BASE)); int found = 0; bool usable;
  for (struct folio *f = xas_next_entry(&xas, last); f; f = xas_next_entry(&xas, last)) {
    if (xas_retry(&xas, f) || xa_is_value(f) || folio_test_locked(f) || !folio_try_get(f))
      continue;
    usable = xas_reload(&xas) == f && folio_test_uptodate(f) && !folio_test_readahead(f) && folio_trylock(f);
    if (usable && (f->mapping != &shim_mapping || !folio_test_uptodate(f) || xas.xa_index >= pages)) {
      folio_unlock(f);
      usable = false;
    }
    if (usable)
      found |= 1 << (xas.xa_index - scene(FILE_BASE));
    else
      folio_put(f);
  }
  return found;`;

type Change = (image: Image, scene: Scene) => void;

const set =
  (at: number, flags: number, clear = 0): Change =>
  ({ folio }) => {
    folio[at] = ((folio[at] ?? 0) & ~clear) | flags;
  };
const race =
  (kind: number, at: number): Change =>
  (_, scene) => {
    scene.race = kind;
    scene.raceAt = at;
  };

/** Folio 0 is refused, and left as it was; 4 and 8 are found. */
const refusals: readonly (readonly [string, Change])[] = [
  ['that is locked', set(0, FOLIO_LOCKED)],
  ['that is not uptodate', set(0, 0, FOLIO_UPTODATE)],
  ['that marks where readahead begins', set(0, FOLIO_READAHEAD)],
  ['of another mapping', set(0, FOLIO_OTHER_MAPPING)],
  ['whose place has a value', set(0, FOLIO_VALUE_ENTRY, FOLIO_CACHED)],
  ['that was replaced since', race(RACE_FOLIO_REPLACED, 0)],
  ['that was locked since', race(RACE_FOLIO_LOCKED, 0)],
  ['that was truncated since', race(RACE_FOLIO_TRUNCATED, 0)],
  ['that is not uptodate since', race(RACE_FOLIO_NOT_UPTODATE, 0)],
];

export const CURSOR: readonly Row[] = [
  { does: 'meet each entry once, at its first index', c: walked(0, 15), gives: 0x1579 },
  { does: 'meet a folio at the index where the walk enters it', c: walked(2, 15), gives: 0x3579 },
  { does: 'begin at an index that has nothing', c: walked(5, 15), gives: 0x79 },
  { does: 'end with the last index, which is inside', c: walked(0, 4), gives: 0x15 },
  { does: 'end before a folio behind the last index', c: walked(0, 7), gives: 0x157 },
  { does: 'meet a folio whose end lies behind the last index', c: walked(10, 12), gives: 0xb },
  { does: 'find nothing behind the end of the file that is modelled', c: walked(16, 600), gives: 0 },
  { does: 'find nothing where nothing is cached', c: walked(5, 5), gives: 0 },
  {
    does: 'count from the base of the file',
    c: `XA_STATE(xas, NULL, 1024 + 5); return xas_find(&xas, 1024 + 15) == F(6) && xas.xa_index == 1024 + 6;`,
    before: (_, scene) => {
      scene.fileBase = 1024;
    },
  },
  {
    does: 'find nothing before the part of the file that is modelled, and go on into it',
    c: `XA_STATE(xas, NULL, 1000); return xas_find(&xas, 1023) == NULL && xas_find(&xas, 1024) == F(0) &&
      xas.xa_index == 1024;`,
    before: (_, scene) => {
      scene.fileBase = 1024;
    },
  },
  {
    does: 'tell a value from a folio, and never begin anew',
    c: `XA_STATE(xas, NULL, 6); void *entry = xas_find(&xas, 6); return xa_is_value(entry) && !xa_is_value(F(0)) &&
      !xas_retry(&xas, entry);`,
  },
  {
    does: 'reads the entry that was found',
    c: 'XA_STATE(xas, NULL, 0); struct folio *f = xas_find(&xas, 3); return xas_reload(&xas) == f;',
  },
  {
    does: 'reads nothing where another thread replaced the folio, and others all the same',
    c: `XA_STATE(xas, NULL, 0); xas_find(&xas, 15); if (xas_reload(&xas) != NULL) return 0;
      return xas_next_entry(&xas, 15) == F(4) && xas_reload(&xas) == F(4);`,
    before: race(RACE_FOLIO_REPLACED, 0),
  },
  { does: 'find the folios that fault-around can use', c: WALK, gives: 0x111 },
  ...refusals.map(
    ([name, before]): Row => ({
      does: `let fault-around pass a folio ${name}`,
      c: WALK,
      before,
      gives: 0x110,
      after: ({ image }) => expect(image.refcount[0]).toBe(4),
    }),
  ),
  {
    does: 'let fault-around pass a folio that is being freed',
    c: WALK,
    before: ({ refcount }) => {
      refcount[0] = 0;
    },
    gives: 0x110,
    after: ({ image }) => expect(image.refcount[0]).toBe(0),
  },
  ...[
    { pages: 9, gives: 0x111 },
    { pages: 8, gives: 0x11 },
    { pages: 4, gives: 1 },
    { pages: 1, gives: 1 },
    { pages: 0, gives: 0 },
  ].map(
    ({ pages, gives }): Row => ({
      does: `ask where a folio is entered, not where it ends, with i_size at page ${pages}`,
      c: WALK,
      before: ({ mm }) => {
        mm[I_SIZE] = pages;
      },
      gives,
    }),
  ),
];
