/**
 * Engines that must fail, whatever they are compared with. Each corrupts one thing that nothing else touches: a
 * compared field on one side, a field on both sides alike that the invariants alone can see, a promise of the
 * allowlist, a whole engine. A harness that is blind in one place lets one of them live.
 */
import type { BatchedEngine } from '../../batched/index.js';
import { OUTCOME_ERROR } from '../../mm/access.js';
import { PTE_PRESENT, VM_FAULT_NEEDDSYNC } from '../../mm/bits.js';
import type { FaultHandler } from '../../mm/fault.js';
import { ACCESS_OUTCOME, FIELDS, type Field, fieldNamed, RET } from '../../mm/fields.js';
import type { EngineClass, Revision } from '../../mm/revision.js';
import type { Sign } from './hunt.js';

export interface Canary {
  readonly id: string;
  readonly title: string;
  /** the engine of this side, with its corruption */
  legacy(plain: Revision): Revision;
  batched(plain: Revision): Revision;
  /** what it must be found by */
  isFoundBy(sign: Sign): boolean;
}

type Corrupt = (engine: FaultHandler, ret: number) => number;

/** The revision, corrupted when its fault handler returns. */
function corrupted(plain: Revision, corrupt: Corrupt): Revision {
  // Of either family: nothing but do_fault() is replaced, which they share.
  const Plain = plain.engine as EngineClass<BatchedEngine>;
  return {
    ...plain,
    id: `${plain.id}+canary`,
    base: plain,
    engine: class extends Plain {
      override do_fault(): number {
        return corrupt(this, super.do_fault());
      }
    },
  };
}

/** A bit above all values of the counters: what differs there, nothing else explains. */
const FAR_BIT = 1 << 16;

/** Changes the field at the site of the fault, and nothing else. */
function corruptField(field: Field): Corrupt {
  if (field.column !== 'mm') {
    return (engine, ret) => {
      flip(engine, field);
      return ret;
    };
  }
  // The word of the return value is written when the handler has returned.
  if (field.word === RET) return (_engine, ret) => ret ^ VM_FAULT_NEEDDSYNC;
  return ({ image }, ret) => {
    if (field.word === ACCESS_OUTCOME) image.mm[ACCESS_OUTCOME] = OUTCOME_ERROR;
    else image.mm[field.word] ^= FAR_BIT;
    return ret;
  };
}

function flip({ image, scene, vmf }: FaultHandler, field: Field): void {
  const column = image.slotColumns[field.columnIndex];
  const bySlot = field.column === 'pte' || field.column === 'pfn' || field.column === 'maintenance';
  const page = vmf.address + scene.shift;
  if (!bySlot && (page < 0 || page >= scene.span)) return;
  // The bits of an entry are compared where there is one.
  if (field.compare === 'present' && (image.pte[vmf.address] & PTE_PRESENT) === 0) return;
  const site = bySlot ? vmf.address : field.site === 'folio' ? scene.headOf[page] : page;
  column[site] ^= field.mask & -field.mask;
}

const same = (plain: Revision): Revision => plain;

function fieldCanary(field: Field): Canary {
  return {
    id: `field ${field.name}`,
    title: `${field.name} of the batched engine is another one`,
    legacy: same,
    batched: (plain) => corrupted(plain, corruptField(field)),
    isFoundBy: ({ kind, id }) => kind === 'class' && id.startsWith(`${field.name}:`),
  };
}

/** Fields that both engines may have wrong alike, and the invariant that must see it. */
const SHARED: readonly (readonly [field: string, invariant: string])[] = [
  ['mapcount', 'I1'],
  ['refcount', 'I2'],
  ['MM_FILEPAGES', 'I3'],
  ['NR_FILE_MAPPED', 'I4'],
  ['NR_SHMEM_PMDMAPPED', 'I4b'],
  ['nrPagesMapped', 'I4c'],
  ['pfn', 'I7'],
  ['young', 'I8'],
  ['uffdWp', 'I10'],
  ['write', 'I11'],
  ['locked', 'I14'],
  ['mmap_miss', 'I16'],
  ['mmuCache', 'I17'],
  ['mlocked', 'I22'],
  ['nrPtes', 'I23'],
  ['cont', 'I27'],
];

function sharedCanary([name, invariant]: readonly [string, string]): Canary {
  const field = fieldNamed(name);
  if (field === undefined) throw new Error(`no field ${name}`);
  const corrupt = corruptField(field);
  return {
    id: `shared ${name}`,
    title: `${name} of both engines is wrong alike, against ${invariant}`,
    legacy: (plain) => corrupted(plain, corrupt),
    batched: (plain) => corrupted(plain, corrupt),
    isFoundBy: ({ kind, id }) => kind === 'invariant' && id === invariant,
  };
}

/** An engine that throws is neither right nor quiet. */
const DEATH: Canary = {
  id: 'death',
  title: 'the batched engine throws in one fault of many',
  legacy: same,
  batched: (plain) =>
    corrupted(plain, ({ vmf }, ret) => {
      if (vmf.address % 7 === 3) throw new Error('canary');
      return ret;
    }),
  isFoundBy: ({ kind, id }) => kind === 'died' && id.includes('canary'),
};

/** An allowlisted difference that does not show is a divergence too. */
function promiseCanary(legacy: Revision): Canary {
  return {
    id: 'promise',
    title: 'the batched engine is a second legacy one, and nothing that is intended shows',
    legacy: same,
    batched: (plain) => ({ ...plain, id: `${plain.id}+canary`, base: plain, engine: legacy.engine }),
    isFoundBy: ({ kind }) => kind === 'missing',
  };
}

/** All of them: one for each compared field, and the others. */
export function canaries(legacy: Revision): Canary[] {
  const compared = FIELDS.filter(({ compare }) => compare !== 'conform');
  return [...compared.map(fieldCanary), ...SHARED.map(sharedCanary), promiseCanary(legacy), DEATH];
}
