/** One instance of compiled code, here a small one of our own: memory, calls out, and how it dies. */
import { beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../../../src/kernel/compile.js';
import { type Host, KernelDied, Machine } from '../../../src/kernel/engine/machine.js';
import { layoutHeader, SCENE } from '../../../src/kernel/layout.js';

const installed = await import('@yowasp/clang').then(
  () => true,
  () => false,
);

const SOURCE = `
#include "layout.h"
int image[8], scene[SCENE_WORDS], head_of[4], folio_pages[4];
unsigned char hwpoison[4];
__attribute__((import_module("host"), import_name("fault"))) int host_fault(void);
#define EXPORT(name) __attribute__((export_name(name)))
EXPORT("image") void *a(void) { return image; }
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

const host: Host = { fault: () => 40, unmap() {}, truncate() {}, race() {}, event() {} };
let module: WebAssembly.Module;

function machine(slot: number): Machine {
  const made = new Machine(module, host, 4, 8);
  made.scene[SCENE.FAULT_SLOT] = slot;
  return made;
}

describe.skipIf(!installed)('a machine', () => {
  beforeAll(async () => {
    const { wasm } = await compile({ 'layout.h': layoutHeader(), 'a.c': SOURCE }, 'a.c', new Map());
    module = new WebAssembly.Module(wasm ?? new Uint8Array());
  });

  it('shares its memory, and calls out', () => {
    const made = machine(1);
    made.image[1] = 2;
    expect(made.run()).toBe(42);
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
