/** Parts join into the report of the whole campaign, and nothing else joins. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCampaign } from '../../src/campaign/campaign.js';
import { joinParts, type OpenPart, runShard } from '../../src/campaign/parts.js';
import { type ReadPart, readPart } from '../../src/campaign/read_part.js';
import { DEFAULT_ARCHITECTURES } from '../../src/mm/arch/index.js';
import { type Allowlist, EMPTY_ALLOWLIST } from '../../src/oracle/allowlist.js';
import { contentHash } from '../../src/oracle/plain_entry.js';
import { renderJson, renderPart } from '../../src/report/json.js';
import type { Report } from '../../src/report/model.js';
import { PartSchema, type Plan } from '../../src/report/part_model.js';
import { temporaryFolder } from '../folders.js';
import { ALLOWLIST, campaign, engine } from '../support.js';

type FuzzPlan = Extract<Plan, { kind: 'fuzz' }>;

const OPTIONS = campaign({
  architectures: DEFAULT_ARCHITECTURES,
  spans: [8, 64, 512],
  faults: 30_000,
  batched: engine('batched@v6.12'),
  races: true,
  allowlist: ALLOWLIST,
});

let folder: string;
beforeAll(() => {
  const made = temporaryFolder();
  folder = made.path;
  return made.remove;
});

let number = 0;
/** Writes the part as the command line does, and reads it again. */
function throughFile(part: OpenPart): ReadPart {
  const file = join(folder, `part-${number++}.json`);
  writeFileSync(file, renderPart(part));
  return readPart(file);
}

const stable = (report: Report): string => renderJson(report).split('"timing"')[0];
const shards = (of: number, options = OPTIONS): Promise<OpenPart[]> =>
  Promise.all(Array.from({ length: of }, (_, i) => runShard(options, { index: i + 1, of })));

describe('parts', () => {
  let whole: Report;
  beforeAll(async () => {
    whole = await runCampaign(OPTIONS);
  });

  it.each([1, 2, 7])('%i of them give the report of the whole, in any order', async (of) => {
    expect(whole.classes.length).toBeGreaterThan(20);
    const read = (await shards(of)).map(throughFile);
    expect(stable((await joinParts(read, ALLOWLIST)).report)).toBe(stable(whole));
    expect(stable((await joinParts([...read].reverse(), ALLOWLIST)).report)).toBe(stable(whole));
  });

  it('have the published shape, and say that they are parts', async () => {
    const { part } = throughFile(await runShard(OPTIONS, { index: 2, of: 3 }));
    expect(PartSchema.parse(part)).toEqual(part);
    expect(part).toMatchObject({ kind: 'part', shard: { index: 2, of: 3 }, stopped: 'complete' });
    expect(part).not.toHaveProperty('verdict');
  });

  it('are the same bytes each time, apart from timing and the digest behind it', async () => {
    const [first, second] = [0, 1].map(() => runShard(OPTIONS, { index: 1, of: 4 }));
    expect(renderPart(await second).split('"timing"')[0]).toBe(renderPart(await first).split('"timing"')[0]);
  });

  it('that were interrupted make an interrupted report', async () => {
    const [first, second] = await shards(2);
    const read = [throughFile({ ...first, stopped: 'interrupted' }), throughFile(second)];
    expect((await joinParts(read, ALLOWLIST)).report.stopped).toBe('interrupted');
    const died = [throughFile({ ...first, stopped: 'engine-died' }), throughFile(second)];
    expect((await joinParts(died, ALLOWLIST)).report.stopped).toBe('engine-died');
  });

  it('add up their time', async () => {
    const read = (await shards(2)).map((part) => throughFile({ ...part, timing: { seconds: 1.5 } }));
    expect((await joinParts(read, ALLOWLIST)).report.timing.seconds).toBe(3);
  });

  it('need a number of faults to be parts of', async () => {
    await expect(runShard({ ...OPTIONS, faults: null, seconds: 1 }, { index: 1, of: 2 })).rejects.toThrow('no shards');
  });
});

describe('joining', async () => {
  let first: OpenPart;
  let second: OpenPart;
  beforeAll(async () => {
    [first, second] = await shards(2, { ...OPTIONS, faults: 2000 });
  });
  const joining = (...parts: OpenPart[]) => {
    const read = parts.map(throughFile);
    const last = read.at(-1)?.file ?? '';
    return { read, last, join: (allowlist: Allowlist = ALLOWLIST) => joinParts(read, allowlist) };
  };

  it.each([
    ['seed', { seed: 2 }, 'expected seed 1, found 2'],
    ['faults', { faults: 4000 }, 'expected faults 2000, found 4000'],
    ['engines', { engines: { legacy: 'legacy@v6.5', batched: 'batched@v6.12' } }, 'expected engines {"legacy":'],
    ['spans', { spans: [8] }, 'expected spans [8,64,512], found [8]'],
    ['races', { races: false }, 'expected races true, found false'],
    ['invariants', { invariants: 'all' as const }, 'expected invariants "sampled", found "all"'],
  ])('refuses plans with other %s', async (_what, change, message) => {
    const { last, read, join: attempt } = joining(first, { ...second, plan: { ...second.plan, ...change } });
    await expect(attempt()).rejects.toThrow(`${last}: another plan than ${read[0].file}: ${message}`);
  });

  it('refuses a part that is missing, with the exit code of missing input', async () => {
    const { last, join: attempt } = joining(second);
    await expect(attempt()).rejects.toThrow(`${last}: part 1 of 2 is missing`);
    await expect(attempt()).rejects.toMatchObject({ exitCode: 66 });
    const one = joining({ ...first, shard: { index: 4, of: 5 } });
    await expect(one.join()).rejects.toThrow('part 1 of 5, and 3 more, are missing');
  });

  it('refuses a part that is there twice', async () => {
    const { last, read, join: attempt } = joining(first, second, first);
    await expect(attempt()).rejects.toThrow(`${last}: part 1 of 2 again: it is also in ${read[0].file}`);
  });

  it('refuses parts of other numbers of parts', async () => {
    const { last, join: attempt } = joining(first, { ...second, shard: { index: 2, of: 3 } });
    await expect(attempt()).rejects.toThrow(`${last}: one of 3 parts, but`);
  });

  it('refuses parts that another allowlist judged', async () => {
    const other = joining(first, { ...second, allowlist: 'another' });
    await expect(other.join()).rejects.toThrow(`${other.last}: judged by another allowlist than ${other.read[0].file}`);
    const all = joining(first, second);
    const elsewhere = all.join({ ...EMPTY_ALLOWLIST, dir: 'elsewhere' });
    await expect(elsewhere).rejects.toThrow('by another allowlist than elsewhere');
  });
});

describe('reading a part', () => {
  let good: OpenPart;
  beforeAll(async () => {
    good = await runShard({ ...OPTIONS, faults: 2000 }, { index: 1, of: 1 });
  });
  const reading = (text: string) => {
    const file = join(folder, `read-${number++}.json`);
    writeFileSync(file, text);
    return () => readPart(file);
  };
  const counts = (): OpenPart['counts'] => good.counts;
  const fuzzPlan = (): FuzzPlan => good.plan as FuzzPlan;

  it.each([
    ['a report', () => JSON.stringify({ verdict: 'agree' }), 'expected a part of a campaign, found a report'],
    ['a list', () => '[]', 'expected a part of a campaign, found something else'],
    ['no JSON', () => '{"kind": "part"', 'expected JSON: '],
    ['nothing', () => '', 'expected JSON: '],
    ['another version', () => renderPart({ ...good, version: '9.9.9' }), 'found one of 9.9.9'],
    [
      'another generator',
      () => renderPart({ ...good, generatorVersion: 99 }),
      'expected generator version 2, found 99',
    ],
    ['an unknown key', () => JSON.stringify({ ...good, digest: '', plans: 1 }), 'expected a known key, found "plans"'],
    ['a missing key', () => JSON.stringify(good), 'digest: expected'],
    [
      'a number below zero',
      () => renderPart({ ...good, counts: { ...counts(), effective: -1 } }),
      'counts.effective: ',
    ],
    [
      'marks of another version',
      () => renderPart({ ...good, counts: { ...counts(), marks: { legacy: [], batched: [] } } }),
      'counts.marks.legacy: ',
    ],
    [
      'an engine that is not there',
      () => renderPart({ ...good, plan: { ...good.plan, engines: { legacy: 'legacy@v1', batched: 'batched@v6.12' } } }),
      'no such engine: legacy@v1',
    ],
    [
      'an architecture that is not there',
      () => renderPart({ ...good, plan: { ...fuzzPlan(), architectures: ['vax'] } }),
      'no such architecture: vax',
    ],
    [
      'a field that is not there',
      () => renderPart({ ...good, counts: { ...counts(), classes: [{ ...counts().classes[0], field: 'yuong' }] } }),
      'no such field: yuong',
    ],
    [
      'an address that is none',
      () => renderPart({ ...good, counts: { ...counts(), classes: [{ ...counts().classes[0], first: 'there' }] } }),
      'not an address',
    ],
    ['a number beyond its parts', () => renderPart({ ...good, shard: { index: 2, of: 1 } }), 'found part 2'],
  ])('refuses %s', (_what, text, message) => {
    const read = reading(text());
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ name: 'InputError', exitCode: 3 }));
  });

  it('refuses a file whose content has changed anywhere', () => {
    const text = renderPart(good);
    const digits = [...text.matchAll(/(?<=": )\d+(?=,?\n)/g)].map(({ index }) => index);
    fc.assert(
      fc.property(fc.constantFrom(...digits), fc.constantFrom('1', '2', '7'), (at, digit) => {
        fc.pre(text[at] !== digit);
        expect(reading(text.slice(0, at) + digit + text.slice(at + 1))).toThrow();
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a file that ends early, wherever it ends', () => {
    const text = renderPart(good);
    fc.assert(
      fc.property(fc.nat(text.length - 3), (length) => {
        expect(reading(text.slice(0, length))).toThrow('expected JSON');
      }),
      { numRuns: 30 },
    );
  });

  it('refuses a file that is larger than any part', () => {
    expect(reading(' '.repeat(17 * 1024 * 1024))).toThrow('expected at most 16777216 bytes, found more');
  });

  it('refuses what is no file', () => {
    const at = join(folder, 'a-folder');
    mkdirSync(at);
    expect(() => readPart(at)).toThrow(expect.objectContaining({ exitCode: 66 }));
    expect(() => readPart(join(folder, 'none.json'))).toThrow(expect.objectContaining({ exitCode: 66 }));
  });

  it('gives the part back as it was written', () => {
    const file = join(folder, 'good.json');
    writeFileSync(file, renderPart(good));
    expect(readPart(file).part).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });
});

describe('the hash of an allowlist', () => {
  it('is that of its content, wherever its files lie and in whatever order', () => {
    const moved = { dir: 'x', entries: [...ALLOWLIST.entries].reverse().map((entry) => ({ ...entry, file: 'x' })) };
    expect(contentHash(moved)).toBe(contentHash(ALLOWLIST));
    expect(contentHash(ALLOWLIST)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('is another one if an entry says something else', () => {
    const [some, ...others] = ALLOWLIST.entries;
    const [claim] = some.claims;
    const changed = [
      { ...some, why: 'because' },
      { ...some, claims: [{ ...claim, legacy: 77 }] },
      { ...some, claims: [{ ...claim, condition: { ...claim.condition, text: 'true' } }] },
    ].map((entry) => contentHash({ dir: '', entries: [entry, ...others] }));
    expect(new Set([contentHash(ALLOWLIST), ...changed, contentHash({ dir: '', entries: others })]).size).toBe(5);
  });
});
