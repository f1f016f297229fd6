/** The world outside and the modules behind the commands, made up, so that the command line is tested alone. */
import { Readable } from 'node:stream';
import { type BenchReport, row } from '../../src/bench/model.js';
import { SECTIONS } from '../../src/bench/run.js';
import { FULL, QUICK, type Settings } from '../../src/bench/settings.js';
import { renderBench } from '../../src/bench/text.js';
import type { CampaignOptions } from '../../src/campaign/api.js';
import { engineWithId } from '../../src/campaign/engines.js';
import type { OpenPart } from '../../src/campaign/parts.js';
import type { SelftestOptions } from '../../src/campaign/selftest/selftest.js';
import type { Modules } from '../../src/cli/context.js';
import type { Io } from '../../src/cli/io.js';
import { main } from '../../src/cli/main.js';
import type { Allowlist } from '../../src/oracle/allowlist.js';
import { renderPart } from '../../src/report/json.js';
import type { Replay, Report } from '../../src/report/model.js';
import type { SelftestReport } from '../../src/report/selftest_model.js';
import type { Shard } from '../../src/report/shard.js';
import { aCase, aPart, aReplay, aReport, aSelftest } from '../report/samples.js';

/** A cache without kernels. */
class EmptyCache {
  names = () => [];
}

export interface FakeIo extends Io {
  out(): string;
  err(): string;
  /** what Ctrl-C does */
  interrupt(): void;
}

export interface World {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** what comes in on standard input */
  readonly stdin?: string;
}

export function fakeIo({ isTTY = false, columns, env = {}, cwd = process.cwd(), stdin = '' }: World = {}): FakeIo {
  const texts = { out: '', err: '' };
  const handlers = new Set<() => void>();
  const stream = (name: 'out' | 'err'): Io['stdout'] => ({
    write: (text) => {
      texts[name] += text;
    },
    isTTY,
    columns,
  });
  return {
    stdout: stream('out'),
    stderr: stream('err'),
    stdin: Readable.from([Buffer.from(stdin)]),
    env,
    cwd,
    onInterrupt: (handler) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    out: () => texts.out,
    err: () => texts.err,
    interrupt: () => {
      for (const handler of handlers) handler();
    },
  };
}

/** What the fake modules were asked. */
export interface Asked {
  campaign?: CampaignOptions;
  shard?: Shard;
  /** what the number of workers was worked out from */
  size?: Pick<CampaignOptions, 'faults' | 'seconds'>;
  parts: string[];
  allowlists: string[];
  replays: {
    target: { address: string | null };
    options: { legacy: { id: string }; batched: { id: string }; trace: boolean };
  }[];
  checks: { paths: readonly string[]; root: string }[];
  selftests: SelftestOptions[];
  addresses: string[];
  fixtures: string[];
  bench?: { sections: readonly string[]; quick: boolean; allow: string; program: string };
}

export const nothingAsked = (): Asked => ({
  allowlists: [],
  replays: [],
  checks: [],
  selftests: [],
  addresses: [],
  fixtures: [],
  parts: [],
});

export class FakeAddressError extends Error {}

export interface Answers {
  readonly report?: Partial<Report> | ((options: CampaignOptions) => Promise<Partial<Report>>);
  readonly part?: Partial<OpenPart>;
  /** why parts cannot be joined */
  readonly unjoinable?: Error;
  /** id of the batched engine of the parts */
  readonly batched?: string;
  readonly replay?: Partial<Replay>;
  readonly entries?: Allowlist['entries'];
  readonly selftest?: Partial<SelftestReport> | ((options: SelftestOptions) => Promise<Partial<SelftestReport>>);
  readonly results?: readonly {
    file: string;
    name: string;
    ok: boolean;
    kind: string;
    message: string;
    note?: string;
  }[];
  /** thrown by whichever module is asked first */
  readonly error?: unknown;
  readonly badAddress?: Error;
  /** why a case cannot be on the engines */
  readonly impossible?: string;
  /** Ctrl-C is pressed while a benchmark measures */
  readonly interruptsBench?: boolean;
}

export function fakeModules(answers: Answers, asked: Asked, interrupt: () => void = () => {}): Modules {
  const fail = (): void => {
    if (answers.error !== undefined) throw answers.error;
  };
  const fakes = {
    campaign: async () => ({
      DEFAULT_FAULTS: 1000,
      DEFAULT_SPANS: [8, 64, 512],
      defaultWorkers: (size: Asked['size'] & object) => {
        asked.size = size;
        return 5;
      },
      runCampaign: async (options: CampaignOptions) => {
        fail();
        asked.campaign = options;
        const { report = {} } = answers;
        return aReport(typeof report === 'function' ? await report(options) : report);
      },
    }),
    parts: async () => ({
      runShard: async (options: CampaignOptions, shard: Shard) => {
        fail();
        asked.campaign = options;
        asked.shard = shard;
        return aPart({ shard, ...answers.part });
      },
      renderPart,
      readPart: (file: string) => {
        fail();
        asked.parts.push(file);
        return { file, part: aPart() };
      },
      joinParts: async (_read: unknown, { dir }: { dir: string }) => {
        if (answers.unjoinable !== undefined) throw answers.unjoinable;
        asked.parts.push(`with ${dir}`);
        const [legacy, batched] = ['legacy@v6.1', answers.batched ?? 'batched@reference'].map(engineWithId);
        const { report = {} } = answers;
        return { options: { legacy, batched }, report: aReport(typeof report === 'function' ? {} : report) };
      },
    }),
    sweep: () => import('../../src/campaign/sweep.js'),
    scopes: () => import('../../src/cases/scopes.js'),
    allowlist: async () => ({
      readAllowlist: async (dir: string) => {
        fail();
        asked.allowlists.push(dir);
        return { dir, entries: answers.entries ?? [] };
      },
    }),
    replay: async () => ({
      impossibleFor: () => answers.impossible ?? null,
      replay: (target: Asked['replays'][number]['target'], options: Asked['replays'][number]['options']) => {
        asked.replays.push({ target, options });
        return aReplay(answers.replay ?? {});
      },
    }),
    check: async () => ({
      check: (paths: readonly string[], { root }: { root: string }) => {
        asked.checks.push({ paths, root });
        const results = answers.results ?? [];
        const failed = results.filter(({ ok }) => !ok).length;
        return { results, failed, passed: results.length - failed };
      },
    }),
    selftest: async () => ({
      runSelftest: async (options: SelftestOptions) => {
        fail();
        asked.selftests.push(options);
        options.onProgress?.(1, 2);
        const { selftest = {} } = answers;
        return aSelftest(typeof selftest === 'function' ? await selftest(options) : selftest);
      },
    }),
    address: async () => ({
      AddressError: FakeAddressError,
      looksLikeAddress: (text: string) => /^g\d+\./.test(text),
      caseAt: (text: string) => {
        asked.addresses.push(text);
        if (answers.badAddress !== undefined) throw answers.badAddress;
        return aCase();
      },
    }),
    fixture: async () => ({
      readFixture: (path: string) => {
        fail();
        asked.fixtures.push(path);
        return { case: aCase() };
      },
      fixtureText: (_: unknown, { title, comment }: { title: string; comment: readonly string[] }) =>
        `${comment.map((text) => `# ${text}\n`).join('')}title: ${title}\n`,
    }),
    cache: async () => ({ ...(await import('../../src/kernel/stored.js')), cacheFolder: () => '', Cache: EmptyCache }),
    kernels: () => import('../../src/campaign/kernels.js'),
    bench: async () => ({
      FULL,
      QUICK,
      SECTIONS,
      renderBench,
      startThread: fail,
      runBench: async (sections: readonly string[], settings: Settings) => {
        const { amounts, allow, program, onProgress, stopRequested } = settings;
        asked.bench = { sections, quick: amounts === QUICK, allow, program };
        onProgress?.('random');
        if (answers.interruptsBench === true) interrupt();
        return aBench(stopRequested?.() === true);
      },
    }),
  };
  return fakes as unknown as Modules;
}

const aBench = (quick: boolean): BenchReport => ({
  version: '1.2.3',
  node: 'v20.19.0',
  processor: 'Some CPU',
  cores: 2,
  load: [0, 1],
  quick,
  seconds: 1,
  sections: [
    {
      id: 'random',
      title: 'Random search',
      method: 'Made up.',
      rows: [row('x86-64', 'faults/s', [5e5], 5e5, { relation: '>=', value: 1e6 })],
      unavailable: null,
    },
  ],
});

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly asked: Asked;
}

/** Runs one command line in a made-up world. */
export async function run(argv: readonly string[], answers: Answers = {}, world: World = {}): Promise<Outcome> {
  const io = fakeIo(world);
  const asked = nothingAsked();
  const code = await main(argv, io, fakeModules(answers, asked, io.interrupt));
  return { code, out: io.out(), err: io.err(), asked };
}
