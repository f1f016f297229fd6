/**
 * A bench for the shim's stubs: one small translation unit of probes around the shim's own text, with plain entries in
 * place of an architecture's. Each probe loads the state from the image, runs a few statements and stores it again.
 */
import { readFile } from 'node:fs/promises';
import { loadCase } from '../../../src/cases/load.js';
import { compile } from '../../../src/kernel/compile.js';
import { type Host, KernelDied, Machine } from '../../../src/kernel/engine/machine.js';
import { imageIn, newMemory } from '../../../src/kernel/engine/memory.js';
import { dataAddress, SCENE } from '../../../src/kernel/layout.js';
import { COMMON_BODIES, COMMON_HEADERS, SHIM_HEADERS } from '../../../src/kernel/source.js';
import { Image } from '../../../src/mm/image.js';
import type { Scene } from '../../../src/mm/scene.js';
import { layout } from '../../support.js';

/** Kernels that stubs stand for: before 6.5 without the names that came later, and from 6.5 on; each with a header. */
export const KINDS = { old: 'riscv64.h', new: 'arm64.h', x86: 'x86_64.h' } as const;
export type Kind = keyof typeof KINDS;

const NEW_NAMES = ['__pte_offset_map_lock', '__folio_add_rmap', 'set_ptes'];

/** One test of stubs. */
export interface Row {
  /** what the stubs do, after their names */
  readonly does: string;
  /** statements; F(i) and P(i) are folio and page at index i, A(s) the address of a slot */
  readonly c: string;
  /** what they return; 1 unless told, or that an assertion fires */
  readonly gives?: number | 'dies';
  /** those of the ways that end alike that are taken; none unless told */
  readonly ways?: readonly number[];
  /** kernels that it is about; old and new unless told */
  readonly on?: readonly Kind[];
  readonly before?: (image: Image, scene: Scene) => void;
  readonly after?: (bench: Bench) => void;
}

/** 16 pages of a file: folios of 4, 1 and 8 pages, a value entry at 6, nothing at 5 and 7. */
const LAYOUT = layout({
  folios: [
    { at: 0, order: 2 },
    { at: 4, order: 0 },
    { at: 8, order: 3, hwpoison: [9] },
  ],
  valueEntries: [6],
});

/* What the bodies of the shim take from a tree and from an architecture. */
const TREE = `
enum { MM_FILEPAGES, MM_ANONPAGES, MM_SHMEMPAGES };
enum { NR_FILE_MAPPED, NR_ANON_MAPPED, NR_FILE_PMDMAPPED, NR_SHMEM_PMDMAPPED, NR_UNKNOWN };
enum { THP_FILE_MAPPED = 40, OTHER_EVENT };
enum { VM_FAULT_OOM = 1, VM_FAULT_FALLBACK, VM_FAULT_LOCKED };
enum { VM_SOFTDIRTY = 256, VM_DONTEXPAND = 512, VM_PFNMAP = 1024 };
vm_fault_t do_set_pmd(struct vm_fault *vmf, struct page *page);
#ifdef KIND_old
enum { _PAGE_READ = 1, _PAGE_PROT_NONE, _PAGE_PRESENT, _PAGE_ACCESSED, _PAGE_USER, _PAGE_WRITE, _PAGE_EXEC };
enum { _PAGE_SPECIAL = 8, _PAGE_DIRTY };
enum { VM_READ = 1, VM_WRITE = 2, VM_EXEC = 4, VM_SHARED = 8, VM_OTHER = 16 };
static const pgprot_t protection_map[16] = { [5] = { 7 }, [11] = { 9 } };
#endif
#define pmd_none(entry) (((entry).pmd & IMG_PMD_STATE_MASK) == IMG_PMD_NONE)
#define pmd_trans_huge(entry) (((entry).pmd & IMG_PMD_STATE_MASK) == IMG_PMD_HUGE)
#ifdef KIND_x86
#define pte_val(x) ((x).pte)
#define __pte(x) ((pte_t){ (x) })
#define pmd_val(x) ((x).pmd)
#define __pmd(x) ((pmd_t){ (x) })
#endif
static struct vm_area_struct shim_vma;
static pte_t shim_encode(u32 flags, u32 pfn) { return __pte((u64)pfn << 32 | flags); }
static void shim_decode(pte_t pte, int *flags, int *pfn)
{
	*flags = (int)pte_val(pte);
	*pfn = (int)(pte_val(pte) >> 32);
}
static pmd_t shim_encode_pmd(u32 word) { return __pmd(word); }
static u32 shim_decode_pmd(pmd_t pmd) { return (u32)pmd_val(pmd); }
#define pte_none(entry) (pte_val(entry) == 0)
#define F(i) ((struct folio *)&shim_pages[i])
#define P(i) (&shim_pages[i])
#define A(slot) slot_address(slot)
`;

const address = (name: string, object: string): string =>
  `__attribute__((export_name("${name}"))) void *address_of_${object}(void) { return ${object}; }\n`;
const EXPORTS =
  address('scene', 'shim_scene') +
  address('headOf', 'shim_head_of') +
  address('folioPages', 'shim_folio_pages') +
  address('hwpoison', 'shim_hwpoison');

const include = (name: string): string => `#include "${name}"\n`;
/** A table as the image has it, in place of an architecture's. */
const TABLE = '#undef SHIM_PMD_TABLE\n#define SHIM_PMD_TABLE IMG_PMD_TABLE\n';
/** Those that need an architecture's entries, or the functions of a tree, have no place here. */
const BODIES = COMMON_BODIES.filter((name) => name !== 'entries.c' && name !== 'entry.c');

/** Which of the ways that end alike are taken follows from the row, not from the fault. */
function withWaysOfRows(text: string): string {
  const ways = /static inline bool shim_(?:layout_)?way\(int way\)\n\{[\s\S]*?\n\}\n/g;
  if (text.match(ways)?.length !== 2) throw new Error('alike.h has no shim_way() or no shim_layout_way()');
  const chosen = 'static u32 bench_ways;\n#define shim_way(way) ((bool)(bench_ways >> (way) & 1))\n';
  return text.replace(ways, '').replace(/(?=\/\*\*\n \* Stub)/, `${chosen}#define shim_layout_way shim_way\n`);
}

const probe = ({ c, ways = [] }: Row, i: number): string =>
  `static int probe_${i}(void)\n{\n\tbench_ways = ${ways.reduce((sum, way) => sum | (1 << way), 0)};\n#line 1 "probe ${i}"\n${c}\n}\n`;

/** The bench of a kind of kernels, with the rows that are about it. */
export class Bench {
  readonly calls: string[] = [];
  image = new Image(16);
  readonly #machine: Machine;
  /** the image as the stubs see it */
  readonly #memory: Int32Array;

  private constructor(module: WebAssembly.Module) {
    const { slots, words } = this.image;
    const note = (call: string): void => {
      this.calls.push(call);
    };
    const host: Host = {
      fault: () => 0,
      unmap: (page, pages) => note(`unmap ${page} ${pages}`),
      truncate: (folio) => note(`truncate ${folio}`),
      race: (finish) => note(`race ${finish}`),
      event: (kind) => note(`event ${kind}`),
    };
    const memory = newMemory();
    this.#memory = imageIn(memory, words.length);
    this.#machine = new Machine(module, host, memory, slots);
  }

  /** @throws Error with the compiler's words */
  static async of(kind: Kind, rows: readonly Row[]): Promise<Bench> {
    const files: Record<string, string> = {};
    const bodies = kind === 'old' ? ['riscv64.c', ...BODIES] : BODIES;
    const folder = new URL('../../../src/kernel/shim/', import.meta.url);
    for (const name of [...SHIM_HEADERS, ...bodies]) files[name] = await readFile(new URL(name, folder), 'utf8');
    files['alike.h'] = withWaysOfRows(files['alike.h'] ?? '');
    const own = kind === 'x86' ? [KINDS.x86] : ['plain_entries.h', KINDS[kind]];
    const dispatch =
      'static int (*const probes[])(void) = {\n' +
      `${rows.map((_, i) => `probe_${i},`).join(' ')}\n};\n` +
      '__attribute__((export_name("run"))) int run(void)\n{\n\tint ret;\n\n\tshim_fuel = SHIM_FULL;\n' +
      '\traced_folio = NULL;\n\tload_layout();\n\tret = probes[scene(FAULT_SLOT)]();\n\tstore_state();\n' +
      '\treturn ret;\n}\n';
    const before = [...COMMON_HEADERS, ...own].map(include).join('') + TREE;
    files['bench.c'] =
      before + bodies.map((name) => include(name) + TABLE).join('') + EXPORTS + rows.map(probe).join('') + dispatch;
    const names = kind === 'new' ? NEW_NAMES.map((name) => [`TREE_HAS_${name}`, '1'] as const) : [];
    const config = new Map([['CONFIG_THERE', '1'], [`KIND_${kind}`, '1'], ...names] as const);
    const { wasm, diagnostics } = await compile(files, 'bench.c', config, { data: dataAddress('arm64') });
    if (wasm === null) throw new Error(diagnostics);
    return new Bench(new WebAssembly.Module(wasm));
  }

  /** Runs probe number `i`: what it returned, or that it died; `image` and `calls` are those behind it. */
  run(i: number, { before = () => {} }: Row): number | 'dies' {
    const { scene, image } = loadCase(LAYOUT);
    before(image, scene);
    this.calls.length = 0;
    this.#load(scene, image, i);
    try {
      return this.#machine.run();
    } catch (error) {
      if (error instanceof KernelDied) return 'dies';
      throw error;
    } finally {
      this.image = image;
      image.words.set(this.#memory);
    }
  }

  /** how often a warning fired */
  get warnings(): number {
    return this.#machine.scene[SCENE.WARNINGS];
  }

  #load(scene: Scene, image: Image, i: number): void {
    const { scene: block } = this.#machine;
    this.#memory.set(image.words);
    block.fill(0);
    this.#machine.load(scene);
    block[SCENE.COUNTING] = 1;
    block[SCENE.FAULT_SLOT] = i;
  }
}
