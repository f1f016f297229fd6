/**
 * The models against the functions of real trees: PTEDIFF_KERNEL_TREES names unpacked trees, separated by colons, and
 * PTEDIFF_KERNEL_FAULTS how many faults each combination runs. Without trees there is nothing to compare.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { CampaignOptions } from '../../../src/campaign/api.js';
import { countCampaign } from '../../../src/campaign/campaign.js';
import { faultsRun } from '../../../src/campaign/counts.js';
import { countedKernel } from '../../../src/campaign/coverage.js';
import { Duel } from '../../../src/campaign/duel.js';
import { pairSpace } from '../../../src/campaign/plan.js';
import { Drawer } from '../../../src/cases/draw.js';
import { Steps } from '../../../src/cases/steps.js';
import { compileAll, extractAll, knowsVmaLock } from '../../../src/kernel/build.js';
import { archsOf } from '../../../src/kernel/config.js';
import { CoveredLines } from '../../../src/kernel/cover/lines.js';
import { kernelArchOf } from '../../../src/kernel/engine/engine.js';
import { loadKernel } from '../../../src/kernel/engine/load.js';
import { kernelRevision } from '../../../src/kernel/engine/revision.js';
import { setterOf } from '../../../src/kernel/features.js';
import type { EngineSource } from '../../../src/kernel/source.js';
import type { Wasm } from '../../../src/kernel/stored.js';
import { openDirectory } from '../../../src/kernel/trees/directory.js';
import { architecture } from '../../../src/mm/arch/index.js';
import { Image } from '../../../src/mm/image.js';
import type { Revision } from '../../../src/mm/revision.js';
import { Scene } from '../../../src/mm/scene.js';
import { campaign, engine } from '../../support.js';

const trees = (process.env.PTEDIFF_KERNEL_TREES ?? '').split(':').filter((path) => path !== '');
const faults = Number(process.env.PTEDIFF_KERNEL_FAULTS ?? 2000);

/** The model of a tree. */
const MODELS = { do_set_pte: 'legacy@v6.1', set_pte_range: 'batched@v6.12.117' } as const;

const ARCHS = ['x86-64', 'arm64', 'arm64-noaf', 'arm64-contpte', 'riscv64'] as const;
const SPANS = [4, 16, 64, 512];

/** Functions of which no statement may stay cold, where the tree has them. */
const HOT = ['do_set_pte', 'set_pte_range', 'filemap_map_folio_range', 'filemap_map_order0_folio'];

describe.skipIf(trees.length > 0)('without PTEDIFF_KERNEL_TREES', () => {
  it('no model is compared with a real kernel', () => {
    expect(trees).toEqual([]);
  });
});

interface Built {
  readonly sources: readonly EngineSource[];
  readonly wasm: Wasm;
  readonly knowsVmaLock: boolean;
}

const build = async (sources: readonly EngineSource[]): Promise<Built> => ({
  sources,
  wasm: await compileAll(sources),
  knowsVmaLock: knowsVmaLock(sources),
});

/** A kernel against itself on drawn cases, with races. */
class Table {
  readonly #scene: Scene;
  readonly #base: Image;
  readonly #duel: Duel;
  readonly #drawer: Drawer;
  readonly #steps = new Steps();

  constructor(kernel: Revision, span: number) {
    this.#scene = new Scene(span);
    this.#base = new Image(span);
    this.#duel = new Duel(this.#scene, kernel, kernel);
    this.#drawer = new Drawer(architecture('arm64'), pairSpace(kernel, kernel, 'arm64', true), 1, span);
  }

  draw(block: number): void {
    this.#drawer.drawLayout(block, this.#scene, this.#base);
  }

  /** @returns the whole image after the case */
  play(block: number, sub: number): Buffer {
    const goesOn = (): boolean => true;
    const ignore = (): void => {};
    const judge = { beforeFault: ignore, afterFault: goesOn, afterAccess: goesOn, goesOn };
    this.#drawer.drawCase(block, sub, this.#scene, this.#base, this.#steps);
    this.#duel.play(this.#base, this.#steps, { ...judge, aloneFault: ignore, afterTeardown: ignore });
    return Buffer.from(Int32Array.from(this.#duel.batched.image.words).buffer);
  }
}

describe.each(trees)('the tree %s', (path) => {
  let built: Built;
  let model: Revision;
  let kernel: Revision;

  beforeAll(async () => {
    const tree = openDirectory(path);
    built = await build(await extractAll(tree, await archsOf(tree)));
    model = engine(MODELS[setterOf(built.sources)]);
    kernel = kernelRevision(tree.version, loadKernel(built), model, `Linux ${tree.version}`);
  }, 300_000);

  it('has every function that an engine needs', () => {
    const setter = setterOf(built.sources);
    for (const { extracted } of built.sources) {
      expect(extracted.definitions.map(({ name }) => name)).toEqual(expect.arrayContaining(['do_fault', setter]));
    }
  });

  it.for(
    ARCHS.flatMap((arch) => SPANS.flatMap((span) => [false, true].map((races) => ({ arch, span, races })))),
  )('agrees with its model: $arch, span $span, races $races', async ({ arch, span, races }, { skip }) => {
    if (!built.wasm.has(kernelArchOf(arch) ?? 'x86-64')) skip();
    const { counts } = await countCampaign(
      campaign({
        legacy: model,
        batched: kernel,
        architectures: [arch],
        spans: [span],
        races,
        // A block whose cases are used up ends with fewer faults than it was planned with.
        faults: 1.25 * faults,
        everyWord: true,
      }),
    );
    expect(counts.disagreements).toEqual([]);
    expect(counts.deaths).toBe(0);
    expect(faultsRun(counts)).toBeGreaterThanOrEqual(faults);
  });

  it.each([8, 64])('gives a case the same result alone and after others: span %i', (span) => {
    const after = new Table(kernel, span);
    for (let block = 0; block < 60; block++) {
      after.draw(block);
      const all = Array.from({ length: 3 }, (_, sub) => after.play(block, sub));
      const alone = new Table(kernel, span);
      alone.draw(block);
      expect(alone.play(block, 2).equals(all[2] ?? Buffer.alloc(0))).toBe(true);
    }
  });

  it('has every statement of its setters and of fault-around reached', async () => {
    const tree = openDirectory(path);
    const counted = await build(await extractAll(tree, ['x86-64', 'arm64'], { coverage: true }));
    const options: Partial<CampaignOptions> = {
      legacy: model,
      batched: kernel,
      counted: countedKernel(kernel, counted),
    };
    const { counts } = await countCampaign(
      campaign({ ...options, architectures: ['x86-64', 'arm64'], spans: [64], races: true, faults: 40_000 }),
    );
    const lines = new CoveredLines(counted.sources, counts.hits ?? new Map());
    const reached = new Map<number, boolean>();
    for (const { counters } of counted.sources.map(({ extracted }) => extracted))
      for (const counter of counters) {
        if (counter.kind !== 'statement' || !HOT.includes(counter.function)) continue;
        for (const line of counter.lines) reached.set(line, lines.at(counter.file, line).reached);
      }
    expect([...reached].filter(([, yes]) => !yes)).toEqual([]);
    expect(reached.size).toBeGreaterThan(0);
  }, 120_000);
});
