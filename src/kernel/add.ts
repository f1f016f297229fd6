/** Puts a kernel tree into the cache: extracts what an engine needs, compiles it unless that was done before. */
import { InputError } from '../cases/files.js';
import { CompileError, codeFormat, compileAll, extractAll, keyOf, knowsVmaLock, type OnStep } from './build.js';
import type { Cache } from './cache/cache.js';
import type { CacheEntry } from './cache/entry.js';
import { type Compiler, NoCompiler, PACKAGED } from './compilers.js';
import { archsOf, type KernelArch } from './config.js';
import { AmbiguousDefinition } from './extract/catalogue.js';
import { MissingDefinition } from './extract/extract.js';
import { featuresOf, setterOf } from './features.js';
import { hashOfInputs, type Making } from './inputs.js';
import type { EngineSource } from './source.js';
import { type About, contentOf, partsOf, type StoredKernel } from './stored.js';
import { type HowMade, putTree } from './stored_tree.js';
import { recordingTree } from './trees/recorded.js';
import type { KernelTree } from './trees/tree.js';
import { UnavailableError } from './unavailable.js';
import type { UserConfig } from './user_config.js';

export interface AddOptions {
  readonly cache: Cache;
  /** `6.12` of 6.12.117 unless told */
  readonly name?: string | undefined;
  /** text of a header of the user's, for names that a tree needs more */
  readonly header?: string | undefined;
  /** a kernel configuration of the user's */
  readonly config?: UserConfig | undefined;
  /** the optional package unless told */
  readonly compiler?: Compiler | undefined;
  readonly onStep?: OnStep;
}

export interface AddedKernel extends StoredKernel {
  /** the cache had the same text already */
  readonly wasKnown: boolean;
  /** what had the name before, if that was another kernel */
  readonly replaced: string | undefined;
}

/**
 * @throws InputError for a tree that cannot be used, with the place; UnavailableError without a compiler
 */
export async function addKernel(tree: KernelTree, options: AddOptions): Promise<AddedKernel> {
  const { cache } = options;
  const name = options.name ?? /^\d+\.\d+/.exec(tree.version)?.[0] ?? tree.version;
  const before = cache.named(name);
  try {
    const read = recordingTree(tree);
    const archs = await archsIn(read, options.config);
    const inputs = await hashOfInputs(read, makingOf(archs, options));
    const { entry, about, wasm, wasKnown } = known(cache, inputs) ?? (await make(read, archs, options));
    const files = putTree(cache, read, howMade(options));
    const named = { name, entry, version: tree.version, origin: tree.name, inputs, tree: files };
    cache.setName(named);
    const replaced =
      before === undefined || before.entry === entry ? undefined : `${before.version} of ${before.origin}`;
    return { ...named, about, wasm, wasKnown, replaced };
  } catch (error) {
    throw forUser(error, tree);
  }
}

type Made = Pick<AddedKernel, 'entry' | 'about' | 'wasm' | 'wasKnown'>;

/** What was made of the same before: nothing has to be extracted then. */
function known(cache: Cache, inputs: string): Made | undefined {
  const entry = cache.madeOf(inputs);
  const content = entry === undefined ? undefined : contentIn(cache, entry);
  return entry === undefined || content === undefined ? undefined : { entry, ...content, wasKnown: true };
}

async function make(tree: KernelTree, archs: readonly KernelArch[], options: AddOptions): Promise<Made> {
  const { cache, compiler = PACKAGED, config, header = '', onStep = () => {} } = options;
  const sources = await extractAll(tree, archs, { extra: header, ...(config && { off: config.off }) }, onStep);
  const entry = keyOf(sources, compiler.id);
  const about = aboutOf(tree.version, sources);
  const found = contentIn(cache, entry)?.wasm;
  const wasm = found ?? (await compileAll(sources, onStep, compiler));
  // What is known of a kernel may have grown although its code is the same.
  cache.put(entry, partsOf(about, wasm));
  return { entry, about, wasm, wasKnown: found !== undefined };
}

/** What decides beside the tree. */
export function makingOf(
  archs: readonly KernelArch[],
  { compiler = PACKAGED, config, header = '' }: AddOptions,
): Making {
  return { archs, header, compiler: codeFormat(compiler.id), off: [...(config?.off ?? [])] };
}

/** What has to be known to make the same kernel again, or another one of its files. */
const howMade = ({ compiler = PACKAGED, config, header = '' }: AddOptions): HowMade => ({
  header,
  compiler: compiler.id,
  off: config?.off ?? new Set(),
});

/** The architectures that a tree can be compiled for. @throws InputError where there is none */
export async function archsIn(tree: KernelTree, config?: UserConfig): Promise<readonly KernelArch[]> {
  const archs = await archsOf(tree);
  const wanted = archs.filter((arch) => config?.archs.includes(arch) ?? true);
  if (wanted.length > 0) return wanted;
  const expected = config === undefined ? 'x86-64, arm64 or riscv64' : config.archs.join(' or ');
  throw new InputError(tree.name, `expected the files of ${expected}, found those of ${archs.join(', ') || 'none'}`);
}

/** The entry, undefined for a broken one too: it is made again. */
export const entryOf = (cache: Cache, key: string): CacheEntry | undefined => unlessBroken(() => cache.entry(key));

const contentIn = (cache: Cache, key: string): Pick<StoredKernel, 'about' | 'wasm'> | undefined =>
  unlessBroken(() => {
    const entry = cache.entry(key);
    return entry && contentOf(entry);
  });

function unlessBroken<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** What is known of a kernel beside its code. */
export function aboutOf(version: string, sources: readonly EngineSource[]): About {
  const archs = sources.map(({ arch, extracted }) => ({
    arch,
    functions: extracted.definitions
      .filter(({ kind }) => kind === 'function')
      .map(({ name, file, line }) => ({ name, file, line })),
    taken: extracted.taken.map(({ directive, file, line }) => ({ directive, file, line })),
    rewrites: extracted.rewrites.map(({ from, to, file, line }) => ({ from, to, file, line })),
  }));
  return {
    version,
    setter: setterOf(sources),
    knowsVmaLock: knowsVmaLock(sources),
    features: featuresOf(sources),
    archs,
  };
}

/** What is wrong with a tree, or with the machine, in one line. */
export function forUser(error: unknown, { name }: Pick<KernelTree, 'name'>): unknown {
  if (error instanceof NoCompiler) return new UnavailableError(error.message);
  const which = name.startsWith('kernel:') ? ', for a tree that is not in the cache' : '';
  const hint = (what: string): string => `A C header with ${what} can be given with --shim${which}.`;
  if (error instanceof MissingDefinition || error instanceof AmbiguousDefinition)
    return new InputError(name, error.message, { hint: hint(MORE), cause: error });
  if (error instanceof CompileError) {
    const first = /^\S+:\d+:\d+: (?:fatal )?error: .*$/m.exec(error.message)?.[0] ?? error.message.split('\n')[0];
    // What the standard says of it is no news, and the user's header has another name outside.
    const what = first?.replace(/; ISO C99 .*$/, '').replace(/^\.\/user\.h:/, 'the header of --shim:');
    const names = undeclaredIn(error.message);
    const missing = names.length === 0 ? MORE : names.join(', ');
    return new InputError(name, `does not compile: ${what}`, { hint: hint(missing), cause: error });
  }
  return error;
}

const MORE = 'what the tree needs more';

/** The names that the compiler does not know, each once: all that a header must have, as far as it got. */
const undeclaredIn = (diagnostics: string): string[] => [
  ...new Set(
    [...diagnostics.matchAll(/error: .*(?:undeclared (?:function|identifier)|unknown type name) '(\w+)'/g)].map(
      ([, name = '']) => name,
    ),
  ),
];
