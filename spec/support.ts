/** What many specs need: engines by name, small layouts that read as one line, both engines played on a case. */
import { fileURLToPath } from 'node:url';
import type { CampaignOptions } from '../src/campaign/api.js';
import { REVISIONS } from '../src/campaign/engines.js';
import { rowArt } from '../src/cases/art.js';
import { type Case, CaseSchema } from '../src/cases/case.js';
import { loadCase } from '../src/cases/load.js';
import { Access, BY_CPU } from '../src/mm/access.js';
import { CountingImage } from '../src/mm/counting_image.js';
import type { FaultHandler } from '../src/mm/fault.js';
import type { Image } from '../src/mm/image.js';
import type { EngineClass, Revision } from '../src/mm/revision.js';
import type { Scene } from '../src/mm/scene.js';
import { loadAllowlist } from '../src/oracle/allow_file.js';
import { type AllowEntry, type Allowlist, EMPTY_ALLOWLIST } from '../src/oracle/allowlist.js';

/** The repository's fixtures. */
export const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
export const ALLOWLIST = loadAllowlist(`${FIXTURES}allow`);

/** Entries that claim nothing and end on 2026-02-01: `mine` of the default pair, and one of other engines. */
export const EXPIRING: Allowlist = { dir: '', entries: [ending('mine', 'reference'), ending('of others', 'v6.12')] };

function ending(id: string, batched: string): AllowEntry {
  const [some] = ALLOWLIST.entries;
  return { ...some, id, claims: [], engines: { legacy: ['v6.1'], batched: [batched] }, expires: '2026-02-01' };
}

/** The engine with this id, for example `batched@v6.6`. */
export function engine(id: string): Revision {
  const found = REVISIONS.find((revision) => revision.id === id);
  if (found === undefined) throw new Error(`no engine ${id}`);
  return found;
}

export const LEGACY = engine('legacy@v6.1');
export const REFERENCE = engine('batched@reference');

/** The revision with another engine class in its place. */
export const withEngine = (revision: Revision, id: string, replacement: EngineClass): Revision => ({
  ...revision,
  id,
  engine: replacement,
});

type Parts = {
  readonly [K in keyof Case]?: Case[K] extends readonly unknown[] | string | number | boolean
    ? Case[K]
    : Partial<Case[K]>;
};

/** A case of 16 slots on arm64, one folio of order 4, read at slot 5, unless `parts` says otherwise. */
export function layout(parts: Parts = {}): Case {
  const { span = 16, vma, file, ...rest } = parts;
  return CaseSchema.parse({
    arch: 'arm64',
    span,
    vma: { start: 0, pages: span, ...vma },
    file: { size: span * 4096, ...file },
    folios: [{ at: 0, order: 31 - Math.clz32(span) }],
    steps: [{ read: 5 }],
    ...rest,
  });
}

/** `pages` folios of order 0, from index 0 on. */
export const smallFolios = (pages: number): Case['folios'] =>
  Array.from({ length: pages }, (_, at) => ({ at, order: 0 }));

/** One engine on a loaded case, driven by hand. */
export interface Machine {
  readonly scene: Scene;
  readonly image: Image;
  readonly handler: FaultHandler;
  readonly access: Access;
  /** One access to its end; returns the number of faults it took. */
  touch(slot: number, options?: { write?: boolean; by?: number }): number;
  row(): string;
  mm(word: number): number;
}

/** Loads the case for one engine. */
export function machine(plain: Case, id: string | Revision = REFERENCE): Machine {
  const revision = typeof id === 'string' ? engine(id) : id;
  const { scene, image: initial } = loadCase(plain);
  const image = new CountingImage(plain.span);
  image.copyFrom(initial);
  image.memcgPmdStat = revision.features.pmdMappedStat === 'node-and-memcg';
  const handler = new revision.engine(scene, image);
  const access = new Access(handler);
  return {
    scene,
    image,
    handler,
    access,
    touch(slot, { write = false, by = BY_CPU } = {}) {
      let faults = 0;
      access.begin(slot, write, by);
      for (; access.needsFault(); faults++) access.fault();
      access.finish();
      return faults;
    },
    row: () => rowArt(image),
    mm: (word) => image.mm[word],
  };
}

/** A small campaign of the default pair on arm64, without allowlist, unless `options` says otherwise. */
export const campaign = (options: Partial<CampaignOptions> = {}): CampaignOptions => ({
  legacy: LEGACY,
  batched: REFERENCE,
  architectures: ['arm64'],
  spans: [8, 64],
  faults: 4000,
  seconds: null,
  seed: 1,
  races: false,
  invariantsAll: false,
  allowlist: EMPTY_ALLOWLIST,
  failFast: false,
  ...options,
});
