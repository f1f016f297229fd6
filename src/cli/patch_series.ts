/** Reads the series that `ptediff patch` is given, and applies it in memory to what it lies on. */
import type { AppliedPatch, ApplyError } from '../kernel/series/apply.js';
import type { Patch } from '../kernel/series/patch.js';
import { renderHunks } from '../report/hunks_text.js';
import { type Context, pathOf, say } from './context.js';
import { UsageError } from './errors.js';
import { type OpenBase, openBase, stemOf } from './patch_base.js';
import type { PatchOptions } from './patch_options.js';
import { proseWidth, REPLY_COLUMNS } from './terminal.js';

export interface OpenSeries {
  readonly base: OpenBase;
  readonly applied: readonly AppliedPatch[];
}

/** @throws InputError for a series that cannot be read or does not apply, after its hunks were listed */
export async function openSeries(
  series: readonly string[],
  options: PatchOptions,
  context: Context,
): Promise<OpenSeries> {
  const opened =
    options.tree === undefined ? fromFiles(series, options, context) : fromBranch(series, options, context);
  const { base, patches } = await opened;
  try {
    const named = { ...base.tree, name: `kernel:${base.stem}` };
    return { base, applied: await applied(named, patches, context) };
  } catch (error) {
    await base.tree.close();
    throw error;
  }
}

interface Opened {
  readonly base: OpenBase;
  readonly patches: readonly Patch[];
}

async function fromFiles(series: readonly string[], options: PatchOptions, context: Context): Promise<Opened> {
  const { base, rev, shim } = options;
  if (base === undefined) throw new UsageError('say with --base what the series lies on');
  const { io, modules } = context;
  const { readInputs, readSeries } = await modules.patch();
  const paths = series.map((name) => (name === '-' ? name : pathOf(io, name)));
  const patches = await readSeries(await readInputs(paths, io.stdin));
  return { patches, base: await openBase({ base, ...(rev && { rev }), ...(shim && { shim }) }, context) };
}

async function fromBranch(series: readonly string[], options: PatchOptions, context: Context): Promise<Opened> {
  const [range = ''] = series;
  const { io, modules } = context;
  const { mailsOf, startOf, readSeries } = await modules.patch();
  const { tree = '', shim } = options;
  const repository = pathOf(io, tree);
  const mails = await mailsOf(repository, range, io.env);
  const patches = await readSeries([{ name: `${tree}@${range}`, bytes: Buffer.from(mails) }]);
  const rev = await startOf(repository, range, io.env);
  const base = await openBase({ base: tree, rev, ...(shim && { shim }) }, context);
  return { patches, base: { ...base, stem: stemOf(base.tree) } };
}

async function applied(tree: OpenBase['tree'], patches: readonly Patch[], context: Context): Promise<AppliedPatch[]> {
  const { io, modules } = context;
  const { applySeries, ApplyError } = await modules.patch();
  for (const { quoted, title } of patches) if (quoted) say(io, `"${title}" is read from a mail that quotes it`);
  try {
    return await applySeries(tree, patches);
  } catch (error) {
    if (error instanceof ApplyError) listHunks(error, tree, context);
    throw error;
  }
}

/** Which hunks apply, and where the others would nearly. */
function listHunks({ patch, failures }: ApplyError, tree: OpenBase['tree'], { io }: Context): void {
  const failed = new Map(failures.map(({ hunk, why }) => [hunk, why]));
  io.stdout.write(
    renderHunks(patch, failed, (path) => tree.covers(path), Math.min(REPLY_COLUMNS, proseWidth(io.stdout))),
  );
}
