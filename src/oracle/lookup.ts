/** Which folios the lookup of fault-around takes: what their flags say, before any index is looked at. */
import { FOLIO_CACHED, FOLIO_LOCKED, FOLIO_OTHER_MAPPING, FOLIO_READAHEAD, FOLIO_UPTODATE } from '../mm/bits.js';
import type { Image } from '../mm/image.js';

/** What the lookup needs of a folio's flags, and must not find. */
const WANTED = FOLIO_CACHED | FOLIO_UPTODATE;
const REFUSED = FOLIO_LOCKED | FOLIO_READAHEAD | FOLIO_OTHER_MAPPING;

/** Does the lookup of fault-around take the folio, as it was before the fault? */
export function lookupTakes(before: Image, folio: number): boolean {
  return (before.folio[folio] & (WANTED | REFUSED)) === WANTED && before.refcount[folio] !== 0;
}
