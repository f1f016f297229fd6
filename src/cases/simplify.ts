/**
 * Simpler neighbours of a case, boldest first: what the shrinker tries. Simple means readable: few steps, a small span,
 * page 0, order 0, plain flags. Neighbours may be impossible; the caller checks.
 */
import { architecture } from '../mm/arch/index.js';
import { PAGE_SIZE } from '../mm/bits.js';
import type { Case, CaseFolio, CaseStep } from './case.js';

type Step = CaseStep;

/** Slots or first slot that a step names. */
function slotOf(step: Step): number {
  if ('read' in step) return step.read;
  if ('write' in step) return step.write;
  return 'zap' in step ? step.zap.from : step.age.from;
}

function atSlot(step: Step, slot: number): Step {
  if ('read' in step) return { ...step, read: slot };
  if ('write' in step) return { ...step, write: slot };
  if ('zap' in step) return { zap: { ...step.zap, from: slot } };
  return { age: { ...step.age, from: slot } };
}

/** Every simpler neighbour of a case. */
export function* simplerCases(c: Case): Generator<Case> {
  yield* fewerSteps(c);
  yield* smallerSpans(c);
  yield* plainerMapping(c);
  yield* plainerFile(c);
  yield* plainerTable(c);
  yield* fewerFolios(c);
  yield* plainerFolios(c);
  yield* plainerSteps(c);
}

function* fewerSteps(c: Case): Generator<Case> {
  if (c.teardown) yield { ...c, teardown: false };
  if (c.steps.length === 1) return;
  for (const step of c.steps) yield { ...c, steps: [step] };
  for (let i = 0; i < c.steps.length; i++) yield { ...c, steps: c.steps.filter((_, j) => j !== i) };
}

const SPANS = [4, 8, 16, 32, 64, 128, 256] as const;

/** Cuts an aligned part of the span out that holds every step; slots and indexes are renumbered from 0. */
function* smallerSpans(c: Case): Generator<Case> {
  const low = Math.min(...c.steps.map(slotOf));
  const high = Math.max(...c.steps.map(slotOf));
  for (const span of SPANS) {
    if (span >= c.span) return;
    const from = low - (low % span);
    if (high < from + span) yield cut(c, from, span);
    if (c.vma.fileIndex !== 0) yield cut({ ...c, vma: { ...c.vma, fileIndex: 0 } }, from, span);
  }
}

function cut(c: Case, from: number, span: number): Case {
  const inside = (at: number): boolean => at >= from && at < from + span;
  const folios = c.folios
    .filter(({ at, order }) => inside(at) && at + (1 << order) <= from + span)
    .map((folio) => moveFolio(folio, -from));
  const start = Math.max(0, c.vma.start - from);
  const end = Math.min(span, c.vma.start + c.vma.pages - from);
  const bits = Object.entries(c.bits).filter(([slot]) => inside(Number(slot)));
  const race = c.race.at - from;
  return {
    ...c,
    span,
    vma: { ...c.vma, start, pages: Math.max(1, end - start), tableIndex: 0 },
    file: { ...c.file, base: 0, size: Math.max(0, c.file.size - (from + c.file.base) * PAGE_SIZE) },
    folios,
    valueEntries: c.valueEntries.filter(inside).map((at) => at - from),
    row: c.row.slice(from, from + span).replace(/\.+$/, ''),
    bits: Object.fromEntries(bits.map(([slot, names]) => [String(Number(slot) - from), names])),
    contiguous: wholeBlocks(c, inside).map((at) => at - from),
    steps: c.steps.map((step) => clampRange(atSlot(step, Math.max(0, slotOf(step) - from)), span)),
    race: { ...c.race, at: c.race.kind === 'none' ? 0 : race },
  };
}

/** The contiguous blocks that keep all of their entries. */
function wholeBlocks(c: Case, isKept: (slot: number) => boolean): number[] {
  return c.contiguous.filter((first) => slotsOfBlock(c, first).every(isKept));
}

const slotsOfBlock = ({ arch }: Case, first: number): number[] =>
  Array.from({ length: architecture(arch).contPtes }, (_, i) => first + i);

function clampRange(step: Step, span: number): Step {
  if ('zap' in step)
    return { zap: { ...step.zap, pages: Math.max(1, Math.min(step.zap.pages, span - step.zap.from)) } };
  if ('age' in step)
    return { age: { ...step.age, pages: Math.max(1, Math.min(step.age.pages, span - step.age.from)) } };
  return step;
}

function moveFolio(folio: CaseFolio, by: number): CaseFolio {
  return {
    ...folio,
    at: folio.at + by,
    ...(folio.hwpoison && { hwpoison: folio.hwpoison.map((page) => page + by) }),
    ...(folio.maps && {
      maps: Object.fromEntries(Object.entries(folio.maps).map(([page, n]) => [String(Number(page) + by), n])),
    }),
  };
}

function* plainerMapping(c: Case): Generator<Case> {
  const { vma } = c;
  if (c.failures.length > 0) yield { ...c, failures: [] };
  if (c.race.kind !== 'none') yield { ...c, race: { kind: 'none', at: 0 } };
  if (vma.flags.length > 0) yield { ...c, vma: { ...vma, flags: [] } };
  for (const flag of vma.flags) yield { ...c, vma: { ...vma, flags: vma.flags.filter((other) => other !== flag) } };
  const plain = { ...vma, start: 0, pages: c.span, tableIndex: 0, fileIndex: 0 };
  if (vma.start !== 0 || vma.pages !== c.span || vma.tableIndex !== 0 || vma.fileIndex !== 0)
    yield { ...c, vma: plain };
  if (vma.fileIndex !== 0) yield { ...c, vma: { ...vma, fileIndex: 0 } };
  if (vma.tableIndex !== 0) yield { ...c, vma: { ...vma, tableIndex: 0 } };
  if (vma.start !== 0) yield { ...c, vma: { ...vma, start: 0, pages: Math.min(c.span, vma.start + vma.pages) } };
  if (vma.start + vma.pages !== c.span) yield { ...c, vma: { ...vma, pages: c.span - vma.start } };
  if (!vma.mapPages || vma.vmaLock) yield { ...c, vma: { ...vma, mapPages: true, vmaLock: false } };
  if (vma.vmaLock) yield { ...c, vma: { ...vma, vmaLock: false } };
  if (c.faultAroundPages !== 16) yield { ...c, faultAroundPages: 16 };
}

function* plainerFile(c: Case): Generator<Case> {
  const { file } = c;
  const whole = (c.span + file.base) * PAGE_SIZE;
  if (file.base !== 0) yield { ...c, file: { ...file, base: 0, size: Math.max(0, file.size - file.base * PAGE_SIZE) } };
  if (file.size !== whole) yield { ...c, file: { ...file, size: whole } };
  const rounded = Math.ceil(file.size / PAGE_SIZE) * PAGE_SIZE;
  if (file.size !== rounded) yield { ...c, file: { ...file, size: rounded } };
  if (file.kind !== 'regular') yield { ...c, file: { ...file, kind: 'regular' } };
  if (file.kind === 'anon-shmem') yield { ...c, file: { ...file, kind: 'shmem' } };
  if (file.mmapMiss !== 0) yield { ...c, file: { ...file, mmapMiss: 0 } };
  if (file.mmapMiss > 20) yield { ...c, file: { ...file, mmapMiss: 20 } };
  if (!file.readahead) yield { ...c, file: { ...file, readahead: true } };
  if (file.pageMkwrite !== 'none') yield { ...c, file: { ...file, pageMkwrite: 'none' } };
}

function* plainerTable(c: Case): Generator<Case> {
  if (c.pmd !== 'table') yield { ...c, pmd: 'table' };
  if (Object.keys(c.bits).length > 0) yield { ...c, bits: {} };
  if (c.row !== '') yield { ...c, row: '', bits: {}, contiguous: [] };
  yield* plainerBlocks(c);
  const slots = [...c.row].flatMap((character, slot) => (character === '.' ? [] : [slot]));
  for (const [from, to] of portions(slots.length)) yield withoutEntries(c, slots.slice(from, to));
  for (const slot of slots) if ('yOY'.includes(c.row[slot])) yield { ...c, row: replaceAt(c.row, slot, 'o') };
  if (slots.length <= FEW_ENTRIES) for (const slot of slots) yield* lowerEntry(c, slot);
}

function* plainerBlocks(c: Case): Generator<Case> {
  const { contPtes } = architecture(c.arch);
  if (c.contiguous.length > 0) yield { ...c, contiguous: [] };
  for (const first of c.contiguous) {
    yield withoutEntries(c, slotsOfBlock(c, first));
    // Without its only block the case has been tried.
    if (c.contiguous.length > 1) yield { ...c, contiguous: c.contiguous.filter((other) => other !== first) };
    // One by one, read-only entries of a block could not become clean.
    const clean = cleaned(c.row.slice(first, first + contPtes));
    const row = c.row.slice(0, first) + clean + c.row.slice(first + contPtes);
    if (row !== c.row) yield { ...c, row };
  }
}

const cleaned = (row: string): string => row.replaceAll('O', 'o').replaceAll('Y', 'y');

/** Entries that are few enough to be moved one by one, so that a smaller span can hold them. */
const FEW_ENTRIES = 4;

function* lowerEntry(c: Case, slot: number): Generator<Case> {
  for (const lower of new Set([0, slot >> 1, slot - 1])) {
    if (lower < 0 || lower >= slot || c.row[lower] !== '.') continue;
    const { [String(slot)]: own, ...bits } = c.bits;
    const row = replaceAt(replaceAt(c.row, lower, c.row[slot]), slot, '.').replace(/\.+$/, '');
    const moved = own === undefined ? bits : { ...bits, [String(lower)]: own };
    yield { ...c, row, bits: moved, contiguous: wholeBlocks(c, (kept) => kept !== slot) };
  }
}

function withoutEntries(c: Case, slots: readonly number[]): Case {
  const gone = new Set(slots);
  const row = [...c.row].map((character, slot) => (gone.has(slot) ? '.' : character)).join('');
  const bits = Object.entries(c.bits).filter(([slot]) => !gone.has(Number(slot)));
  const contiguous = wholeBlocks(c, (slot) => !gone.has(slot));
  return { ...c, row: row.replace(/\.+$/, ''), bits: Object.fromEntries(bits), contiguous };
}

/** Parts of a list to leave out, as index ranges: halves first, then smaller ones, then one by one. */
function* portions(length: number): Generator<readonly [from: number, to: number]> {
  for (let size = Math.max(1, length >> 1); size >= 1 && length > 0; size >>= 1) {
    for (let from = 0; from < length; from += size) yield [from, from + size];
  }
}

const replaceAt = (row: string, slot: number, character: string): string =>
  row.slice(0, slot) + character + row.slice(slot + 1);

function* fewerFolios(c: Case): Generator<Case> {
  if (c.valueEntries.length > 0) yield { ...c, valueEntries: [] };
  const { folios } = c;
  if (folios.length < 2) return;
  for (const [from, to] of portions(folios.length)) {
    yield { ...c, folios: [...folios.slice(0, from), ...folios.slice(to)] };
  }
}

function* plainerFolios(c: Case): Generator<Case> {
  const special = c.folios.filter((folio) => Object.keys(folio).length > 2).length;
  if (special > 1) yield { ...c, folios: c.folios.map(({ at, order }) => ({ at, order })) };
  for (let i = 0; i < c.folios.length; i++) {
    for (const folio of plainerFolio(c.folios[i])) {
      yield { ...c, folios: c.folios.map((other, j) => (i === j ? folio : other)) };
    }
  }
}

function* plainerFolio(folio: CaseFolio): Generator<CaseFolio> {
  const { at, order, flags = [] } = folio;
  if (Object.keys(folio).length > 2) yield { at, order };
  if (order > 0) {
    yield { at, order: 0 };
    yield { at, order: order - 1 };
    yield { at: at + (1 << (order - 1)), order: order - 1 };
    yield { ...folio, order: order - 1 };
    yield { ...folio, at: at + (1 << (order - 1)), order: order - 1 };
  }
  for (const flag of flags) yield { ...folio, flags: flags.filter((other) => other !== flag) };
  for (const key of ['hwpoison', 'maps', 'pmdMaps', 'refs', 'flags'] as const) {
    if (folio[key] === undefined) continue;
    const { [key]: _gone, ...rest } = folio;
    yield rest;
  }
  yield* plainerMaps(folio);
}

function* plainerMaps(folio: CaseFolio): Generator<CaseFolio> {
  const pages = Object.keys(folio.maps ?? {});
  if (pages.length > 1) for (const page of pages) yield { ...folio, maps: { [page]: 1 } };
  if ((folio.pmdMaps ?? 0) > 1) yield { ...folio, pmdMaps: 1 };
}

function* plainerSteps(c: Case): Generator<Case> {
  for (let i = 0; i < c.steps.length; i++) {
    for (const step of plainerStep(c.steps[i])) {
      yield { ...c, steps: c.steps.map((other, j) => (i === j ? step : other)) };
    }
  }
}

function* plainerStep(step: Step): Generator<Step> {
  if ('write' in step) yield { read: step.write, ...(step.by && { by: step.by }) };
  if (('read' in step || 'write' in step) && step.by !== undefined) {
    const { by: _gone, ...rest } = step;
    yield rest as Step;
  }
  const slot = slotOf(step);
  for (const lower of [0, slot >> 1, slot - 1]) if (lower >= 0 && lower < slot) yield atSlot(step, lower);
}
