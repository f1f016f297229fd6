/** The named behaviours in which batched revisions differ, with the reference's value of each. */
import type { EngineClass } from '../../mm/revision.js';
import type { BatchedEngine } from '../filemap_map_pages.js';

/** Replaces one step of an engine by a subclass. */
export type Replace = (Base: EngineClass<BatchedEngine>) => EngineClass<BatchedEngine>;

/** What each feature's plain value is: the behaviour of the reference, which no step replaces. */
export const PLAIN_FEATURES = {
  setterUnit: 'run',
  prefaultRule: 'fault-outside-run',
  nopageRule: 'fault-in-run',
  folioPrecheck: 'none',
  cursorRule: 'next-entry',
  missRule: 'not-workingset',
  missWriteBack: 'at-end',
  asyncMissRule: 'any-folio',
  lookupReference: 'put',
  statRule: 'entirely-mapped',
  rssRule: 'callers',
  rmapFields: 'large-mapcount',
  pmdMappedStat: 'node',
  pmdMlock: 'none',
  thpDisabled: 'checked',
  iSizeGate: 'folio-within',
  iSizeClamp: 'before-lookup',
  finishWholeFolio: 'anon-shmem',
  finishFallback: 'one-page',
  finishISize: 'checked',
  vmaLock: 'retry-without-map-pages',
  poisonScope: 'folio',
  mkwriteRecheck: 'folio',
  uffdWpRule: 'valid-and-vma',
  pfnAdvance: 'arch',
  contpte: 'valid-only',
  contpteAccessFlags: 'every-entry',
  faultAroundScope: 'window',
  largeMlock: 'never',
  uffdWpArchs: '6.10',
  x86DirtyBit: 'saved-dirty',
} as const;

export type Feature = keyof typeof PLAIN_FEATURES;

/** Steps that replace plain code, by feature and value. */
export type Steps = { readonly [F in Feature]?: Readonly<Record<string, Replace>> };
