/**
 * A compiled kernel of a few bytes for where no tree is at hand: it leaves the image as it is, and every fault gets the
 * same answer.
 */
import { Cache } from '../../src/kernel/cache/cache.js';
import { PACKAGED } from '../../src/kernel/compilers.js';
import type { KernelArch } from '../../src/kernel/config.js';
import { dataAddress, SCENE } from '../../src/kernel/layout.js';
import { type About, partsOf } from '../../src/kernel/stored.js';
import type { HowMade } from '../../src/kernel/stored_tree.js';
import { engine } from '../support.js';

const KEY = 'a'.repeat(64);

const number = (value: number): number[] => {
  const rest = value >> 7;
  const isLast = (rest === 0 && (value & 64) === 0) || (rest === -1 && (value & 64) !== 0);
  return isLast ? [value & 127] : [(value & 127) | 128, ...number(rest)];
};
const section = (id: number, bytes: readonly number[]): number[] => [id, ...number(bytes.length), ...bytes];
const list = (items: readonly (readonly number[])[]): number[] => [...number(items.length), ...items.flat()];
const text = (name: string): number[] => [name.length, ...Buffer.from(name)];

const HITS = 4096;
/** Adds one to the word at an address. */
const bump = (at: number): number[] => [
  ...[0x41, ...number(at), 0x41, ...number(at), 0x28, 2, 0, 0x41, 1, 0x6a, 0x36, 2, 0],
];

export interface FakeRun {
  /** numbers of the counters that count the faults */
  readonly counters?: readonly number[];
  /** the fault calls the setter */
  readonly effective?: boolean;
}

/** A module whose run() returns `answer`, or traps. Its first counter counts the faults unless told otherwise. */
export function fakeWasm(answer: number | 'trap', run: FakeRun = {}): Uint8Array<ArrayBuffer> {
  const { counters = [0], effective = false } = run;
  const data = dataAddress('x86-64');
  const called = effective ? [data + 4 * SCENE.SETTER_CALLED] : [];
  const hit = [...counters.map((counter) => HITS + 4 * counter), ...called].flatMap(bump);
  const addresses = {
    scene: data,
    hits: HITS,
    headOf: data + 8192,
    folioPages: data + 16384,
    hwpoison: data + 32768,
  };
  const bodies = [answer, ...Object.values(addresses)].map((value, i) => {
    const code = [...(i === 0 ? hit : []), ...(value === 'trap' ? [0x00] : [0x41, ...number(value)])];
    return [...number(code.length + 2), 0, ...code, 0x0b];
  });
  const names = ['run', ...Object.keys(addresses)];
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, list([[0x60, 0, 1, 0x7f]])),
    ...section(2, list([[...text('env'), ...text('memory'), 2, 0, 1]])),
    ...section(3, list(names.map(() => [0]))),
    ...section(7, list(names.map((name, i) => [...text(name), 0, i]))),
    ...section(10, list(bodies)),
  ]);
}

export interface Fake {
  readonly answer?: number | 'trap';
  /** model whose features it has; some of them are other ones */
  readonly like?: string;
  readonly features?: Readonly<Record<string, string>>;
  readonly archs?: readonly KernelArch[];
}

/** Puts a kernel into a cache, as `ptediff kernel add` does. */
export function addFake(folder: string, name: string, fake: Fake = {}): void {
  const { answer = 2, like = 'legacy@v6.1', features = {}, archs = ['x86-64'] } = fake;
  const place = { file: 'mm/one.c', line: 7 };
  const about: About = {
    version: '9.8.7',
    setter: like.startsWith('legacy') ? 'do_set_pte' : 'set_pte_range',
    knowsVmaLock: false,
    features: { ...engine(like).features, ...features },
    archs: archs.map((arch) => ({
      arch,
      functions: [{ name: 'one', ...place }],
      taken: [{ directive: '#ifdef CONFIG_MMU', ...place }],
      rewrites: [{ from: '1UL', to: '1ULL', ...place }],
    })),
  };
  const cache = new Cache(folder);
  const entry = `${name.length}${name.charCodeAt(0).toString(16)}${KEY}`.slice(0, 64);
  cache.put(entry, partsOf(about, new Map(archs.map((arch) => [arch, fakeWasm(answer)]))));
  cache.setName({ name, entry, version: '9.8.7', origin: '../linux' });
}

/** As it is made where nothing is asked for. */
export const howMade = (header = ''): HowMade => ({ header, compiler: PACKAGED.id, off: new Set() });
