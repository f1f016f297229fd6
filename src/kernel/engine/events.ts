/**
 * What code that counts tells of a fault while it runs: which state it changes or which function it enters, and at
 * which statement. The numbers are shared with the shim by its generated header.
 */
import { COW_PAGES, HPAGE_PMD_NR, PTRS_PER_PTE } from '../../mm/bits.js';
import { FIELDS } from '../../mm/fields.js';

/** Kinds of events, by number. */
export const EVENTS = [
  'enter',
  'set_pmd',
  'pmd_install',
  'filemap_map_pages',
  'fault',
  'page_mkwrite',
  'flush_icache_pages',
  'set_ptes',
  'update_mmu_cache_range',
  'update_mmu_tlb',
  'folio_ref_add',
  'folio_put',
  'mlock_folio',
  'add_mm_counter',
  'mod_lruvec_state',
  'mod_node_state',
] as const;
type Kind = (typeof EVENTS)[number];

/** Where a statement stands in the tree. */
export interface Place {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

/** Who hears of events, in the words of a trace. */
export interface Listener {
  happened(name: string, at: string, detail: string, place: string): void;
}

/** Functions that are told when they flush the instruction cache: what they map is known then, and that they map. */
const SETTERS = ['set_pte_range', 'do_set_pte', 'do_set_pmd'];

/** The lookup of fault-around takes references of folios that it then passes by; models take none of these. */
const LOOKUPS = ['next_uptodate_folio', 'next_uptodate_page'];

const slotText = (slot: number): string => `slot ${slot}`;
const folioText = (folio: number): string => `folio ${folio}`;
const pagesText = (pages: number): string => (pages > 1 ? `${pages} pages` : '');
const wordName = (word: number): string =>
  FIELDS.find(({ site, word: own }) => site === 'mm' && own === word)?.name ?? '';

type Words = (at: number, value: number) => readonly [name: string, at: string, detail: string];

const inside =
  (name: string, where: (at: number) => string): Words =>
  (at, value) => [`  ${name}`, where(at), String(value)];
const step =
  (name: string): Words =>
  (at, value) => [name, slotText(at), pagesText(value)];

const WORDS: Readonly<Record<Exclude<Kind, 'enter'>, Words>> = {
  set_pmd: (_at, value) => ['  set_pmd', 'pmd', String(value)],
  pmd_install: step('pmd_install'),
  filemap_map_pages: step('filemap_map_pages'),
  fault: step('->fault'),
  page_mkwrite: step('page_mkwrite'),
  flush_icache_pages: inside('flush_icache_pages', slotText),
  set_ptes: step('set_ptes'),
  update_mmu_cache_range: inside('update_mmu_cache_range', slotText),
  update_mmu_tlb: inside('update_mmu_tlb', slotText),
  folio_ref_add: inside('folio_ref_add', folioText),
  folio_put: (at) => ['  folio_put', folioText(at), ''],
  mlock_folio: inside('mlock_folio', folioText),
  add_mm_counter: inside('add_mm_counter', wordName),
  mod_lruvec_state: inside('mod_lruvec_state', wordName),
  mod_node_state: inside('mod_node_state', wordName),
};

/** Turns numbers into the words of a trace. */
export class Events {
  /** a setter that was entered and has not said yet what it maps */
  private setter: Place | null = null;

  constructor(
    private readonly places: readonly Place[],
    private readonly listener: Listener,
  ) {}

  /** @param place number of the statement's counter */
  event(kind: number, at: number, value: number, place: number): void {
    const name = EVENTS[kind];
    const where = this.places[place];
    if (name === undefined) throw new RangeError(`no event ${kind}`);
    if (name === 'enter') {
      this.enter(where, at);
      return;
    }
    if (name === 'folio_put' && where !== undefined && LOOKUPS.includes(where.function)) return;
    // Pages of the shim's own stand for what is not modelled.
    if (name.startsWith('folio_') && (at < 0 || at >= PTRS_PER_PTE + COW_PAGES)) return;
    if (name === 'flush_icache_pages' && this.setter !== null) {
      const { function: setter } = this.setter;
      const [slot, pages] = setter === 'do_set_pmd' ? [0, HPAGE_PMD_NR] : [at, value];
      this.listener.happened(setter, slotText(slot), pagesText(pages), textOf(this.setter));
      this.setter = null;
    }
    this.listener.happened(...WORDS[name](at, value), where === undefined ? '' : textOf(where));
  }

  private enter(where: Place | undefined, slot: number): void {
    if (where === undefined) return;
    if (SETTERS.includes(where.function)) this.setter = where;
    if (where.function === 'finish_fault') this.listener.happened('finish_fault', slotText(slot), '', textOf(where));
  }
}

const textOf = ({ file, line }: Place): string => `${file}:${line}`;
