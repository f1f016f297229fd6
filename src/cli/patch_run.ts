/** Compiles the trees of a series, compares them, and prints what `ptediff patch` says of it. */
import type { CompareOptions } from '../campaign/patch/compare.js';
import type { Series, TreeKernel } from '../campaign/patch/series.js';
import type { Cache } from '../kernel/cache/cache.js';
import type { KernelArch } from '../kernel/config.js';
import type { TreeCode } from '../kernel/patched/code.js';
import type { StoredKernel } from '../kernel/stored.js';
import type { RecordingTree } from '../kernel/trees/recorded.js';
import type { ArchName } from '../mm/arch/architecture.js';
import type { Revision } from '../mm/revision.js';
import type { Allowlist } from '../oracle/allowlist.js';
import type { PatchReport } from '../report/patch_model.js';
import { grouped } from '../report/words.js';
import { type Context, say } from './context.js';
import { architecturesOf } from './engines.js';
import { EXIT } from './exit_codes.js';
import { patchedCache } from './kernel_cache.js';
import { modelLine } from './kernel_text.js';
import { fixturesFolder } from './package.js';
import type { PatchOptions } from './patch_options.js';
import { printPatches } from './patch_output.js';
import type { OpenSeries } from './patch_series.js';
import { announce } from './run_campaign.js';
import { type Watch, whileWatched } from './watch.js';
import { workersFor } from './workers.js';

/** Prints the report, and leaves the exit code in the context. */
export async function comparePatches(
  { base, applied }: OpenSeries,
  options: PatchOptions,
  context: Context,
): Promise<void> {
  const { io } = context;
  await whileWatched(io, async (watch) => {
    const workshop = { opened: base, cache: await patchedCache(context), context };
    const built = await buildBase(workshop, options);
    const trees = await buildTrees(workshop, built, applied, watch.stopRequested);
    if (trees.length < applied.length) {
      say(io, 'stopped before anything was compared');
      context.exitCode = EXIT.interrupted;
      return;
    }
    const { readAllowlist } = await context.modules.allowlist();
    const allowlist = await readAllowlist(`${fixturesFolder(context)}/allow`);
    const series = { base: built.base, applied, trees };
    const report = await compared(series, built.architectures, options, allowlist, watch, context);
    watch.clear();
    await printPatches(report, options, allowlist, context);
  });
}

async function compared(
  series: Series,
  architectures: readonly ArchName[],
  options: PatchOptions,
  allowlist: Allowlist,
  { onProgress, stopRequested }: Watch,
  context: Context,
): Promise<PatchReport> {
  const { io, modules } = context;
  const { runSeries, seriesReport } = await modules.patch();
  const { DEFAULT_SPANS } = await modules.campaign();
  const { seed, faults, span = DEFAULT_SPANS } = options;
  // Entries tell a per-page kernel from a batched one; where the series leaves the family, none of them applies.
  const families = new Set([series.base, ...series.trees].map(({ revision }) => revision.family));
  const compare: CompareOptions = {
    ...{ architectures, spans: span, seed, faults, allowlist, onProgress, stopRequested },
    workers: await workersFor(options, { faults, seconds: null }, context),
    races: families.size === 1,
    onPair: (legacy, batched) => announce({ legacy, batched }, `${grouped(faults)} faults`, io),
  };
  const started = performance.now();
  const runs = await runSeries(series, compare);
  const report = seriesReport(series, runs, compare, stopRequested());
  const seconds = (performance.now() - started) / 1000;
  say(io, `compared in ${seconds.toFixed(1)} s, of which ${report.timing.seconds.toFixed(1)} s were search`);
  return report;
}

/** What the trees of a series are made into engines with. */
interface Workshop {
  readonly opened: OpenSeries['base'];
  readonly cache: Cache;
  readonly context: Context;
}

/** The base as an engine, and what it is compared on. */
interface OpenedBase {
  readonly base: TreeKernel;
  readonly code: TreeCode;
  readonly architectures: readonly ArchName[];
  /** what these architectures run on */
  readonly archs: readonly KernelArch[];
}

async function buildBase(workshop: Workshop, options: PatchOptions): Promise<OpenedBase> {
  const { opened, cache, context } = workshop;
  const { codeOf, recordingTree, archsIn, TOOLCHAIN, useKernel, kernelArchOf, PATCH_ARCHITECTURES } =
    await context.modules.patch();
  const { tree, header, off } = opened;
  const stored = opened.serves ? opened.stored : undefined;
  const there = stored === undefined ? await archsIn(tree) : [];
  const asked = options.arch && new Set(options.arch.map(kernelArchOf));
  const read = recordingTree(tree);
  const code = await codeOf(read, {
    ...{ cache, header, off, counting: false, known: [], toolchain: TOOLCHAIN },
    archs: stored?.about.archs.map(({ arch }) => arch) ?? there.filter((arch) => asked?.has(arch) !== false),
    compiled: stored && { key: stored.entry, wasm: stored.wasm },
    onStep: (step) => say(context.io, step),
  });
  const revision = useKernel(stored ?? (await named(code, read, 0, workshop)));
  const architectures = architecturesOf({ legacy: revision, batched: revision }, options.arch, PATCH_ARCHITECTURES);
  const wanted = new Set(architectures.map(kernelArchOf));
  const archs = code.maps.map(({ arch }) => arch).filter((arch) => wanted.has(arch));
  return { base: kernelOf(code, revision, tree), code, architectures, archs };
}

async function buildTrees(
  workshop: Workshop,
  { code, archs }: OpenedBase,
  applied: OpenSeries['applied'],
  stopRequested: () => boolean,
): Promise<TreeKernel[]> {
  const { opened, cache, context } = workshop;
  const { codeOf, recordingTree, TOOLCHAIN, useKernel, modelFor } = await context.modules.patch();
  const codes = [code];
  const trees: TreeKernel[] = [];
  for (const { tree } of applied) {
    if (stopRequested()) break;
    const read = recordingTree(tree);
    const own = await codeOf(read, {
      ...{ cache, archs, header: opened.header, off: opened.off, counting: true, known: codes, toolchain: TOOLCHAIN },
      intended: code.about,
      onStep: (step) => say(context.io, step),
    });
    if (own.about.setter !== code.about.setter) say(context.io, `${tree.name}: ${modelLine(modelFor(own.about))}`);
    trees.push(kernelOf(own, useKernel(await named(own, read, codes.length, workshop)), tree));
    codes.push(own);
  }
  return trees;
}

const kernelOf = ({ maps, wasm, about }: TreeCode, revision: Revision, tree: TreeKernel['tree']): TreeKernel => ({
  ...{ revision, maps, wasm, tree },
  knowsVmaLock: about.knowsVmaLock,
});

/**
 * Gives the code the name that a replay can use: the last series that was looked at has it. What was read of the tree
 * is kept for its trace.
 */
async function named(
  code: TreeCode,
  read: RecordingTree,
  number: number,
  { opened, cache, context }: Workshop,
): Promise<StoredKernel> {
  const { putTree, PACKAGED } = await context.modules.patch();
  const { entry, about, wasm } = code;
  const { stem, tree, header, off } = opened;
  const patches = number === 0 ? '' : ` with ${number === 1 ? '1 patch' : `${number} patches`}`;
  const files = putTree(cache, read, { header, off, compiler: PACKAGED.id });
  const name = {
    name: `${stem}+${number}`,
    entry,
    version: about.version,
    origin: `${tree.name}${patches}`,
    tree: files,
  };
  cache.setName(name);
  return { ...name, about, wasm };
}
