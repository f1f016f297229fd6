/** A difference in plain words: what was expected of the fault, from the facts, and what each engine left behind. */
import { FIELDS } from '../mm/fields.js';
import { unpack } from './facts.js';
import type { Finding } from './judge.js';
import { valueText } from './values.js';

/** What each value of the fact `path` means. */
export const PATH_TEXT: Readonly<Record<string, string>> = {
  none: 'the fault cannot install anything',
  'access-flag': 'the entry is present: the fault only sets access flags',
  'fault-around': 'fault-around maps the faulting page',
  'finish-one': 'finish_fault() maps the faulting page alone',
  'finish-whole': 'finish_fault() maps the folio whole',
  pmd: 'the folio is mapped by PMD',
  poisoned: '->fault returns a poisoned page',
  'marker-cleared': 'a left-over uffd-wp marker is cleared',
};

const RUN_TEXT: Readonly<Record<string, string>> = {
  fault: 'in the run that holds the fault',
  other: 'in a run that does not hold the fault (prefaulted)',
};

/** Where the site lies, as a kernel developer would say it. */
function siteText(finding: Finding, place: string): string {
  const field = FIELDS[finding.field];
  const facts = unpack(finding.word, field.site);
  if (field.site === 'mm') return 'the mm';
  const parts = [field.site === 'folio' ? place : `page ${place}`];
  if (facts.faultPage === true) parts.push('the faulting page');
  const run = RUN_TEXT[String(facts.run)];
  if (run !== undefined) parts.push(run);
  if (facts.beyondEof === true) parts.push('beyond i_size');
  if (facts.populated === true) parts.push('populated before');
  return parts.join(', ');
}

/**
 * One or two sentences about a finding.
 * @param place its site, or those of all findings that this is said of: `slot 2`, `slots 2-3`, `folio 0`
 * @param sides what the engines are called
 */
export function explainFinding(
  finding: Finding,
  place: string,
  sides: readonly [string, string] = ['legacy', 'batched'],
): string {
  const field = FIELDS[finding.field];
  const facts = unpack(finding.word, field.site);
  const legacy = valueText(field, finding.legacy);
  const batched = valueText(field, finding.batched);
  const path = PATH_TEXT[String(facts.path)] ?? '';
  if (finding.missing) {
    const id = finding.promise?.id ?? 'an entry';
    const where = siteText(finding, place);
    return `${id} promises a difference of ${field.name} at ${where}, but both engines have ${legacy}.`;
  }
  const what = `${field.name} (${field.meaning}) at ${siteText(finding, place)}`;
  return `${what}: ${sides[0]} ${legacy}, ${sides[1]} ${batched}. Here ${path}.`;
}
