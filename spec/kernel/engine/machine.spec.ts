/** One instance of compiled code, here a small one of our own: memory, calls out, and how it dies. */
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../src/kernel/compile.js';
import { KERNEL_ARCHS } from '../../../src/kernel/config.js';
import { type Host, KernelDied, Machine } from '../../../src/kernel/engine/machine.js';
import { allocateImage, memoryOf, newMemory } from '../../../src/kernel/engine/memory.js';
import { dataAddress, IMAGE_ADDRESS, layoutHeader, MAX_IMAGE_WORDS, SCENE } from '../../../src/kernel/layout.js';
import { ALL_SLOT_COLUMNS, MM_WORDS } from '../../../src/mm/fields.js';

const installed = await import('@yowasp/clang').then(
  () => true,
  () => false,
);

const SOURCE = `
#include "layout.h"
int *const image = (int *)IMG_ADDRESS;
int scene[SCENE_WORDS], head_of[4], folio_pages[4];
unsigned char hwpoison[4];
__attribute__((import_module("host"), import_name("fault"))) int host_fault(void);
#define EXPORT(name) __attribute__((export_name(name)))
EXPORT("scene") void *b(void) { return scene; }
EXPORT("headOf") void *c(void) { return head_of; }
EXPORT("folioPages") void *d(void) { return folio_pages; }
EXPORT("hwpoison") void *e(void) { return hwpoison; }
EXPORT("run") int run(void)
{
	int slot = scene[SCENE_FAULT_SLOT];

	if (slot < 2)
		return image[slot] + host_fault();
	if (slot < 4) {
		scene[SCENE_BUG_FILE] = (int)"mm/a.c";
		scene[SCENE_BUG_LINE] = 7;
		scene[SCENE_ENDLESS] = slot == 3;
	}
	__builtin_trap();
}
`;

/** as long as the image of a span of 4 */
const WORDS = 8 * ALL_SLOT_COLUMNS.length + MM_WORDS;

const host: Host = { fault: () => 40, unmap() {}, truncate() {}, race() {}, event() {} };
const files = { 'layout.h': layoutHeader(), 'a.c': SOURCE };
let module: WebAssembly.Module;
let otherModule: WebAssembly.Module;

function machine(slot: number, memory = newMemory()): Machine {
  const made = new Machine(module, host, memory, 4);
  made.scene[SCENE.FAULT_SLOT] = slot;
  return made;
}

describe.skipIf(!installed)('a machine', () => {
  beforeAll(async () => {
    const { wasm } = await compile(files, 'a.c', new Map(), { data: dataAddress('x86-64') });
    module = new WebAssembly.Module(wasm ?? new Uint8Array());
    const other = await compile(files, 'a.c', new Map(), { data: dataAddress('riscv64') });
    otherModule = new WebAssembly.Module(other.wasm ?? new Uint8Array());
  });

  it('works on the image in its memory, and calls out', () => {
    const image = allocateImage(WORDS);
    image[1] = 2;
    expect(machine(1, memoryOf(image)).run()).toBe(42);
  });

  it('shares the memory with those of other architectures, and nothing else', () => {
    const image = allocateImage(WORDS);
    const memory = memoryOf(image) ?? newMemory();
    const one = machine(1, memory);
    const other = new Machine(otherModule, host, memory, 4);
    image[1] = 2;
    expect([one.scene[SCENE.FAULT_SLOT], other.scene[SCENE.FAULT_SLOT]]).toEqual([1, 0]);
    other.scene[SCENE.FAULT_SLOT] = 1;
    expect([one.run(), other.run()]).toEqual([42, 42]);
  });

  it('has room for the data of every architecture behind the largest image', () => {
    const { byteLength } = newMemory().buffer;
    const starts = KERNEL_ARCHS.map(dataAddress);
    expect(Math.min(...starts)).toBeGreaterThanOrEqual(IMAGE_ADDRESS + 4 * MAX_IMAGE_WORDS);
    expect(new Set(starts).size).toBe(KERNEL_ARCHS.length);
    expect(Math.max(...starts)).toBeLessThan(byteLength);
  });

  it.each([
    ['an assertion', 2, 'assertion at mm/a.c:7'],
    ['what never ends', 3, 'endless loop at mm/a.c:7'],
    ['a trap', 4, 'unreachable'],
  ])('dies of %s, and says so', (_name, slot, message) => {
    const made = machine(slot);
    expect(() => made.run()).toThrow(KernelDied);
    expect(() => made.run()).toThrow(message);
  });

  it('works again after it died', () => {
    const made = machine(2);
    expect(() => made.run()).toThrow(KernelDied);
    made.scene[SCENE.FAULT_SLOT] = 0;
    expect(made.run()).toBe(40);
  });

  it('counts nothing unless it was compiled to', () => {
    expect(machine(0).hits(3)).toEqual(new Uint32Array());
  });
});
