/**
 * Judges one pair of faults: which fields differ at which sites, which of the differences an allowlist entry explains,
 * and which differences that an entry promises did not show. Nothing is allocated while the engines agree.
 */
import type { Access } from '../mm/access.js';
import { sameBytes } from '../mm/columns.js';
import { FIELDS, type Field, type SiteKind } from '../mm/fields.js';
import type { Image } from '../mm/image.js';
import type { Scene } from '../mm/scene.js';
import type { AllowEntry, Claim } from './allowlist.js';
import { boundWord } from './bounds.js';
import { claimsNothing, type Decider, type Decision, NOTHING, REACH_ALL, REACH_NONE } from './decider.js';
import type { Expected } from './expected.js';
import { ExpectedStates } from './expected_states.js';
import { Facts } from './facts.js';
import { bothPresent, COLUMN_FIELDS, FindingList, type Group, MM_ACCESS, MM_FAULT } from './findings.js';
import { Prediction } from './prediction.js';
import { fieldValue, wordValue } from './values.js';

export type { Finding } from './findings.js';

/** Did the access end alike on both sides? */
function equalEnds(legacy: Image, batched: Image): boolean {
  for (let i = 0; i < MM_ACCESS.length; i++) {
    const { word } = MM_ACCESS[i].field;
    if (legacy.mm[word] !== batched.mm[word]) return false;
  }
  return true;
}

const RET_FIELD = FIELDS.findIndex(({ name }) => name === 'ret');

export class FaultJudge {
  readonly prediction: Prediction;
  readonly facts: Facts;
  /** what the fault, or the end of the access, that was judged last shows */
  readonly findings = new FindingList();
  /** the images that were compared last are equal in every compared column */
  imagesEqual = true;
  private readonly decider: Decider;
  private readonly expected: ExpectedStates;
  private scene!: Scene;
  private before!: Image;
  private access!: Access;

  constructor(
    readonly span: number,
    decider: Decider,
    /** report every site, not only the first of neighbours that differ alike */
    private readonly everySite = true,
  ) {
    this.prediction = new Prediction(span);
    this.facts = new Facts(this.prediction);
    this.decider = decider;
    this.expected = new ExpectedStates(span);
  }

  /** Before the engines run. The state `before` stays as it is until the access has ended, or the engines differ. */
  begin(scene: Scene, before: Image, access: Access): void {
    this.scene = scene;
    this.before = before;
    this.access = access;
    this.expected.forget();
    this.begun = true;
    this.endExplained = false;
    this.predicted = false;
    if (this.decider.mayClaim(boundWord(scene, before, access))) this.predict();
  }

  /** Predicts the fault and computes its facts, unless that was done: where no entry can claim anything it waits. */
  private predict(): void {
    if (this.predicted) return;
    this.predicted = true;
    this.prediction.predict(this.scene, this.before, this.access);
    this.facts.begin(this.scene, this.before);
    this.about = this.decider.decide('mm', this.facts.word);
  }

  /**
   * After both handlers have returned.
   * @returns true if nothing differs and nothing is missing; otherwise `findings` says what
   */
  compare(legacy: Image, batched: Image): boolean {
    this.findings.clear();
    const equal = sameBytes(legacy.compared, batched.compared);
    this.imagesEqual = equal;
    if (equal && !this.predicted) return true;
    this.predict();
    if (!equal) this.collect(legacy, batched, MM_FAULT);
    if (!claimsNothing(this.about)) this.claimMm(legacy, batched, MM_FAULT);
    this.claimSites(legacy, batched);
    for (let i = 0; i < this.findings.count; i++) {
      const { field, entry } = this.findings.at(i);
      if (field === RET_FIELD && entry !== null) this.endExplained = true;
    }
    return this.findings.count === 0;
  }

  /** After the access has ended on both sides: its own fields. */
  compareAccess(legacy: Image, batched: Image): boolean {
    this.findings.clear();
    if (this.endExplained) return true;
    if (equalEnds(legacy, batched) && !(this.begun && this.predicted)) {
      this.begun = false;
      return true;
    }
    if (this.begun) this.predict();
    this.collectMm(legacy, batched, MM_ACCESS);
    if (this.begun && !claimsNothing(this.about)) this.claimMm(legacy, batched, MM_ACCESS);
    this.begun = false;
    return this.findings.count === 0;
  }

  // --- differences ---
  private collect(legacy: Image, batched: Image, mm: readonly Group[]): void {
    // Most differences are bits of entries, and nothing else.
    if (sameBytes(legacy.comparedBehindPte, batched.comparedBehindPte)) {
      this.collectColumn(legacy, batched, 0);
      return;
    }
    for (let column = 0; column < COLUMN_FIELDS.length; column++) {
      const same = sameBytes(legacy.columnBytes[column], batched.columnBytes[column]);
      if (!same) this.collectColumn(legacy, batched, column);
    }
    this.collectMm(legacy, batched, mm);
  }

  private collectColumn(legacy: Image, batched: Image, column: number): void {
    const left = legacy.slotColumns[column];
    const right = batched.slotColumns[column];
    const { groups, ofBit, mask, bySlot } = COLUMN_FIELDS[column];
    const shift = bySlot ? 0 : this.scene.shift;
    for (let site = 0; site < left.length; site++) {
      const l = left[site];
      const r = right[site];
      let changed = (l ^ r) & mask;
      while (changed !== 0) {
        const { field, index } = groups[ofBit[31 - Math.clz32(changed & -changed)]];
        changed &= ~field.mask;
        if (field.compare === 'present' && !bothPresent(legacy, batched, site)) continue;
        const was = wordValue(field, l);
        const is = wordValue(field, r);
        if (was !== is) this.addDifference(index, site, was, is, this.wordAt(field.site, site, shift));
      }
    }
  }

  private wordAt(kind: SiteKind, site: number, shift: number): number {
    if (kind === 'mm' || site >= this.span) return this.facts.word;
    return kind === 'folio' ? this.facts.ofFolio(site) : this.facts.ofSlot(site - shift);
  }

  private collectMm(legacy: Image, batched: Image, groups: readonly Group[]): void {
    for (const { field, index } of groups) {
      const l = legacy.mm[field.word];
      const b = batched.mm[field.word];
      if (l !== b) this.addDifference(index, 0, l, b, this.mmWord());
    }
  }

  /** Facts of the mm; an access without faults has none. */
  private mmWord(): number {
    return this.begun ? this.facts.ofMm() : 0;
  }

  private addDifference(index: number, site: number, l: number, b: number, word: number): void {
    // Neighbours in a run differ alike: for counting classes one of them is enough.
    const { findings } = this;
    if (!this.everySite && findings.count > 0) {
      const last = findings.at(findings.count - 1);
      const alike = last.field === index && last.word === word && !last.missing;
      if (alike && last.legacy === l && last.batched === b) return;
    }
    const entry = this.explain(index, site, l, b, word);
    findings.add(index, site, l, b, word, entry, null);
  }

  /** The entry that claims this difference with these values, or null. */
  private explain(index: number, site: number, l: number, b: number, word: number): AllowEntry | null {
    const kind = FIELDS[index].site;
    const constant = this.decider.decide(kind, word).byField[index];
    if (constant !== undefined) return constant.legacy === l && constant.batched === b ? constant.entry : null;
    const claim = this.ruleClaim(index);
    if (claim === undefined) return null;
    const expected = this.expectedOf(claim);
    const field = FIELDS[index];
    const matches = fieldValue(field, expected.legacy, site) === l && fieldValue(field, expected.batched, site) === b;
    return matches ? claim.entry : null;
  }

  private ruleClaim(index: number): Claim | undefined {
    const { rules } = this.decider.decide('mm', this.facts.word);
    for (let i = 0; i < rules.length; i++) if (rules[i].field === index) return rules[i];
    return undefined;
  }

  /** an entry explains that the return values differ: the end of the access follows from that */
  private endExplained = false;
  /** a fault of the access in progress was predicted; an access without faults has no facts */
  private begun = false;
  /** the fault in progress was predicted; `facts` are its facts */
  private predicted = false;
  /** what the entries claim about the fault as a whole */
  private about: Decision = NOTHING;

  /** Expected states of a claim's rule, worked out once for each fault that needs them. */
  private expectedOf({ rule }: Claim): Expected {
    return this.expected.of(rule as number, this.scene, this.before, this.prediction, this.access);
  }

  // --- promises ---
  /** Claims about the mm, and claims with value rules of whatever site. */
  private claimMm(legacy: Image, batched: Image, groups: readonly Group[]): void {
    const decision = this.about;
    const access = groups === MM_ACCESS;
    for (const claim of decision.constants) {
      const field = FIELDS[claim.field];
      if ((field.group === 'access') !== access) continue;
      this.expectDifference(legacy, batched, field, claim.field, 0, this.facts.word, claim);
    }
    for (const claim of decision.rules) {
      const field = FIELDS[claim.field];
      if ((field.group === 'access') === access) this.expectByRule(legacy, batched, field, claim);
    }
  }

  private expectByRule(legacy: Image, batched: Image, field: Field, claim: Claim): void {
    const expected = this.expectedOf(claim);
    if (field.columnIndex < 0) {
      if (expected.legacy.mm[field.word] === expected.batched.mm[field.word]) return;
      this.expectDifference(legacy, batched, field, claim.field, 0, this.facts.word, claim);
      return;
    }
    const left = expected.legacy.slotColumns[field.columnIndex];
    const right = expected.batched.slotColumns[field.columnIndex];
    const shift = field.column === 'page' ? this.scene.shift : 0;
    for (let site = 0; site < this.span; site++) {
      if (((left[site] ^ right[site]) & field.mask) === 0) continue;
      if (fieldValue(field, expected.legacy, site) === fieldValue(field, expected.batched, site)) continue;
      const word = this.wordAt(field.site, site, shift);
      this.expectDifference(legacy, batched, field, claim.field, site, word, claim);
    }
  }

  private claimSites(legacy: Image, batched: Image): void {
    const reach = this.decider.reachOf(this.facts.word);
    if (reach === REACH_NONE) return;
    const { facts } = this;
    if (reach === REACH_ALL) facts.findRange();
    else facts.findFaultRun();
    let lastWord = -1;
    let decision: Decision | null = null;
    let lastFolio = -1;
    const { scene } = this;
    for (let slot = facts.low; slot <= facts.high; slot++) {
      const index = slot + scene.shift;
      const word = this.facts.ofSlot(slot);
      if (decision === null || word !== lastWord) decision = this.decider.decide('page', word);
      lastWord = word;
      if (!claimsNothing(decision)) this.claimPage(legacy, batched, slot, word, decision);
      const folio = index >= 0 && index < scene.span ? scene.headOf[index] : -1;
      if (folio < 0 || folio === lastFolio) continue;
      lastFolio = folio;
      const folioWord = this.facts.ofFolio(folio);
      const about = this.decider.decide('folio', folioWord);
      for (const claim of about.constants) {
        this.expectDifference(legacy, batched, FIELDS[claim.field], claim.field, folio, folioWord, claim);
      }
    }
  }

  private claimPage(legacy: Image, batched: Image, slot: number, word: number, decision: Decision): void {
    for (const claim of decision.constants) {
      const field = FIELDS[claim.field];
      const site = field.column === 'page' ? slot + this.scene.shift : slot;
      if (site >= 0 && site < this.span) this.expectDifference(legacy, batched, field, claim.field, site, word, claim);
    }
  }

  private expectDifference(
    legacy: Image,
    batched: Image,
    field: Field,
    index: number,
    site: number,
    word: number,
    claim: Claim,
  ): void {
    // The other bits of an entry are promised only where both engines have one; the field `pte` reports the rest.
    if (field.compare === 'present' && !bothPresent(legacy, batched, site)) return;
    const l = fieldValue(field, legacy, site);
    const b = fieldValue(field, batched, site);
    if (l !== b) return;
    this.findings.add(index, site, l, b, field.site === 'mm' ? this.mmWord() : word, null, claim.entry);
  }
}
