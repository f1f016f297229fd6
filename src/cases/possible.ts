/** Which combinations of choices exist at all: each refusal names the part of the case and the kernel's reason. */
import { architecture } from '../mm/arch/index.js';
import { PTRS_PER_PTE } from '../mm/bits.js';
import type { Case, CaseFolio, CaseStep } from './case.js';
import { MAX_ACCESSES, type PTE_BIT_NAMES } from './names.js';

type PteBit = (typeof PTE_BIT_NAMES)[number];

/** The parts of a case do not fit together. `path` leads to the part, for the position in a file. */
export class ImpossibleCase extends Error {
  constructor(
    readonly path: readonly (string | number)[],
    message: string,
  ) {
    super(message);
    this.name = 'ImpossibleCase';
  }
}

function refuse(path: readonly (string | number)[], reason: string): never {
  throw new ImpossibleCase(path, reason);
}

function require(condition: boolean, path: readonly (string | number)[], reason: string): void {
  if (!condition) refuse(path, reason);
}

/**
 * Checks that the layout can exist.
 * @throws ImpossibleCase
 */
export function checkCase(plain: Case): void {
  checkVma(plain);
  checkFile(plain);
  const owner = checkFolios(plain);
  checkTable(plain, owner);
  checkContiguous(plain, owner);
  checkHugePmd(plain);
  plain.steps.forEach((step, i) => {
    checkStep(plain, step, i);
  });
  const accesses = plain.steps.filter((step) => 'read' in step || 'write' in step).length;
  require(accesses >= 1, ['steps'], 'at least one step must be an access');
  require(accesses <= MAX_ACCESSES, ['steps'], `at most ${MAX_ACCESSES} accesses, found ${accesses}`);
}

function checkVma({ vma, span }: Case): void {
  const end = vma.start + vma.pages;
  const atTableStart = vma.tableIndex === 0;
  const atTableEnd = vma.tableIndex + span === PTRS_PER_PTE;
  require(vma.tableIndex + span <= PTRS_PER_PTE, [
    'vma',
    'tableIndex',
  ], `slots ${vma.tableIndex} to ${vma.tableIndex + span - 1} run past the page table's ${PTRS_PER_PTE} entries`);
  require(end > 0 && vma.start < span, ['vma'], 'the mapping lies outside of the span');
  require(vma.start >= 0 || atTableStart, [
    'vma',
    'start',
  ], 'a mapping that begins before the span needs a span that begins with the page table (tableIndex 0)');
  require(end <= span || atTableEnd, [
    'vma',
    'pages',
  ], `a mapping that ends behind the span (slot ${end} of ${span}) needs a span that ends with the page table`);
  checkVmaFlags(vma.flags);
  require(!vma.vmaLock || !vma.mapPages, ['vma', 'vmaLock'], 'the per-VMA lock matters only without map_pages');
}

function checkVmaFlags(flags: readonly string[]): void {
  const has = (name: string): boolean => flags.includes(name);
  const path = ['vma', 'flags'];
  require(!(has('locked') && has('special')), path, 'the kernel clears VM_LOCKED of VM_SPECIAL mappings');
  require(!(has('random-read') && has('sequential-read')), path, 'MADV_RANDOM and MADV_SEQUENTIAL exclude each other');
  require(!(has('hugepage') && has('thp-disabled')), path, 'MADV_HUGEPAGE and MADV_NOHUGEPAGE exclude each other');
  require(!(has('protnone') && (has('write') || has('exec'))), path, 'PROT_NONE excludes write and exec');
}

function checkFile({ file, vma, arch }: Case): void {
  require(file.base % PTRS_PER_PTE === 0, ['file', 'base'], 'must be a multiple of 512 pages');
  const uffd = vma.flags.some((flag) => flag.startsWith('uffd-'));
  require(!uffd || file.kind !== 'regular', ['vma', 'flags'], 'userfaultfd registers shmem, not regular files');
  const arm = arch.startsWith('arm64');
  require(!vma.flags.includes('uffd-wp') || arm || arch === 'x86-64', [
    'vma',
    'flags',
  ], `${arch} has no userfaultfd write-protection`);
  require(!vma.flags.includes('uffd-minor') || arm || arch === 'x86-64', [
    'vma',
    'flags',
  ], `${arch} has no userfaultfd minor faults`);
  require(file.pageMkwrite === 'none' || file.kind === 'regular', ['file', 'pageMkwrite'], 'shmem has no page_mkwrite');
  const anonymous = file.kind === 'anon-shmem';
  require(!anonymous || vma.flags.includes('shared'), ['file', 'kind'], 'anonymous shmem is a shared mapping');
  require(vma.start + vma.fileIndex + file.base >= 0, ['vma', 'fileIndex'], 'the mapping begins before the file');
}

/** Checks the page cache; the result says for each index which folio covers it. */
function checkFolios(plain: Case): (CaseFolio | undefined)[] {
  const owner: (CaseFolio | undefined)[] = new Array(plain.span);
  plain.folios.forEach((folio, i) => {
    const path = ['folios', i];
    const size = 1 << folio.order;
    const end = folio.at + size;
    // Shrinking asks about many folios of many cases: reasons are made where they are needed.
    const { at, order } = folio;
    if (at % size !== 0) refuse(path, `folio of order ${order} at ${at} is not naturally aligned`);
    if (end > plain.span) refuse(path, `folio at ${at} of order ${order} reaches past the span of ${plain.span}`);
    for (let page = at; page < end; page++) {
      if (owner[page] !== undefined) refuse(path, `folio overlaps another one at index ${page}`);
      owner[page] = folio;
    }
    checkFolio(folio, path, end);
  });
  plain.valueEntries.forEach((index, i) => {
    require(index < plain.span, ['valueEntries', i], 'value entry past the span');
    require(owner[index] === undefined, ['valueEntries', i], `index ${index} holds a folio`);
  });
  return owner;
}

function checkFolio(folio: CaseFolio, path: (string | number)[], end: number): void {
  const { hwpoison = [], maps, pmdMaps = 0, refs = 0, flags = [] } = folio;
  const outside = (page: number): boolean => page < folio.at || page >= end;
  for (const page of hwpoison) if (outside(page)) refuse([...path, 'hwpoison'], `page ${page} is not in the folio`);
  for (const page of Object.keys(maps ?? {})) {
    if (outside(Number(page))) refuse([...path, 'maps'], `page ${page} is not in the folio`);
  }
  if (pmdMaps > 0 && folio.order !== 9) refuse([...path, 'pmdMaps'], 'only a folio of order 9 is mapped by PMD');
  const held = maps !== undefined || pmdMaps > 0 || refs > 0;
  if (!held) return;
  const own = [...path, 'flags'];
  require(!flags.includes('refcount-zero'), own, 'a folio without references has no mappings and no holders');
  require(!flags.includes('not-uptodate'), own, 'a folio is not mapped before it is uptodate');
}

function checkTable(plain: Case, owner: readonly (CaseFolio | undefined)[]): void {
  require(plain.row.length <= plain.span, ['row'], `row of ${plain.row.length} slots for a span of ${plain.span}`);
  require(plain.row.replaceAll('.', '') === '' || plain.pmd === 'table', [
    'row',
  ], 'entries need a page table (pmd: table)');
  const end = plain.vma.start + plain.vma.pages;
  for (let slot = 0; slot < plain.row.length; slot++) {
    const character = plain.row[slot];
    if (character === '.') continue;
    require(slot >= plain.vma.start && slot < end, ['row'], `entry in slot ${slot} lies outside of the mapping`);
    checkEntry(plain, owner, slot, character);
  }
  for (const slot of Object.keys(plain.bits)) {
    require('oyOYa'.includes(plain.row[Number(slot)] ?? '.'), ['bits', slot], `slot ${slot} has no present entry`);
  }
}

function checkEntry(plain: Case, owner: readonly (CaseFolio | undefined)[], slot: number, character: string): void {
  const flags = plain.vma.flags;
  if (character === 'a') {
    require(!flags.includes('shared') && flags.includes('write'), [
      'row',
    ], `slot ${slot}: a private copy needs a private writable mapping`);
  } else if (character === 'u') {
    const known = plain.arch === 'x86-64' || plain.arch.startsWith('arm64');
    require(known && plain.file.kind !== 'regular', [
      'row',
    ], `slot ${slot}: uffd-wp markers exist for shmem on x86-64 and arm64`);
  } else if (character === 's') {
    require(!flags.includes('shared'), ['row'], `slot ${slot}: swap entries belong to private copies`);
  } else {
    const folio = owner[slot + plain.vma.fileIndex];
    const usable =
      folio !== undefined && !(folio.flags ?? []).some((flag) => flag === 'refcount-zero' || flag === 'not-uptodate');
    require(usable, ['row'], `slot ${slot}: no uptodate folio is cached for its page`);
  }
}

/** Blocks as contpte_set_ptes() and __contpte_try_fold() leave them (arch/arm64/mm/contpte.c). */
function checkContiguous(plain: Case, owner: readonly (CaseFolio | undefined)[]): void {
  if (plain.contiguous.length === 0) return;
  const { contPtes } = architecture(plain.arch);
  require(contPtes > 0, ['contiguous'], `${plain.arch} has no contiguous entries`);
  require(!plain.vma.flags.includes('protnone'), ['contiguous'], 'entries of a PROT_NONE mapping are not contiguous');
  plain.contiguous.forEach((first, i) => {
    const path = ['contiguous', i];
    const page = first + plain.vma.fileIndex;
    const isAligned = (first + plain.vma.tableIndex) % contPtes === 0 && page % contPtes === 0;
    require(isAligned, path, `slot ${first}: not aligned to ${contPtes}, in the page table and in the file`);
    require(plain.contiguous.indexOf(first) === i, path, `slot ${first} is named twice`);
    for (let slot = first; slot < first + contPtes; slot++) {
      const isPresent = 'oyOY'.includes(plain.row[slot] ?? '.');
      if (!isPresent) refuse(path, `slot ${slot} has no present entry, the block from ${first} needs ${contPtes}`);
    }
    require(owner[page] === owner[page + contPtes - 1], path, `the block from ${first} is not of one folio`);
    checkAlike(plain, first, contPtes, path);
  });
}

/** Entries of a block differ in what hardware sets alone: young, and dirty where they are writable. */
function checkAlike(plain: Case, first: number, pages: number, path: (string | number)[]): void {
  const { row, bits, vma, file } = plain;
  const has = (slot: number, name: PteBit): boolean => bits[String(slot)]?.includes(name) ?? false;
  const shares = file.kind !== 'regular' && vma.flags.includes('shared') && vma.flags.includes('write');
  const isWritable = (slot: number): boolean => !has(slot, 'uffd-wp') && (shares || has(slot, 'write'));
  const isDirty = (slot: number): boolean => 'OY'.includes(row[slot]) || has(slot, 'dirty');
  for (let slot = first + 1; slot < first + pages; slot++) {
    const isAlike = isWritable(slot) === isWritable(first) && has(slot, 'uffd-wp') === has(first, 'uffd-wp');
    if (!isAlike) refuse(path, `slots ${first} and ${slot} of one block differ in more than young and dirty`);
    if (isDirty(slot) !== isDirty(first) && !isWritable(first)) {
      refuse(path, `slots ${first} and ${slot} of one block differ in dirty, but are not writable`);
    }
  }
}

function checkHugePmd(plain: Case): void {
  if (plain.pmd !== 'huge') return;
  const folio = plain.folios.find((candidate) => candidate.at === 0 && candidate.order === 9);
  const aligned = plain.span === 512 && plain.vma.fileIndex === 0;
  require(aligned && folio !== undefined, [
    'pmd',
  ], 'a huge PMD needs a span of 512 pages and a folio of order 9 at index 0');
  const covered = plain.vma.start <= 0 && plain.vma.start + plain.vma.pages >= PTRS_PER_PTE;
  require(covered, ['pmd'], 'a huge PMD needs a mapping of the whole page table');
  const flags = folio?.flags ?? [];
  require(!flags.includes('refcount-zero') && !flags.includes('not-uptodate'), [
    'pmd',
  ], 'the mapped folio must be uptodate');
}

function checkStep(plain: Case, step: CaseStep, i: number): void {
  const path = ['steps', i];
  if ('zap' in step || 'age' in step) {
    const range = 'zap' in step ? step.zap : step.age;
    require(range.from + range.pages <= plain.span, path, `range reaches past the span of ${plain.span}`);
    return;
  }
  const write = 'write' in step;
  const slot = write ? step.write : step.read;
  const end = plain.vma.start + plain.vma.pages;
  require(slot < plain.span, path, `slot ${slot} lies past the span of ${plain.span}`);
  require(slot >= plain.vma.start &&
    slot < end, path, `fault at slot ${slot} lies outside of the mapping (slots ${plain.vma.start} to ${end - 1})`);
  const flags = plain.vma.flags;
  const forced = step.by === 'gup';
  require(!flags.includes('protnone') || forced, path, 'only gup reaches a PROT_NONE mapping (FOLL_FORCE)');
  if (!write || flags.includes('write')) return;
  require(forced &&
    !flags.includes('shared'), path, 'writing a read-only mapping: only gup, only private (FOLL_FORCE)');
}
