/**
 * Parts: the shards of one campaign, run anywhere, and joined into the report that one machine would have made. Nothing
 * is joined that does not belong together.
 */
import { InputError } from '../cases/files.js';
import { GENERATOR_VERSION } from '../cases/space.js';
import type { Allowlist } from '../oracle/allowlist.js';
import { contentHash } from '../oracle/plain_entry.js';
import type { Report } from '../report/model.js';
import type { Part, Plan } from '../report/part_model.js';
import { SCHEMA_VERSION } from '../report/schema_version.js';
import type { Shard } from '../report/shard.js';
import { VERSION } from '../version.js';
import type { CampaignOptions } from './api.js';
import { countCampaign } from './campaign.js';
import { mergeCounts } from './counts.js';
import { optionsOf, plannedOf, planOf } from './part_plan.js';
import type { ReadPart } from './read_part.js';
import { makeReport } from './report.js';

/** A part without the digest that its file has. */
export type OpenPart = Omit<Part, 'digest'>;

/**
 * Runs one shard of a campaign.
 * @param options with a number of faults, and without `failFast`: the end of either depends on the other shards
 */
export async function runShard(options: CampaignOptions, shard: Shard): Promise<OpenPart> {
  const plan = planOf(options);
  const allowlist = contentHash(options.allowlist);
  const { counts, stopped, seconds } = await countCampaign({ ...options, seconds: null, failFast: false }, shard);
  if (stopped === 'time' || stopped === 'fail-fast') throw new Error(`a shard has stopped: ${stopped}`);
  return {
    kind: 'part',
    schemaVersion: SCHEMA_VERSION,
    version: VERSION,
    generatorVersion: GENERATOR_VERSION,
    plan,
    allowlist,
    shard,
    counts: counts as Part['counts'],
    stopped,
    timing: { seconds },
  };
}

/**
 * Joins all parts of one campaign.
 * @param allowlist the entries that the parts were judged by
 * @param shrinks as an option of the campaign
 * @returns the options of the campaign, and its report
 * @throws InputError that names the file and why it does not belong to the others
 */
export async function joinParts(
  read: readonly ReadPart[],
  allowlist: Allowlist,
  shrinks: CampaignOptions['shrinks'] = 'all',
): Promise<{ options: CampaignOptions; report: Report }> {
  requireSame(read, allowlist);
  requireAll(read);
  const [{ part: first }] = read;
  const options: CampaignOptions = { ...optionsOf(first.plan, allowlist), shrinks };
  const parts = read.map(({ part }) => part);
  const counts = mergeCounts(parts.map((part) => part.counts));
  const ended = (['interrupted', 'engine-died'] as const).find((why) => parts.some(({ stopped }) => stopped === why));
  const report = await makeReport(options, counts, {
    stopped: ended ?? 'complete',
    planned: plannedOf(options),
    seconds: parts.reduce((sum, { timing }) => sum + timing.seconds, 0),
    scattered: true,
  });
  return { options, report };
}

function requireSame(read: readonly ReadPart[], allowlist: Allowlist): void {
  const [first] = read;
  for (const { file, part } of read) {
    for (const key of Object.keys(first.part.plan) as (keyof Plan)[]) {
      const [wanted, found] = [first.part.plan[key], part.plan[key]].map((value) => JSON.stringify(value));
      if (wanted === found) continue;
      throw new InputError(file, `another plan than ${first.file}: expected ${key} ${wanted}, found ${found}`);
    }
    if (part.shard.of !== first.part.shard.of) {
      throw new InputError(file, `one of ${part.shard.of} parts, but ${first.file} is one of ${first.part.shard.of}`);
    }
    if (part.allowlist !== first.part.allowlist) {
      throw new InputError(file, `judged by another allowlist than ${first.file}`);
    }
  }
  if (first.part.allowlist !== contentHash(allowlist)) {
    throw new InputError(first.file, `judged by another allowlist than ${allowlist.dir}`, {
      hint: 'Name the folder of its entries with --allow.',
    });
  }
}

function requireAll(read: readonly ReadPart[]): void {
  const files = new Map<number, string>();
  for (const { file, part } of read) {
    const { index, of } = part.shard;
    const other = files.get(index);
    if (other !== undefined) throw new InputError(file, `part ${index} of ${of} again: it is also in ${other}`);
    files.set(index, file);
  }
  const [{ file, part }] = read;
  const missing = Array.from({ length: part.shard.of }, (_, i) => i + 1).filter((index) => !files.has(index));
  if (missing.length === 0) return;
  const what = missing.length > 1 ? `, and ${missing.length - 1} more, are missing` : ' is missing';
  throw new InputError(file, `part ${missing[0]} of ${part.shard.of}${what}`, { exitCode: 66 });
}
