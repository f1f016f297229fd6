/** Classes of divergences: the same field, kind of site, direction and classifying facts. Their ids are stable. */
import { FIELDS, type Field } from '../mm/fields.js';
import { FACTS, factMask, factValue, isOf } from './facts.js';
import type { Finding } from './judge.js';
import { PATH_ACCESS_FLAG } from './prediction.js';
import { valueText } from './values.js';

const PAGE_FACTS = ['pmdRule', 'run', 'faultPage', 'beyondEof', 'firstPopulated'];

/** Facts that tell classes of a field apart. */
function classifyingFacts(field: Field): readonly string[] {
  if (field.name === 'young') return ['run', 'faultPage', 'faultStartsRun', 'contpte'];
  if (field.name === 'cont') return ['run', 'contpte', 'protnone'];
  if (field.name === 'dcacheClean') return ['folioMapped', 'large'];
  // A folio that is missed for another's sake needs another folio: with one, only its own counting can be wrong.
  if (field.name === 'mmap_miss') return ['missesDiffer', 'around', 'oneFolio'];
  // And a fault that is not seen to be handled lies inside of a run that is there.
  if (field.name === 'faultCalls') return ['pmdRule', 'around', 'faultStartsRun', 'firstPopulated', 'oneFolio'];
  if (field.site === 'page') return PAGE_FACTS;
  if (field.site === 'folio') return ['pmdRule', 'faultFolio', 'large'];
  return ['pmdRule', 'around'];
}

const MASKS = FIELDS.map((field) => factMask(classifyingFacts(field)));

/** Fields whose two values are the direction; the others only say which side is greater. */
const EXACT = new Set(['pte', 'ret', 'pmd', 'accessOutcome', 'assertions', 'vmaLockRetries']);
const isExact = (field: Field): boolean => EXACT.has(field.name) || (field.mask & (field.mask - 1)) === 0;

/** Values of exact fields are below this: the largest are vm_fault_t, of 15 bits. */
const EXACT_VALUES = 1 << 15;

/** Number of the direction: the same number if and only if the direction is the same. */
export function directionCode(field: Field, legacy: number, batched: number): number {
  if (!isExact(field)) return legacy < batched ? 1 : legacy > batched ? 2 : 0;
  return 64 + legacy * EXACT_VALUES + batched;
}

function directionText(field: Field, legacy: number, batched: number): string {
  if (isExact(field)) return `${valueText(field, legacy)}>${valueText(field, batched)}`;
  return legacy < batched ? 'more' : legacy > batched ? 'less' : 'equal';
}

const PATH_MASK = factMask(['path']);
/** The path of access-flag faults where the word has it: its place is the lowest bit of the mask. */
const ACCESS_FLAG = PATH_ACCESS_FLAG * (PATH_MASK & -PATH_MASK);

/**
 * A fault that only sets access flags installs nothing, so that what differs there has other causes than the same
 * difference of a fault that does: its classes are always told apart. The other paths are not, as the fields tell them.
 */
const onlySetsFlags = ({ word }: Finding): boolean => (word & PATH_MASK) === ACCESS_FLAG;

/** The part of a fact word that belongs to the class. */
export function classWord(finding: Finding): number {
  const mask = MASKS[finding.field];
  return finding.word & (onlySetsFlags(finding) ? mask | PATH_MASK : mask);
}

/** Facts of each field's classes, in the order of all facts; the path is told of faults that only set access flags. */
const TOLD = FIELDS.map((field) => {
  const names = ['path', ...classifyingFacts(field)];
  return FACTS.filter((fact) => names.includes(fact.name) && isOf(fact, field.site));
});

/** Names of the classifying facts that hold, enumerations as name=value. */
export function classFacts(finding: Finding): string[] {
  const word = classWord(finding);
  return TOLD[finding.field].flatMap((fact) => {
    const value = factValue(fact, word);
    if (value === 0) return [];
    return [fact.names === undefined ? fact.name : `${fact.name}=${fact.names[value] ?? 'unknown'}`];
  });
}

/** Stable id of the finding's class, for people and machines. */
export function classId(finding: Finding): string {
  const field = FIELDS[finding.field];
  const direction = finding.missing ? 'missing' : directionText(field, finding.legacy, finding.batched);
  return `${field.name}:${direction}:${classFacts(finding).join(',')}`;
}
