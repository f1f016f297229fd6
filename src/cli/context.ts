/** What every command gets: the world outside, the modules that do the work, and where it leaves its exit code. */
import { resolve } from 'node:path';
import { escapeControl } from '../cases/escape.js';
import { labelled } from '../report/words.js';
import type { ExitCode } from './exit_codes.js';
import type { Io } from './io.js';
import { MAIL_COLUMNS } from './terminal.js';

/**
 * The modules behind the commands, loaded when a command needs them: `--help` and `revisions` answer without waiting
 * for the case space and the allowlist.
 */
export interface Modules {
  campaign(): Promise<
    Pick<
      typeof import('../campaign/campaign.js'),
      'runCampaign' | 'defaultWorkers' | 'DEFAULT_FAULTS' | 'DEFAULT_SPANS'
    >
  >;
  parts(): Promise<
    Pick<typeof import('../campaign/parts.js'), 'runShard' | 'joinParts'> &
      Pick<typeof import('../campaign/read_part.js'), 'readPart'> &
      Pick<typeof import('../report/json.js'), 'renderPart'>
  >;
  replay(): Promise<Pick<typeof import('../campaign/replay.js'), 'replay' | 'impossibleFor'>>;
  trace(): Promise<
    Pick<typeof import('../campaign/kernel_trace.js'), 'tellingRevision'> &
      Pick<typeof import('../kernel/cover/code.js'), 'countingCode'> &
      Pick<typeof import('../kernel/engine/engine.js'), 'kernelArchOf'>
  >;
  check(): Promise<Pick<typeof import('../campaign/check.js'), 'check'>>;
  describe(): Promise<Pick<typeof import('../campaign/describe_engine.js'), 'expectationFrom'>>;
  selftest(): Promise<Pick<typeof import('../campaign/selftest/selftest.js'), 'runSelftest'>>;
  allowlist(): Promise<Pick<typeof import('../oracle/compiled_allow.js'), 'readAllowlist'>>;
  address(): Promise<Pick<typeof import('../cases/address.js'), 'caseAt' | 'looksLikeAddress' | 'AddressError'>>;
  fixture(): Promise<Pick<typeof import('../cases/fixture.js'), 'readFixture' | 'fixtureText'>>;
  sweep(): Promise<Pick<typeof import('../campaign/sweep.js'), 'planSweep' | 'sweepOptions' | 'plannedCases'>>;
  scopes(): Promise<
    Pick<typeof import('../cases/scopes.js'), 'SCOPES' | 'indexOfScope' | 'scopeNamed' | 'unknownScope'>
  >;
  bench(): Promise<typeof import('../bench/index.js')>;
  cache(): Promise<
    Pick<typeof import('../kernel/cache/cache.js'), 'Cache'> &
      Pick<typeof import('../kernel/cache/folder.js'), 'cacheFolder'> &
      Pick<typeof import('../kernel/stored.js'), 'readKernel'>
  >;
  kernels(): Promise<
    Pick<typeof import('../campaign/kernels.js'), 'useKernel' | 'plainKernel' | 'modelFor' | 'exactModel'>
  >;
  conform(): Promise<Pick<typeof import('../campaign/conform/run.js'), 'conform' | 'casesOf'>>;
  coverage(): Promise<
    Pick<typeof import('../campaign/coverage.js'), 'coverKernel'> &
      Pick<typeof import('../kernel/cover/code.js'), 'countingCode'> &
      Pick<typeof import('../kernel/cover/figures.js'), 'figuresOf'> &
      Pick<typeof import('../kernel/cover/folded.js'), 'foldedIn'> &
      Pick<typeof import('../kernel/engine/engine.js'), 'kernelArchOf'>
  >;
  addKernel(): Promise<
    Pick<typeof import('../kernel/add.js'), 'addKernel'> &
      Pick<typeof import('../kernel/config.js'), 'allFiles'> &
      Pick<typeof import('../kernel/compilers.js'), 'systemCompiler'> &
      Pick<typeof import('../kernel/user_config.js'), 'readConfig'> &
      Pick<typeof import('../kernel/trees/open.js'), 'openTree'> &
      Pick<typeof import('../kernel/trees/tree.js'), 'anyOf'>
  >;
  patch(): Promise<
    Pick<typeof import('../kernel/series/input.js'), 'readInputs'> &
      Pick<typeof import('../kernel/series/read.js'), 'readSeries'> &
      Pick<typeof import('../kernel/series/apply.js'), 'applySeries' | 'ApplyError'> &
      Pick<typeof import('../kernel/trees/git.js'), 'mailsOf' | 'startOf'> &
      Pick<typeof import('../kernel/stored.js'), 'readKernel'> &
      Pick<typeof import('../kernel/stored_tree.js'), 'readTree' | 'putTree'> &
      Pick<typeof import('../kernel/trees/recorded.js'), 'recordingTree'> &
      Pick<typeof import('../kernel/add.js'), 'archsIn'> &
      Pick<typeof import('../kernel/compilers.js'), 'PACKAGED'> &
      Pick<typeof import('../kernel/patched/code.js'), 'codeOf' | 'TOOLCHAIN'> &
      Pick<typeof import('../kernel/engine/engine.js'), 'kernelArchOf'> &
      Pick<typeof import('../campaign/kernels.js'), 'useKernel' | 'modelFor'> &
      Pick<typeof import('../campaign/engines.js'), 'engineWithId'> &
      Pick<typeof import('../campaign/patch/compare.js'), 'PATCH_ARCHITECTURES'> &
      Pick<typeof import('../campaign/patch/series.js'), 'runSeries'> &
      Pick<typeof import('../campaign/patch/report.js'), 'seriesReport'> &
      Pick<typeof import('../campaign/replay.js'), 'replay'> &
      Pick<typeof import('../cases/address.js'), 'caseAt'>
  >;
}

export const MODULES: Modules = {
  campaign: () => import('../campaign/campaign.js'),
  parts: async () => ({
    ...(await import('../campaign/parts.js')),
    ...(await import('../campaign/read_part.js')),
    ...(await import('../report/json.js')),
  }),
  replay: () => import('../campaign/replay.js'),
  trace: async () => ({
    ...(await import('../campaign/kernel_trace.js')),
    ...(await import('../kernel/cover/code.js')),
    ...(await import('../kernel/engine/engine.js')),
  }),
  check: () => import('../campaign/check.js'),
  describe: () => import('../campaign/describe_engine.js'),
  selftest: () => import('../campaign/selftest/selftest.js'),
  allowlist: () => import('../oracle/compiled_allow.js'),
  address: () => import('../cases/address.js'),
  fixture: () => import('../cases/fixture.js'),
  sweep: () => import('../campaign/sweep.js'),
  scopes: () => import('../cases/scopes.js'),
  bench: () => import('../bench/index.js'),
  cache: async () => ({
    ...(await import('../kernel/cache/cache.js')),
    ...(await import('../kernel/cache/folder.js')),
    ...(await import('../kernel/stored.js')),
  }),
  kernels: () => import('../campaign/kernels.js'),
  conform: () => import('../campaign/conform/run.js'),
  coverage: async () => ({
    ...(await import('../campaign/coverage.js')),
    ...(await import('../kernel/cover/code.js')),
    ...(await import('../kernel/cover/figures.js')),
    ...(await import('../kernel/cover/folded.js')),
    ...(await import('../kernel/engine/engine.js')),
  }),
  patch: async () => ({
    ...(await import('../kernel/series/input.js')),
    ...(await import('../kernel/series/read.js')),
    ...(await import('../kernel/series/apply.js')),
    ...(await import('../kernel/trees/git.js')),
    ...(await import('../kernel/stored.js')),
    ...(await import('../kernel/stored_tree.js')),
    ...(await import('../kernel/add.js')),
    ...(await import('../kernel/compilers.js')),
    ...(await import('../kernel/trees/recorded.js')),
    ...(await import('../kernel/patched/code.js')),
    ...(await import('../kernel/engine/engine.js')),
    ...(await import('../campaign/kernels.js')),
    ...(await import('../campaign/engines.js')),
    ...(await import('../campaign/patch/compare.js')),
    ...(await import('../campaign/patch/series.js')),
    ...(await import('../campaign/patch/report.js')),
    ...(await import('../campaign/replay.js')),
    ...(await import('../cases/address.js')),
  }),
  addKernel: async () => ({
    ...(await import('../kernel/add.js')),
    ...(await import('../kernel/config.js')),
    ...(await import('../kernel/compilers.js')),
    ...(await import('../kernel/user_config.js')),
    ...(await import('../kernel/trees/open.js')),
    ...(await import('../kernel/trees/tree.js')),
  }),
};

export interface Context {
  readonly io: Io;
  readonly modules: Modules;
  exitCode: ExitCode;
}

/** A path as the user wrote it where that means the right file, so that messages name it in the user's words. */
export function pathOf(io: Io, path: string): string {
  return io.cwd === process.cwd() ? path : resolve(io.cwd, path);
}

/** One line of news for the person who waits. */
export function say(io: Io, text: string): void {
  io.stderr.write(`ptediff: ${escapeControl(text)}\n`);
}

/** Prose that may need more than one line, within the width of a mail: the program's name stands before the first. */
export function sayProse(io: Io, text: string): void {
  io.stderr.write(`${labelled('ptediff:', escapeControl(text), MAIL_COLUMNS).join('\n')}\n`);
}
