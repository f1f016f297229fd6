/** The room that a module's data has in the memory of an engine. */
import { describe, expect, it } from 'vitest';
import { useKernel } from '../../../src/campaign/kernels.js';
import { Cache } from '../../../src/kernel/cache/cache.js';
import { compile } from '../../../src/kernel/compile.js';
import { loadKernel } from '../../../src/kernel/engine/load.js';
import { importedPages, requireRoom } from '../../../src/kernel/engine/room.js';
import { dataAddress, firstPage, PAGES_OF_INSTANCE } from '../../../src/kernel/layout.js';
import { readKernel } from '../../../src/kernel/stored.js';
import { addFake, fakeWasm } from '../fake_kernel.js';
import { folderOfEach } from '../samples.js';

const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const name = (text: string): number[] => [text.length, ...Buffer.from(text)];
const imported = (...kind: readonly number[]): number[] => [...name('env'), ...name('it'), ...kind];
const section = (id: number, ...bytes: readonly number[]): number[] => [id, bytes.length, ...bytes];
const moduleOf = (...imports: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...MAGIC,
    ...section(0, ...name('a name')),
    ...section(1, 1, 0x60, 0, 0),
    ...section(2, imports.length, ...imports.flat()),
  ]);

const FUNCTION = imported(0, 0);
const TABLE = imported(1, 0x70, 1, 4, 9);
const GLOBAL = imported(3, 0x7f, 0);

/** A memory of so many pages, two bytes long in LEB128. */
const memory = (pages: number): number[] => imported(2, 1, (pages & 127) | 128, pages >> 7, 0x80, 2);

const PAGE = 65_536;
const first = firstPage('arm64');

describe('the pages of memory that a module needs', () => {
  it.each([
    ['alone', [memory(21)], 21],
    ['behind imports of every other kind', [FUNCTION, TABLE, GLOBAL, memory(200)], 200],
    ['of a module without a memory', [FUNCTION], null],
  ])('are found %s', (_what, imports, pages) => {
    const wasm = moduleOf(...imports);
    // The real thing takes it for a module as well.
    expect(new WebAssembly.Module(wasm)).toBeInstanceOf(WebAssembly.Module);
    expect(importedPages(wasm)).toBe(pages);
  });

  it('are found in no module without imports', () => {
    expect(importedPages(Uint8Array.from(MAGIC))).toBeNull();
  });

  it('are not looked for behind the end', () => {
    expect(() => importedPages(moduleOf(memory(3)).subarray(0, -4))).toThrow('the module is cut short');
  });
});

describe('the data of a module', () => {
  it('may fill its place', () => {
    expect(() => requireRoom(moduleOf(memory(first + PAGES_OF_INSTANCE)), 'arm64', 'kernel:6.1')).not.toThrow();
  });

  it('may not go beyond it, which is said in one line', () => {
    const wasm = moduleOf(memory(first + PAGES_OF_INSTANCE + 1));
    const message = 'kernel:6.1: its data for arm64 needs 576 KiB of memory, expected at most 512 KiB';
    expect(() => requireRoom(wasm, 'arm64', 'kernel:6.1')).toThrow(message);
    expect(() => loadKernel({ wasm: new Map([['arm64', wasm]]), knowsVmaLock: false }, 'kernel:6.1')).toThrow(
      expect.objectContaining({ name: 'InputError', exitCode: 3, message }),
    );
  });

  it('has a place of its own for each architecture', () => {
    const wasm = moduleOf(memory(first + 1));
    expect(() => requireRoom(wasm, 'arm64', '')).not.toThrow();
    expect(() => requireRoom(wasm, 'x86-64', '')).toThrow('its data for x86-64 needs');
  });
});

const folder = folderOfEach();

it('a kernel of the cache is looked at when it becomes an engine', () => {
  addFake(folder.path, 'mine');
  const stored = readKernel(new Cache(folder.path), 'mine');
  expect(useKernel(stored).id).toBe('kernel:mine');
  const large = new Map([['x86-64', moduleOf(memory(99))]] as const);
  expect(() => useKernel({ ...stored, wasm: large })).toThrow('kernel:mine: its data for x86-64 needs');
  expect(importedPages(fakeWasm(2))).toBe(1);
});

const installed = await import('@yowasp/clang').then(
  () => true,
  () => false,
);

it.skipIf(!installed)(
  'the linker counts data that begins as zero too',
  async () => {
    const textOf = (bytes: number): string =>
      `static char data[${bytes}];\n__attribute__((export_name("at"))) char *at(int i) { return &data[i]; }`;
    const pagesOf = async (bytes: number): Promise<number | null> => {
      const { wasm } = await compile({ 'a.c': textOf(bytes) }, 'a.c', new Map(), { data: dataAddress('arm64') });
      return wasm && importedPages(wasm);
    };
    expect(await pagesOf(8 * PAGE)).toBe(first + 8);
    expect(await pagesOf(8 * PAGE + 1)).toBe(first + 9);
  },
  120_000,
);
