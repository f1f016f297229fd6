/**
 * Worker threads that run the units of a job. An engine that ends its thread (an endless loop, memory without end,
 * process.exit()) takes neither the campaign with it nor the rest of the unit: the unit is run again without the case.
 */
import { Piscina } from 'piscina';
import { InputError } from '../cases/files.js';
import { BATCHED_RUNS, BEACON_CASE, BEACON_SIDE, type Beacon, LEGACY_RUNS, NOT_BEGUN, newBeacon } from './beacon.js';
import { type LostCase, MAX_LOST } from './cell.js';
import type { Counts } from './counts.js';
import { messageOf } from './job_message.js';
import type { Attempt, Job } from './runner.js';
import type { Unit } from './unit.js';
import type { Task, TaskResult } from './worker.js';
import { WORKER_FILE } from './worker_file.js';

/** Seconds without a new case after which a thread is taken for endless; a case takes microseconds. */
export const STALL_SECONDS = 30;
/**
 * Piscina requires a program before it imports it. Node 20 ends the whole process where a thread is stopped while it
 * requires an ES module (FATAL ERROR: v8::Module::IsGraphAsync), but not while it imports one.
 */
export const WORKER_ARGS: readonly string[] = ['--no-experimental-require-module'];
/** What the process may grow by while a thread is in one case, in MiB; a thread needs a tenth of it for all of them. */
const MEMORY_LIMIT = 512;
/**
 * Heap after which Node itself ends a thread, in MiB, if it grows too quickly to be watched. Not sooner, for that is
 * best-effort: from Node 23 on it may end the whole process instead, or nothing (nodejs/node issue 47224).
 */
const HEAP_LIMIT = 2 * MEMORY_LIMIT;
const WATCH_INTERVAL = 250;

export interface PoolOptions {
  /** number of threads, from 1 on */
  readonly workers: number;
  readonly stallSeconds?: number | undefined;
}

/** What became of a unit. */
export interface UnitResult {
  readonly counts: Counts;
  /** cases in which an engine ended the thread */
  readonly lost: number;
}

/** A unit in a thread, or waiting for one. */
interface Watched {
  readonly beacon: Beacon;
  readonly controller: AbortController;
  /** what the beacon said last */
  seen: number;
  /** looks since then */
  unchanged: number;
  /** resident memory of the process then, in bytes */
  memory: number;
  /** why the thread was ended */
  reason: string;
}

export class WorkerPool {
  private readonly pool: Piscina<Task, TaskResult>;
  private readonly watched = new Set<Watched>();
  private readonly timer: NodeJS.Timeout;
  private readonly stallSeconds: number;
  private closed = false;

  /** @throws Error if an engine of the job is known to this thread alone */
  constructor(
    private readonly job: Job,
    { workers, stallSeconds = STALL_SECONDS }: PoolOptions,
  ) {
    this.stallSeconds = stallSeconds;
    this.pool = new Piscina({
      filename: WORKER_FILE.href,
      execArgv: [...WORKER_ARGS],
      minThreads: workers,
      maxThreads: workers,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_LIMIT },
      workerData: messageOf(job),
    });
    // A thread that dies without a task has nothing to lose; if none starts any more, the tasks say so.
    this.pool.on('error', () => {});
    this.timer = setInterval(() => this.watch(), WATCH_INTERVAL);
    this.timer.unref();
  }

  /**
   * Runs a unit, and again without the cases in which an engine ended the thread.
   * @throws InputError if allowlist entries contradict each other; Error for what no engine is guilty of
   */
  async run(unit: Unit): Promise<UnitResult> {
    const lost: LostCase[] = [];
    for (;;) {
      const attempt: Attempt = { beacon: newBeacon(), lost, givesUp: lost.length === MAX_LOST };
      const result = await this.attempt({ unit, attempt });
      if ('counts' in result) return { counts: result.counts, lost: lost.length };
      if ('inputError' in result)
        throw new InputError(result.inputError.file, result.inputError.what, result.inputError);
      if ('error' in result) throw result.error;
      const index = attempt.beacon[BEACON_CASE];
      // A thread that dies without a case, or again although its unit ends early, is no engine's fault.
      if (this.closed || index < 0 || attempt.givesUp) throw new Error(`a worker ended: ${result.death}`);
      lost.push({ index, engine: this.engineAt(attempt.beacon), message: result.death });
    }
  }

  private async attempt(task: Task): Promise<TaskResult | { readonly death: string }> {
    const controller = new AbortController();
    const { beacon } = task.attempt;
    const watched: Watched = { beacon, controller, seen: NOT_BEGUN, unchanged: 0, memory: 0, reason: '' };
    this.watched.add(watched);
    try {
      return await this.pool.run(task, { signal: controller.signal });
    } catch (error) {
      return { death: controller.signal.aborted ? watched.reason : reasonOf(error) };
    } finally {
      this.watched.delete(watched);
    }
  }

  /**
   * Ends threads that have been in the same case for too long, or have taken too much memory in it. Looks are counted,
   * not time: a machine that sleeps does not look.
   */
  private watch(): void {
    const memory = process.memoryUsage.rss();
    for (const watched of this.watched) {
      const now = watched.beacon[BEACON_CASE];
      if (now !== watched.seen || now === NOT_BEGUN) {
        Object.assign(watched, { seen: now, unchanged: 0, memory });
      } else if (++watched.unchanged * WATCH_INTERVAL >= 1000 * this.stallSeconds) {
        stop(watched, `no end for ${this.stallSeconds} s`);
      }
    }
    this.watchMemory(memory);
  }

  /** The memory is that of all threads: if it has grown too much, the case that began last is taken for the cause. */
  private watchMemory(memory: number): void {
    const grown = ({ unchanged, memory: then }: Watched): boolean =>
      unchanged > 0 && memory - then > MEMORY_LIMIT * 2 ** 20;
    const [last] = [...this.watched].filter(grown).sort((one, other) => one.unchanged - other.unchanged);
    if (last === undefined) return;
    stop(last, TOO_MUCH);
    // It takes a while until the memory is given back.
    for (const watched of this.watched) watched.memory = memory;
  }

  private engineAt(beacon: Beacon): string {
    const side = beacon[BEACON_SIDE];
    if (side === LEGACY_RUNS) return this.job.legacy.id;
    return side === BATCHED_RUNS ? this.job.batched.id : 'neither engine';
  }

  /** Ends all threads, whatever they do. */
  async close(): Promise<void> {
    this.closed = true;
    clearInterval(this.timer);
    await this.pool.destroy();
  }
}

const TOO_MUCH = `more than ${MEMORY_LIMIT} MiB of memory`;

function stop(watched: Watched, why: string): void {
  watched.reason = `stopped: ${why}`;
  watched.controller.abort();
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_WORKER_OUT_OF_MEMORY' ? `stopped: ${TOO_MUCH}` : message;
}
