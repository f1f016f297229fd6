/**
 * The work of a benchmark, as requests and answers of plain data. It runs in threads of its own: one contender does not
 * see the types that another one has shown to the compiler, and slices of several contenders can alternate.
 */
import { PerformanceObserver } from 'node:perf_hooks';
import { setImmediate as immediate } from 'node:timers/promises';
import { Bench } from 'tinybench';
import { Shrinker } from '../campaign/shrink.js';
import { loadAllowlist } from '../oracle/allow_file.js';
import type { Allowlist } from '../oracle/allowlist.js';
import { DEFAULT_ENGINES } from '../report/commands.js';
import { Blocks, type BlocksOptions, engineNamed } from './blocks.js';
import { type Contender, type ContenderSpec, createContender } from './contenders.js';
import { type Elapsed, Stopwatch } from './processor_time.js';

export interface Slice extends Elapsed {
  /** cases or faults */
  readonly done: number;
}

export interface Collections {
  readonly done: number;
  readonly milliseconds: number;
  /** garbage collections, and how long they took */
  readonly count: number;
  readonly collecting: number;
}

export interface Find {
  /** faults until something was found; null if nothing was */
  readonly faults: number | null;
  readonly milliseconds: number;
  /** to shrink the class that was found; null where there is none */
  readonly shrinking: number | null;
}

export type Request =
  | { readonly kind: 'prepare'; readonly contender: ContenderSpec }
  | { readonly kind: 'slice'; readonly milliseconds: number }
  | { readonly kind: 'collections'; readonly done: number }
  | { readonly kind: 'cost'; readonly blocks: BlocksOptions; readonly rounds: number }
  | { readonly kind: 'find'; readonly blocks: BlocksOptions; readonly limit: number };

/** What each kind of request is answered with. */
export interface Answers {
  prepare: true;
  slice: Slice;
  collections: Collections;
  cost: Slice;
  find: Find;
}

export type Answer<R extends Request> = Answers[R['kind']];

/** Does requests one after the other; a contender stays from its preparation on. */
export class Jobs {
  private readonly allowlist: Allowlist;
  private contender: Contender | null = null;

  /** @param allow folder of the allowlist */
  constructor(allow: string) {
    this.allowlist = loadAllowlist(allow);
  }

  async answer(request: Request): Promise<Answers[Request['kind']]> {
    if (request.kind === 'prepare') return this.prepare(request.contender);
    if (request.kind === 'slice') return this.slice(request.milliseconds);
    if (request.kind === 'collections') return this.collections(request.done);
    return request.kind === 'cost'
      ? this.cost(request.blocks, request.rounds)
      : this.find(request.blocks, request.limit);
  }

  private prepare(spec: ContenderSpec): true {
    this.contender = createContender(spec, this.allowlist);
    return true;
  }

  private prepared(): Contender {
    if (this.contender === null) throw new Error('there is no contender yet');
    return this.contender;
  }

  /** Lets the contender work for the time, and to the end of the piece of work that it is at. */
  private slice(milliseconds: number): Slice {
    const contender = this.prepared();
    const bench = new Bench({ time: milliseconds, warmup: false, iterations: 1, throws: true });
    let done = 0;
    let stopwatch = new Stopwatch();
    let elapsed = stopwatch.read();
    bench.add(
      'slice',
      () => {
        done += contender();
      },
      {
        beforeAll: () => {
          stopwatch = new Stopwatch();
        },
        afterAll: () => {
          elapsed = stopwatch.read();
        },
      },
    );
    bench.runSync();
    return { done, ...elapsed };
  }

  /** Lets the contender do the work with an eye on the garbage collector and nothing else. */
  private async collections(wanted: number): Promise<Collections> {
    const contender = this.prepared();
    const seen: { startTime: number; duration: number }[] = [];
    const observer = new PerformanceObserver((list) => seen.push(...list.getEntries()));
    observer.observe({ entryTypes: ['gc'] });
    const begin = performance.now();
    let done = 0;
    while (done < wanted) done += contender();
    const end = performance.now();
    // Entries arrive when the event loop turns.
    await immediate();
    await immediate();
    observer.disconnect();
    const during = seen.filter(({ startTime }) => startTime >= begin && startTime <= end);
    const collecting = during.reduce((sum, { duration }) => sum + duration, 0);
    return { done, milliseconds: end - begin, count: during.length, collecting };
  }

  /** A fresh campaign of so many rounds. */
  private cost(options: BlocksOptions, rounds: number): Slice {
    const stopwatch = new Stopwatch();
    const blocks = new Blocks(options, this.allowlist);
    let done = 0;
    for (let round = 0; round < rounds; round++) done += blocks.runRound();
    return { done, ...stopwatch.read() };
  }

  /** A fresh search until something is found, then the shrinking of the first class. */
  private find(options: BlocksOptions, limit: number): Find {
    const begin = performance.now();
    const blocks = new Blocks(options, this.allowlist);
    const faults = blocks.search(limit);
    const milliseconds = performance.now() - begin;
    if (!blocks.hasFound()) return { faults: null, milliseconds, shrinking: null };
    const found = blocks.tally.classes.find(({ finding }) => finding.entry === null);
    if (found === undefined) return { faults, milliseconds, shrinking: null };
    const legacy = engineNamed(DEFAULT_ENGINES.legacy);
    const batched = engineNamed(options.batched);
    const shrunk = performance.now();
    new Shrinker({ legacy, batched, allowlist: this.allowlist }).caseFor({
      id: found.id,
      entry: found.finding.entry?.id ?? null,
      first: found.first,
    });
    return { faults, milliseconds, shrinking: performance.now() - shrunk };
  }
}
