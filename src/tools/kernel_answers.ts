/**
 * Records what the functions of kernel trees answer to chosen cases, as files of the repository:
 * `node dist/tools/kernel_answers.js [TREE...]`. Trees are what `ptediff kernel add` takes; unless told, they are
 * Debian's two packages. Takes some minutes for each.
 */
import { realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fittingBugs, plant } from '../batched/index.js';
import { type Answers, answersText } from '../campaign/answers/answers.js';
import { record } from '../campaign/answers/record.js';
import { modelFor, usePlainKernel } from '../campaign/kernels.js';
import { writeWhole } from '../cases/files.js';
import { compileAll, extractAll, keyOf, knowsVmaLock } from '../kernel/build.js';
import { allFiles, archsOf } from '../kernel/config.js';
import { loadKernel } from '../kernel/engine/load.js';
import { featuresOf, setterOf } from '../kernel/features.js';
import { openTree } from '../kernel/trees/open.js';
import { anyOf, type KernelTree } from '../kernel/trees/tree.js';
import type { Revision } from '../mm/revision.js';

const DEBIAN = ['debian:6.1', 'debian:6.12'];

/** What the tree came from, without the path of a machine: a package with its version, or Linux and its version. */
export function sourceOf({ name, version }: Pick<KernelTree, 'name' | 'version'>): string {
  const [, fetched, fetchedVersion] = /^debian:(\S+) \((\S+)\)$/.exec(name) ?? [];
  if (fetched !== undefined) return `linux-source-${fetched} ${fetchedVersion}`;
  const [, packaged, packageVersion] = /^(linux-source-[^_]+)_([^_]+)_\w+\.deb$/.exec(basename(name)) ?? [];
  return packaged === undefined ? `Linux ${version}` : `${packaged} ${packageVersion.replaceAll('%3a', ':')}`;
}

/** The model with each bug that can be planted in it and that shows on some architecture of the kernel. */
function wrongModels(model: Revision, { architectures = [] }: Revision): Revision[] {
  const bugs = fittingBugs(model).filter(
    ({ shows }) => shows?.architectures?.some((arch) => architectures.includes(arch)) ?? true,
  );
  return bugs.map((bug) => plant(model, [bug]));
}

/** The answers of a tree. @throws Disagreement where its model answers otherwise */
async function answersOf(tree: KernelTree, out: (text: string) => void): Promise<Answers> {
  const onStep = (step: string): void => out(`${step}\n`);
  const sources = await extractAll(tree, await archsOf(tree), { coverage: true }, onStep);
  const about = { setter: setterOf(sources), features: featuresOf(sources) };
  const { model, differences } = modelFor(about);
  if (differences.length > 0) throw new Error(`no model has the features of ${tree.name}: next is ${model.id}`);
  const wasm = await compileAll(sources, onStep);
  const compiled = loadKernel({ wasm, knowsVmaLock: knowsVmaLock(sources) });
  const { features } = about;
  const content = keyOf(sources);
  const kernel = usePlainKernel({ name: 'recorded', content, source: tree.name, compiled, model: model.id, features });
  const answers = record({ kernel, model, wrong: wrongModels(model, kernel), sources }, onStep);
  return { kernel: tree.version, source: sourceOf(tree), ...about, answers };
}

/** Records trees below `root`. */
async function recordTrees(whats: readonly string[], root: string, out: (text: string) => void): Promise<void> {
  for (const what of whats) {
    out(`reading ${what}\n`);
    const tree = await openTree(what, { wanted: anyOf(allFiles()), env: process.env });
    const answers = await answersOf(tree, out);
    await tree.close();
    const path = `fixtures/kernel/${/^\d+\.\d+/.exec(answers.kernel)?.[0] ?? answers.kernel}.jsonl`;
    writeWhole(join(root, path), answersText(answers));
    out(`${path} written: ${answers.answers.length} cases\n`);
  }
}

const started = process.argv[1];
if (started !== undefined && realpathSync(started) === fileURLToPath(import.meta.url)) {
  const trees = process.argv.slice(2);
  const root = fileURLToPath(new URL('../../', import.meta.url));
  await recordTrees(trees.length === 0 ? DEBIAN : trees, root, (text) => process.stdout.write(text));
}
