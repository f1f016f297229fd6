/** A case as a few lines that a kernel developer reads at a glance: mapping, file, page cache, page table, accesses. */
import type { Case, CaseFolio, CaseStep } from '../cases/case.js';
import { PAGE_SIZE } from '../mm/bits.js';
import { LABEL_COLUMNS, labelled, plural, ranges, SLOTS_PER_LINE } from './words.js';

/** @param width columns for prose; rows of slots may be wider */
export function caseLines(plain: Case, width: number): string[] {
  const line = (label: string, text: string): string[] => (text === '' ? [] : labelled(label, text, width));
  return [
    ...line('machine', machine(plain)),
    ...line('mapping', mapping(plain)),
    ...line('file', file(plain)),
    ...rowLines('cache', cacheArt(plain)),
    ...plain.folios.flatMap((folio) => line('', folioNotes(folio))),
    ...rowLines('entries', plain.row.replace(/\.+$/, '')),
    ...line('', bits(plain)),
    ...line('', contiguous(plain)),
    ...line('access', steps(plain)),
    ...line('but', troubles(plain)),
  ];
}

function machine({ arch, span, faultAroundPages, pmd }: Case): string {
  const around = faultAroundPages === 1 ? 'no fault-around' : `fault-around of ${faultAroundPages} pages`;
  const table = pmd === 'table' ? '' : `, PMD entry ${pmd}`;
  return `${arch}, ${span} slots, ${around}${table}`;
}

function mapping({ vma }: Case): string {
  const last = vma.start + vma.pages - 1;
  const flags = vma.flags.filter((flag) => flag !== 'shared');
  const parts = [`slots ${vma.start} to ${last}`, vma.flags.includes('shared') ? 'shared' : 'private', ...flags];
  if (vma.tableIndex !== 0) parts.push(`slot 0 is entry ${vma.tableIndex} of the page table`);
  if (vma.fileIndex !== 0) parts.push(`slot 0 maps index ${vma.fileIndex} of the cache`);
  if (!vma.mapPages) parts.push('no ->map_pages');
  if (vma.vmaLock) parts.push('per-VMA lock');
  return parts.join(', ');
}

function file({ file }: Case): string {
  const { kind, base, size, mmapMiss, readahead, pageMkwrite } = file;
  const tail = size % PAGE_SIZE;
  const whole = Math.floor(size / PAGE_SIZE);
  const parts = [kind, `i_size ${plural(whole, 'page')}${tail === 0 ? '' : ` and ${plural(tail, 'byte')}`}`];
  if (base !== 0) parts.push(`cache index 0 is file page ${base}`);
  parts.push(`mmap_miss ${mmapMiss}`);
  if (!readahead) parts.push('no read-ahead');
  if (pageMkwrite !== 'none') parts.push(`->page_mkwrite: ${pageMkwrite}`);
  return parts.join(', ');
}

/** `[==]oo..[]v`: a large folio is a pair of brackets, `o` a single page, `v` a value entry, `!` a poisoned page. */
function cacheArt({ span, folios, valueEntries }: Case): string {
  const art = new Array<string>(span).fill('.');
  for (const { at, order, hwpoison = [] } of folios) {
    const last = at + 2 ** order - 1;
    art.fill('=', at, last + 1);
    art[at] = order === 0 ? 'o' : '[';
    if (order > 0) art[last] = ']';
    for (const page of hwpoison) art[page] = '!';
  }
  for (const index of valueEntries) art[index] = 'v';
  return art.slice(0, span).join('').replace(/\.+$/, '') || '(empty)';
}

/**
 * A long row comes in parts, each behind the number of its first slot; `*` stands for parts that are like the one
 * before, and empty ones are left out.
 */
function rowLines(label: string, row: string): string[] {
  if (row.length <= SLOTS_PER_LINE) return row === '' ? [] : [label.padEnd(LABEL_COLUMNS) + row];
  const lines: string[] = [label];
  let previous = '';
  for (let from = 0; from < row.length; from += SLOTS_PER_LINE) {
    const part = row.slice(from, from + SLOTS_PER_LINE);
    const isRepeated = part === previous;
    previous = part;
    const star = `${' '.repeat(LABEL_COLUMNS)}*`;
    if (/^\.*$/.test(part) || (isRepeated && lines.at(-1) === star)) continue;
    lines.push(isRepeated ? star : `${String(from).padStart(LABEL_COLUMNS - 2)}  ${part}`);
  }
  return lines;
}

/** What the art of a folio does not show; nothing for a plain folio. */
function folioNotes({ at, order, flags = [], hwpoison = [], maps = {}, pmdMaps = 0, refs = 0 }: CaseFolio): string {
  const notes: string[] = [...flags];
  const sorted = [...hwpoison].sort((a, b) => a - b);
  if (hwpoison.length > 0) notes.push(`poisoned ${sorted.length === 1 ? 'page' : 'pages'} ${ranges(sorted)}`);
  const mapped = Object.entries(maps).map(([page, count]) => (count === 1 ? page : `${page} (${count} times)`));
  if (mapped.length > 0) notes.push(`mapped by others: ${mapped.join(', ')}`);
  if (pmdMaps > 0) notes.push(`${plural(pmdMaps, 'PMD mapping')} elsewhere`);
  if (refs > 0) notes.push(plural(refs, 'more reference'));
  const last = at + 2 ** order - 1;
  return notes.length === 0 ? '' : `folio ${order === 0 ? at : `${at}-${last}`}: ${notes.join(', ')}`;
}

function bits({ bits }: Case): string {
  return Object.entries(bits)
    .map(([slot, names]) => `slot ${slot}: ${names.join(' ') || 'plain'}`)
    .join(', ');
}

function contiguous({ contiguous }: Case): string {
  const blocks = contiguous.length === 1 ? 'block from slot' : 'blocks from slots';
  return contiguous.length === 0 ? '' : `contiguous ${blocks} ${contiguous.join(', ')}`;
}

function steps({ steps, teardown }: Case): string {
  return [...steps.map(stepText), ...(teardown ? ['teardown'] : [])].join('; ');
}

function stepText(step: CaseStep): string {
  const span = ({ from, pages }: { from: number; pages: number }): string =>
    ranges([...Array(pages).keys()].map((i) => from + i));
  if ('zap' in step) return `zap ${span(step.zap)}`;
  if ('age' in step) return `age ${span(step.age)}`;
  const by = step.by === undefined || step.by === 'cpu' ? '' : ` by ${step.by}`;
  return ('read' in step ? `read slot ${step.read}` : `write slot ${step.write}`) + by;
}

function troubles({ failures, race }: Case): string {
  const raced = race.kind === 'none' ? [] : [`race ${race.kind} at ${race.at}`];
  return [...failures.map((name) => `fails: ${name}`), ...raced].join(', ');
}
