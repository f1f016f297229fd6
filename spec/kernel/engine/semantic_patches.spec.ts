/**
 * A kernel against itself with one line changed, through the ordinary campaign: each mistake is found in less than a
 * second of search, in the field that it spoils, and in the classes of the same bug in the model. Needs a real tree of 6.12; see real_trees.ts.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { bugNamed, plant } from '../../../src/batched/index.js';
import { Stopwatch } from '../../../src/bench/processor_time.js';
import { countCampaign } from '../../../src/campaign/campaign.js';
import { hasFailed } from '../../../src/campaign/counts.js';
import { modelFor, usePlainKernel } from '../../../src/campaign/kernels.js';
import { compileAll, extractAll, keyOf, knowsVmaLock } from '../../../src/kernel/build.js';
import { loadKernel } from '../../../src/kernel/engine/load.js';
import { featuresOf, setterOf } from '../../../src/kernel/features.js';
import { memoryTree } from '../../../src/kernel/trees/memory.js';
import type { KernelTree } from '../../../src/kernel/trees/tree.js';
import type { Revision } from '../../../src/mm/revision.js';
import { campaign } from '../../support.js';
import { HAS_REAL_TREES, realTree } from '../real_trees.js';
import { MAKEFILE } from '../samples.js';
import { PATCHES, patched, type SemanticPatch } from './semantic_patches.js';

const MINUTE = 60_000;
/** Pairs of faults that are searched: up to the first that differ, and all of them for the fields that show it. */
const FAULTS = 40_000;
/** Milliseconds of this thread's processor time that the search for the first difference may take. */
const SEARCH = 1000;

describe.skipIf(HAS_REAL_TREES)('without PTEDIFF_KERNEL_TREES and PTEDIFF_KERNELS=debian', () => {
  it('no kernel is patched', () => {
    expect(HAS_REAL_TREES).toBe(false);
  });
});

describe.skipIf(!HAS_REAL_TREES)('a one-line patch of 6.12', () => {
  let tree: KernelTree | undefined;
  let base: Revision;

  /** The engine of a tree, for arm64. What is read from a patched text is none of its features: it is a mistake. */
  async function engineOf(from: KernelTree, name: string): Promise<Revision> {
    const sources = await extractAll(from, ['arm64']);
    const compiled = loadKernel({ wasm: await compileAll(sources), knowsVmaLock: knowsVmaLock(sources) });
    const setter = setterOf(sources);
    const features = name === 'base' ? featuresOf(sources) : base.features;
    return usePlainKernel({
      name,
      content: keyOf(sources),
      source: from.name,
      compiled,
      model: modelFor({ setter, features }).model.id,
      features,
    });
  }

  beforeAll(async () => {
    tree = await realTree('6.12');
    if (tree !== undefined) base = await engineOf(tree, 'base');
  }, 10 * MINUTE);

  const named = PATCHES.map((patch) => [patch.what, patch] as const);
  it.for(named)('is found: %s', { timeout: 5 * MINUTE }, async ([, patch], { skip }) => {
    if (tree === undefined) return skip('no tree of 6.12');
    const changed = await engineOf(await patched(tree, patch), 'patched');
    const options = campaign({ legacy: base, batched: changed, faults: FAULTS });
    const watch = new Stopwatch();
    const search = await countCampaign({ ...options, failFast: true });
    const { milliseconds } = watch.read();
    expect(hasFailed(search.counts)).toBe(true);
    expect(milliseconds).toBeLessThan(SEARCH);
    const { counts } = await countCampaign(options);
    const fields = new Set(counts.classes.map(({ field }) => field));
    expect(patch.fields.filter((field) => !fields.has(field))).toEqual([]);
    expect(counts.deaths).toBe(0);
    const bug = bugNamed(patch.planted ?? '');
    if (bug === undefined) return;
    const model = base.base ?? base;
    const modelled = await countCampaign({ ...options, legacy: model, batched: plant(model, [bug]) });
    expect(counts.classes.map(({ id, count }) => [id, count])).toEqual(
      modelled.counts.classes.map(({ id, count }) => [id, count]),
    );
  });
});

describe('the patches', () => {
  const text = 'static int f(int x)\n{\n\treturn x + x;\n}\n\nint g(int x)\n{\n\treturn x + 1;\n}\n';
  const small = memoryTree({
    name: 'small',
    files: new Map([
      ['Makefile', MAKEFILE],
      ['mm/memory.c', text],
    ]),
  });
  const patch = (parts: Partial<SemanticPatch>): SemanticPatch => ({
    what: 'x',
    file: 'mm/memory.c',
    function: 'f',
    replace: ['+', '-'],
    fields: [],
    ...parts,
  });
  const made = async (parts: Partial<SemanticPatch>) => (await patched(small, patch(parts))).read('mm/memory.c');

  it('change tokens of one function, at the place that is meant', async () => {
    expect(await made({})).toBe(text.replace('x + x', 'x - x'));
    expect(await made({ function: 'g' })).toBe(text.replace('x + 1', 'x - 1'));
    expect(await made({ replace: ['x', 'y'], place: 3 })).toBe(text.replace('x + x', 'x + y'));
    expect(await made({ replace: ['x', 'y'], place: 'all' })).toBe(
      text.replace('f(int x)', 'f(int y)').replace('x + x', 'y + y'),
    );
  });

  it('are refused where the tokens are not there, or not once', async () => {
    await expect(made({ function: 'h' })).rejects.toThrow('mm/memory.c has no h()');
    await expect(made({ replace: ['x', 'y'] })).rejects.toThrow('x stands 3 times in f()');
    await expect(made({ replace: ['+', '-'], place: 2 })).rejects.toThrow('no place 2 in f()');
  });

  it('are mistakes of many kinds', () => {
    expect(PATCHES.length).toBeGreaterThan(16);
    expect(new Set(PATCHES.flatMap(({ fields }) => fields)).size).toBeGreaterThan(11);
  });
});
