/**
 * The code of a tree that patches lie on, through a cache of its own: what was extracted and compiled once is not
 * looked at again, and what is the same code as in another tree is not compiled again.
 */
import { z } from 'zod';
import { InputError } from '../../cases/files.js';
import { aboutOf, entryOf, forUser } from '../add.js';
import { CompileError, keyOf } from '../build.js';
import type { Cache } from '../cache/cache.js';
import type { CacheEntry, Content } from '../cache/entry.js';
import { type CodeMap, CodeMapSchema, codeMap } from '../changes/code_map.js';
import { compile, FLAGS } from '../compile.js';
import { filesOf, KERNEL_ARCHS, type KernelArch } from '../config.js';
import { hashOfInputs } from '../inputs.js';
import { dataAddress } from '../layout.js';
import { type EngineSource, engineSource, type SourceOptions } from '../source.js';
import { type About, aboutIn, partsOf, type Wasm, wasmOf } from '../stored.js';
import type { KernelTree } from '../trees/tree.js';

/** Changes when the same text has to be extracted and compiled again. */
const FORMAT = 'ptediff-patched-3';
/** Trees that are kept beside those that have a name. */
const KEPT = 40;

export interface TreeCode {
  /** key of the cache entry */
  readonly entry: string;
  readonly about: About;
  /** one for each architecture */
  readonly maps: readonly CodeMap[];
  readonly wasm: Wasm;
  /** architectures whose code counts which statements run */
  readonly counting: readonly KernelArch[];
}

/** What turns text into code; specs have their own. */
export interface Toolchain {
  extract(tree: KernelTree, arch: KernelArch, options: SourceOptions): Promise<EngineSource>;
  /** @throws CompileError */
  compile(source: EngineSource): Promise<Uint8Array<ArrayBuffer>>;
}

export const TOOLCHAIN: Toolchain = {
  extract: engineSource,
  compile: async (source) => {
    const data = dataAddress(source.arch);
    const { wasm, diagnostics } = await compile(source.files, source.main, source.config, { data });
    if (wasm === null) throw new CompileError(source, diagnostics);
    return wasm;
  },
};

export interface CodeOptions {
  readonly cache: Cache;
  /** text of the user's header, which may be empty */
  readonly header: string;
  /** options of the kernel's configuration that are turned off */
  readonly off: ReadonlySet<string>;
  readonly archs: readonly KernelArch[];
  /** count which statements run, where the code is not that of the last of the known trees */
  readonly counting: boolean;
  /** code of the trees before, which serves where the text says the same */
  readonly known: readonly TreeCode[];
  /** whose features are intended: what is intended of a base is intended of a patched tree as well */
  readonly intended?: Pick<About, 'setter' | 'features'> | undefined;
  /** what was compiled of this very tree, with the key of the text that it was made from */
  readonly compiled?: { readonly key: string; readonly wasm: Wasm } | undefined;
  readonly onStep: (what: string) => void;
  readonly toolchain: Toolchain;
}

/** @throws InputError for a tree that is no engine; UnavailableError without a compiler */
export async function codeOf(tree: KernelTree, options: CodeOptions): Promise<TreeCode> {
  const { cache, compiled } = options;
  const key = await keyOfText(tree, options);
  const entry = entryOf(cache, key);
  const stored = entry && storedCode(entry, key);
  if (stored !== undefined && countsEnough(stored, options)) return stored;
  try {
    const sources = await extracted(tree, options);
    const about = withIntention(aboutOf(tree.version, sources), options);
    const maps = sources.map(codeMap);
    if (compiled !== undefined && compiled.key !== keyOf(sources)) throw outdated(tree);
    const made =
      compiled === undefined ? await compiledCode(tree, sources, maps, options) : { ...compiled, counting: [] };
    const { wasm, counting } = made;
    cache.put(key, new Map<string, Content>([...partsOf(about, wasm), [MAPS, JSON.stringify({ maps, counting })]]));
    cache.prune(KEPT);
    return { entry: key, about, maps, wasm, counting };
  } catch (error) {
    throw forUser(error, tree);
  }
}

/** Where the patches replace the setter of one family by that of the other, the tree's own features count. */
function withIntention(about: About, { intended }: CodeOptions): About {
  return intended?.setter === about.setter ? { ...about, features: intended.features } : about;
}

async function extracted(tree: KernelTree, options: CodeOptions): Promise<EngineSource[]> {
  const { archs, header, off, counting, onStep, toolchain } = options;
  onStep(`extracting the functions of ${tree.name}`);
  const sources: EngineSource[] = [];
  for (const arch of archs)
    sources.push(await toolchain.extract(tree, arch, { extra: header, off, coverage: counting }));
  return sources;
}

async function compiledCode(
  tree: KernelTree,
  sources: readonly EngineSource[],
  maps: readonly CodeMap[],
  options: CodeOptions,
): Promise<Pick<TreeCode, 'wasm' | 'counting'>> {
  const { known, onStep, toolchain } = options;
  const wasm = new Map<KernelArch, Uint8Array<ArrayBuffer>>();
  const counting: KernelArch[] = [];
  for (const [i, source] of sources.entries()) {
    const { arch } = source;
    const same = known.filter(({ maps: others }) => others.some((other) => isSame(other, maps[i])));
    const counts = same.find((code) => code.counting.includes(arch));
    const found = counts ?? (options.counting && isNew(maps[i], known) ? undefined : same[0]);
    const bytes = found?.wasm.get(arch);
    if (bytes === undefined) onStep(`compiling ${tree.name} for ${arch} (${i + 1} of ${sources.length})`);
    wasm.set(arch, bytes ?? (await toolchain.compile(source)));
    if (options.counting && (found === undefined || found === counts)) counting.push(arch);
  }
  return { wasm, counting };
}

const isSame = (one: CodeMap | undefined, other: CodeMap | undefined): boolean =>
  one?.arch === other?.arch && one?.code === other?.code;

/** Has the tree before other code? Then lines may have changed, and it matters whether they run. */
const isNew = (map: CodeMap | undefined, known: readonly TreeCode[]): boolean =>
  known.at(-1)?.maps.some((other) => isSame(map, other)) !== true;

const countsEnough = ({ maps, counting }: TreeCode, options: CodeOptions): boolean =>
  !options.counting || maps.every((map) => counting.includes(map.arch) || !isNew(map, options.known));

function outdated({ name }: KernelTree): InputError {
  return new InputError(name, 'was compiled by another ptediff than this one', {
    exitCode: 66,
    hint: 'Add the kernel again with ptediff kernel add.',
  });
}

const MAPS = 'map.json';
const MapsSchema = z.strictObject({ maps: z.array(CodeMapSchema), counting: z.array(z.enum(KERNEL_ARCHS)) });

function storedCode(entry: CacheEntry, key: string): TreeCode | undefined {
  const bytes = entry.read(MAPS);
  const about = aboutIn(entry);
  const wasm = about && wasmOf(entry, about);
  if (bytes === undefined || about === undefined || wasm === undefined) return undefined;
  const { success, data } = MapsSchema.safeParse(JSON.parse(bytes.toString('utf8')));
  return success ? { entry: key, about, wasm, ...data } : undefined;
}

/** The same for the same text of all files that are read, program and options. */
async function keyOfText(tree: KernelTree, options: CodeOptions): Promise<string> {
  const { header, off, archs, counting, intended } = options;
  const { setter = null, features = null } = intended ?? {};
  const compiler = [FORMAT, ...FLAGS];
  const making = { archs, header, compiler, off: [...off].sort(), counting, setter, features };
  return hashOfInputs(tree, making, new Set(archs.flatMap(filesOf)));
}
