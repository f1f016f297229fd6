/** The tracing image: the same state, every verb recorded. Engines know nothing of it; only replays use it. */

import { FIELDS } from '../mm/fields.js';
import { Image } from '../mm/image.js';
import type { TraceEvent } from '../report/model.js';

export class TracingImage extends Image {
  readonly events: TraceEvent[] = [];
  /** number of the fault in progress, from 1 */
  fault = 0;
  /** events up to here belong to a fault that is known */
  private told = 0;

  /** The fault has ended. */
  end(): void {
    this.told = this.events.length;
  }

  /** A fault has ended of which nobody knew that it begins: what has happened since the last one is its own. */
  endUnannounced(fault: number): void {
    this.fault = fault;
    for (let i = this.told; i < this.events.length; i++) this.events[i] = { ...this.events[i], fault: this.fault };
    this.end();
  }

  private record(name: string, at: string, detail: string): void {
    this.events.push({ fault: this.fault, name, at, detail });
  }

  override happened(name: string, at: string, detail: string, place: string): void {
    this.events.push({ fault: this.fault, name, at, detail, ...(place !== '' && { place }) });
  }

  override note(step: string, slot: number, nr: number): void {
    this.record(step, `slot ${slot}`, nr > 1 ? `${nr} pages` : '');
  }

  override setPmd(value: number): void {
    super.setPmd(value);
    this.record('  set_pmd', 'pmd', String(value));
  }

  override flushIcachePages(slot: number, nr: number): void {
    super.flushIcachePages(slot, nr);
    this.record('  flush_icache_pages', `slot ${slot}`, `${nr}`);
  }

  override updateMmuCacheRange(slot: number, nr: number): void {
    super.updateMmuCacheRange(slot, nr);
    this.record('  update_mmu_cache_range', `slot ${slot}`, `${nr}`);
  }

  override updateMmuTlbRange(slot: number, nr: number): void {
    super.updateMmuTlbRange(slot, nr);
    this.record('  update_mmu_tlb', `slot ${slot}`, `${nr}`);
  }

  override folioRefAdd(folio: number, n: number): void {
    super.folioRefAdd(folio, n);
    this.record('  folio_ref_add', `folio ${folio}`, `${n}`);
  }

  override folioPut(folio: number): void {
    super.folioPut(folio);
    this.record('  folio_put', `folio ${folio}`, '');
  }

  override mlockFolio(folio: number, pages: number): void {
    super.mlockFolio(folio, pages);
    this.record('  mlock_folio', `folio ${folio}`, `${pages}`);
  }

  override addMmCounter(word: number, n: number): void {
    super.addMmCounter(word, n);
    this.record('  add_mm_counter', wordName(word), `${n}`);
  }

  override modLruvecState(word: number, n: number): void {
    super.modLruvecState(word, n);
    this.record('  mod_lruvec_state', wordName(word), `${n}`);
  }

  override modNodeState(word: number, n: number): void {
    super.modNodeState(word, n);
    this.record('  mod_node_state', wordName(word), `${n}`);
  }
}

function wordName(word: number): string {
  return FIELDS.find((field) => field.column === 'mm' && field.word === word)?.name ?? String(word);
}
