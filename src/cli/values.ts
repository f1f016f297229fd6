/** Option values: strictly one way to write each, and a message that shows it. */
import { InvalidArgumentError, Option } from 'commander';
import { didYouMean } from '../cases/suggest.js';
import type { IndexRange } from '../cases/sweep/scope_index.js';
import type { ArchName } from '../mm/arch/architecture.js';
import { ARCHITECTURES } from '../mm/arch/index.js';
import { MAX_SHARDS, type Shard } from '../report/shard.js';

const MIN_SPAN = 4;
const MAX_WORKERS = 256;
const MAX_SPAN = 512;
const GIT_HASH = /^[0-9a-f]{40}$/;

/** `7`, or a git commit id, so that a CI job can use the commit it tests. */
export function parseSeed(text: string): number {
  if (GIT_HASH.test(text)) return foldHash(text);
  const seed = /^(?:0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(seed)) return seed;
  throw new InvalidArgumentError(
    'Expected an integer from 0 to 9007199254740991 (2^53 - 1), or a git commit id of 40 hex digits.',
  );
}

/** `--seed` of whatever draws its cases: fixed, so that a first run is the same everywhere and two can be compared. */
export const seedOption = (): Option =>
  new Option('--seed <number>', '0 to 2^53 - 1, or a git commit id').argParser(parseSeed).default(1);

/** All 160 bits have a part in the 53 that a seed has. */
function foldHash(hash: string): number {
  let rest = BigInt(`0x${hash}`);
  let folded = 0n;
  for (; rest > 0n; rest >>= 53n) folded ^= BigInt.asUintN(53, rest);
  return Number(folded);
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1_000, M: 1_000_000 };

/** `20000`, `20k` or `2M`. */
export function parseFaults(text: string): number {
  const match = /^([1-9]\d*)([kM]?)$/.exec(text);
  const faults = match === null ? Number.NaN : Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN);
  if (Number.isSafeInteger(faults)) return faults;
  throw new InvalidArgumentError('Expected a positive integer, with k or M for thousands or millions.');
}

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60 };

/** `500ms`, `30s` or `2m`, as seconds. */
export function parseDuration(text: string): number {
  const match = /^([1-9]\d{0,8})(ms|s|m)$/.exec(text);
  if (match !== null) return Number(match[1]) * (SECONDS[match[2] ?? ''] ?? Number.NaN);
  throw new InvalidArgumentError('Expected a time such as 500ms, 30s or 2m.');
}

/** `8,64`: spans in pages, each once. */
export function parseSpans(text: string): number[] {
  return listOf(text).map((item) => {
    const span = /^[1-9]\d{0,2}$/.test(item) ? Number(item) : Number.NaN;
    if (span >= MIN_SPAN && span <= MAX_SPAN) return span;
    throw new InvalidArgumentError(`Expected spans from ${MIN_SPAN} to ${MAX_SPAN} pages, separated by commas.`);
  });
}

/** `arm64,x86-64`: architectures, each once. */
export function parseArchitectures(text: string): ArchName[] {
  const known: readonly string[] = [...ARCHITECTURES.keys()];
  return listOf(text).map((item) => {
    if (known.includes(item)) return item as ArchName;
    const near = didYouMean(item, known);
    throw new InvalidArgumentError(
      near === undefined ? `Expected some of ${known.join(', ')}.` : `Did you mean ${near}?`,
    );
  });
}

/** `2`: worker threads, 0 for none. */
export function parseWorkers(text: string): number {
  const workers = /^(?:0|[1-9]\d{0,3})$/.test(text) ? Number(text) : Number.NaN;
  if (workers <= MAX_WORKERS) return workers;
  throw new InvalidArgumentError(`Expected a number of threads from 0 to ${MAX_WORKERS}.`);
}

/** `3/16`: part 3 of 16. */
export function parseShard(text: string): Shard {
  const match = /^([1-9]\d{0,5})\/([1-9]\d{0,5})$/.exec(text);
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (index <= of && of <= MAX_SHARDS) return { index, of };
  throw new InvalidArgumentError(`Expected I/N such as 3/16, with I from 1 to N and N up to ${MAX_SHARDS}.`);
}

/** `1000..2000`: indexes from 1000 to 1999. */
export function parseIndexRange(text: string): IndexRange {
  const match = /^(0|[1-9]\d*)\.\.([1-9]\d*)$/.exec(text);
  const [from, to] = [Number(match?.[1]), Number(match?.[2])];
  if (from < to && Number.isSafeInteger(to)) return { from, to };
  throw new InvalidArgumentError('Expected A..B such as 0..1000, from A to B - 1, with A smaller than B.');
}

/** The path of a file to write; an empty one is a variable that the shell did not know. */
export function parseOutFile(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('Expected the path of a file, found an empty one.');
}

function listOf(text: string): string[] {
  const items = text.split(',');
  const twice = items.find((item, i) => items.indexOf(item) !== i);
  if (twice !== undefined) throw new InvalidArgumentError(`Expected each value once, found ${twice} again.`);
  return items;
}
