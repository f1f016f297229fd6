/**
 * Kernels as engines of campaigns: which model a kernel is compared with, and how other threads get to know it. What
 * crosses threads is plain data and compiled modules.
 */
import { BATCHED_REVISIONS } from '../batched/index.js';
import { type CompiledKernel, kernelArchOf } from '../kernel/engine/engine.js';
import { loadKernel } from '../kernel/engine/load.js';
import { kernelRevision } from '../kernel/engine/revision.js';
import type { StoredKernel } from '../kernel/stored.js';
import { LEGACY_REVISIONS } from '../legacy/index.js';
import { ARCHITECTURES } from '../mm/arch/index.js';
import { plainRevision, type Revision } from '../mm/revision.js';

/** A kernel as another thread can have it. */
export interface PlainKernel {
  readonly name: string;
  /** `6.12.117 of debian:6.12 (...)` */
  readonly source: string;
  readonly compiled: CompiledKernel;
  /** hash of its text, configuration and compiler */
  readonly content: string;
  /** id of the model that has most of its features */
  readonly model: string;
  /** features that were read from its text */
  readonly features: Readonly<Record<string, string>>;
}

/** A feature that no model of the family has together with the others. */
export interface Difference {
  readonly feature: string;
  readonly kernel: string;
  readonly model: string;
}

export interface ModelMatch {
  readonly model: Revision;
  /** empty where the model is the kernel's own */
  readonly differences: readonly Difference[];
}

/** The model with most of a kernel's features; of several, the first that is listed. */
export function modelFor({ setter, features }: Pick<StoredKernel['about'], 'setter' | 'features'>): ModelMatch {
  const family = setter === 'set_pte_range' ? BATCHED_REVISIONS : LEGACY_REVISIONS;
  const matches = family.map((model) => ({ model, differences: differencesOf(features, model) }));
  const [best] = matches.sort((a, b) => a.differences.length - b.differences.length);
  if (best === undefined) throw new Error('a family has models');
  return best;
}

function differencesOf(features: PlainKernel['features'], model: Revision): Difference[] {
  return Object.entries(features).flatMap(([feature, kernel]) => {
    const own = model.features[feature];
    return own === undefined || own === kernel ? [] : [{ feature, kernel, model: own }];
  });
}

/** The model that has all features of the engine: a kernel's, or the engine itself; null where no model has them. */
export function exactModel(engine: Revision): Revision | null {
  const model = plainRevision(engine);
  const differs = Object.entries(model.features).some(([feature, value]) => engine.features[feature] !== value);
  return differs ? null : model;
}

const loaded = new Map<string, { readonly revision: Revision; readonly plain: PlainKernel }>();

/** Makes a stored kernel an engine of this thread; its id is `kernel:NAME`. */
export function useKernel({ name, version, origin, entry, about, wasm }: StoredKernel): Revision {
  const { model } = modelFor(about);
  const { features, knowsVmaLock } = about;
  const source = `Linux ${version} of ${origin}`;
  return usePlainKernel({
    name,
    source,
    compiled: loadKernel({ wasm, knowsVmaLock }, `kernel:${name}`),
    content: entry,
    model: model.id,
    features,
  });
}

/** The same with what another thread sent. */
export function usePlainKernel(plain: PlainKernel): Revision {
  const { name, source, compiled, content, features } = plain;
  const model = [...LEGACY_REVISIONS, ...BATCHED_REVISIONS].find(({ id }) => id === plain.model);
  if (model === undefined) throw new Error(`no model ${plain.model}`);
  const revision: Revision = {
    ...kernelRevision(name, compiled, model, source),
    features: { ...model.features, ...features },
    passesMarks: false,
    content,
    architectures: [...ARCHITECTURES.keys()].filter((name) => runsOn(compiled, name)),
  };
  loaded.set(revision.id, { revision, plain });
  return revision;
}

/** Is it compiled for what the architecture runs on? */
export function runsOn({ modules }: CompiledKernel, name: string): boolean {
  const arch = kernelArchOf(name);
  return arch !== undefined && modules.has(arch);
}

/** The kernel with this id, if this thread uses it. */
export const kernelWithId = (id: string): Revision | undefined => loaded.get(id)?.revision;

/** What another thread needs for the kernel with this id. */
export const plainKernel = (id: string): PlainKernel | undefined => loaded.get(id)?.plain;
