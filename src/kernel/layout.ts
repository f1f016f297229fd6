/**
 * The layout that the engine and the compiled code share: the image's columns and words, the bits in them, and the
 * block of the scene. From it the header of the shim is generated.
 */
import * as bits from '../mm/bits.js';
import { ALL_SLOT_COLUMNS, CONFORM_SLOT_COLUMNS, FIELDS, MM_WORDS, SLOT_COLUMNS } from '../mm/fields.js';
import * as scene from '../mm/scene.js';
import { KERNEL_ARCHS, type KernelArch } from './config.js';
import { EVENTS } from './engine/events.js';

/** Words of the scene block that belong to a layout: they stay the same in its cases, and are compared. */
const LAYOUT_BLOCK = [
  'SPAN',
  'PT_OFFSET',
  'VMA_START',
  'VMA_PAGES',
  'SHIFT',
  'FILE_BASE',
  'VM_FLAGS',
  'FILE_KIND',
  'MKWRITE',
  'HAS_MAP_PAGES',
  'HW_AF',
  'COUNTING',
] as const;

/** Words of the scene block, one 32-bit integer each, in this order. */
export const SCENE_BLOCK = [
  ...LAYOUT_BLOCK,
  // the arrays of the page cache's geometry are other ones
  'NEW_CACHE',
  'I_SIZE_TAIL',
  'FAILURES',
  'RACE',
  'RACE_AT',
  'FAULT_AROUND_PAGES',
  // the fault itself
  'FAULT_FLAGS',
  'FAULT_SLOT',
  'FAULT_PAGE',
  'SETTER_CALLED',
  'BUG_LINE',
  'BUG_FILE',
  'ENDLESS',
  'WARNINGS',
] as const;

export type SceneWord = (typeof SCENE_BLOCK)[number];

/** Index of each word in the scene block. */
export const SCENE = Object.fromEntries(SCENE_BLOCK.map((name, i) => [name, i])) as Readonly<Record<SceneWord, number>>;

/** Most page slots that an image has: a page table and the spare pages of private writes. */
export const MAX_SLOTS = bits.PTRS_PER_PTE + bits.COW_PAGES;
/** Words of the largest image. */
export const MAX_IMAGE_WORDS = ALL_SLOT_COLUMNS.length * MAX_SLOTS + MM_WORDS;

/**
 * The memory of an engine, in bytes, which all of its instances share: behind their stack the image, and behind that
 * the data of each of them, in a place of its own.
 */
const MEMORY_PAGE = 65_536;
export const PAGES_OF_INSTANCE = 8;
export const IMAGE_ADDRESS = MEMORY_PAGE;
export const MEMORY_PAGES = 2 + PAGES_OF_INSTANCE * KERNEL_ARCHS.length;

/** The page of the memory with which the data of an architecture's instance begins, and its address. */
export const firstPage = (arch: KernelArch): number => 2 + PAGES_OF_INSTANCE * KERNEL_ARCHS.indexOf(arch);
export const dataAddress = (arch: KernelArch): number => MEMORY_PAGE * firstPage(arch);

function constants(prefix: string, values: object): string[] {
  return Object.entries(values)
    .filter(([, value]) => typeof value === 'number')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `#define ${prefix}${name} (${value})`);
}

/** Where column number `i` of the image begins, as C: the words of the mm stand between the two groups. */
function columnStart(i: number): string {
  const words = i < SLOT_COLUMNS.length ? '' : ` + ${MM_WORDS}`;
  return `((slots) * ${i}${words})`;
}

/** The text of shim/layout.h. */
export function layoutHeader(): string {
  const columns = [...SLOT_COLUMNS, ...CONFORM_SLOT_COLUMNS];
  const mm = FIELDS.filter(({ site }) => site === 'mm');
  return [
    '/* SPDX-License-Identifier: GPL-2.0-only */',
    '/** Generated from src/mm/fields.ts, bits.ts and scene.ts by npm run generate: layout of image and scene. */',
    '#ifndef SHIM_LAYOUT_H',
    '#define SHIM_LAYOUT_H',
    '',
    ...columns.map((name, i) => `#define IMG_COLUMN_${name}(slots) ${columnStart(i)}`),
    `#define IMG_MM(slots) ((slots) * ${SLOT_COLUMNS.length})`,
    `#define IMG_MM_WORDS (${MM_WORDS})`,
    `#define IMG_MAX_WORDS (${MAX_IMAGE_WORDS})`,
    `#define IMG_ADDRESS (${IMAGE_ADDRESS})`,
    ...mm.map(({ name, word }) => `#define WORD_${name.replace(/\W/g, '_')} (${word})`),
    '',
    ...constants('IMG_', bits),
    '',
    ...constants('CASE_', scene),
    '',
    ...SCENE_BLOCK.map((name, i) => `#define SCENE_${name} (${i})`),
    `#define SCENE_WORDS (${SCENE_BLOCK.length})`,
    `#define SCENE_LAYOUT_WORDS (${LAYOUT_BLOCK.length})`,
    '',
    ...EVENTS.map((name, i) => `#define SHIM_EVENT_${name} (${i})`),
    '',
    '#endif',
    '',
  ].join('\n');
}
