/** Prints the report of a series, and works out its exit code. */
import type { Allowlist } from '../oracle/allowlist.js';
import type { Replay } from '../report/model.js';
import type { FoundClass, PatchReport } from '../report/patch_model.js';
import { BASE_SIDES, patchVerdict, renderPatches, STEP_SIDES, shownOf } from '../report/patch_text.js';
import { type Context, sayProse } from './context.js';
import { failureOf } from './errors.js';
import { codeOfVerdict, EXIT, mostImportant } from './exit_codes.js';
import { writeResult } from './output.js';
import type { PatchOptions } from './patch_options.js';
import { programName, REPLY_COLUMNS, textStyle } from './terminal.js';

/** @param allowlist that the series was compared with */
export async function printPatches(
  report: PatchReport,
  options: PatchOptions,
  allowlist: Allowlist,
  context: Context,
): Promise<void> {
  const { io } = context;
  const text = options.format === 'json' ? await json(report) : await plain(report, options, allowlist, context);
  const written = writeResult(context, options.out, text);
  if (options.out !== undefined) sayProse(io, patchVerdict(report));
  const codes = report.patches.map(({ cold, unseen, deaths, compared }) =>
    cold.length + unseen.length + deaths > 0 || !compared ? EXIT.undecided : EXIT.ok,
  );
  const stale = report.expiredEntries.length > 0 ? EXIT.stale : EXIT.ok;
  const interrupted = report.stopped === 'interrupted' ? EXIT.interrupted : EXIT.ok;
  context.exitCode = mostImportant([codeOfVerdict(report.verdict), ...codes, stale, interrupted, written]);
}

async function json(report: PatchReport): Promise<string> {
  const { renderPatchJson } = await import('../report/json.js');
  return renderPatchJson(report);
}

async function plain(
  report: PatchReport,
  { out }: PatchOptions,
  allowlist: Allowlist,
  context: Context,
): Promise<string> {
  const { io } = context;
  const { color, width } = textStyle(io, out);
  const options = { color, width: Math.min(REPLY_COLUMNS, width), program: programName(io.env) };
  const replays = await replaysOf(report, allowlist, context);
  return renderPatches(report, options, (found) => replays.get(found));
}

/** Both trees on the smallest case of each class that is shown in full. */
async function replaysOf(
  { patches }: PatchReport,
  allowlist: Allowlist,
  { io, modules }: Context,
): Promise<Map<FoundClass, Replay>> {
  const { replay, caseAt, engineWithId } = await modules.patch();
  const replays = new Map<FoundClass, Replay>();
  for (const { introduces, removes, changes } of patches) {
    for (const group of [introduces, removes, changes]) {
      const shown = new Set(shownOf(group).map(([first]) => first));
      for (const found of group.filter((one) => shown.has(one.class))) {
        const [legacy, batched] = [found.engines.legacy, found.engines.batched].map(engineWithId);
        const { shrunk, first } = found.class;
        if (legacy === undefined || batched === undefined) continue;
        const target = shrunk === null ? { case: caseAt(first), address: first } : { case: shrunk, address: null };
        const sides = group === changes ? STEP_SIDES : BASE_SIDES;
        try {
          replays.set(found, replay(target, { legacy, batched, allowlist, trace: false, sides }));
        } catch (error) {
          // A tree that dies behind the difference does not take the report away.
          io.stderr.write(failureOf(error, io.env.PTEDIFF_DEBUG === '1').text);
        }
      }
    }
  }
  return replays;
}
