/** What the counters in the text of an extracted function count: statements, and the outcomes of branches. */
import { blankComments } from './conditions.js';
import type { Definition } from './definition.js';
import { type Edit, edited } from './edits.js';
import { editOf } from './probes.js';

interface Counted {
  readonly function: string;
  readonly file: string;
}

export interface StatementCounter extends Counted {
  readonly kind: 'statement';
  /** its own lines, from 1 on, without comments; those of the statements in its body are theirs */
  readonly lines: readonly number[];
  /** it declares without computing anything */
  readonly declares: boolean;
}

export interface OutcomeCounter extends Counted {
  readonly kind: 'outcome';
  /** of the condition's first character, or of the label's, from 1 on */
  readonly line: number;
  readonly column: number;
  /** the condition in one line, or what a switch asks */
  readonly asks: string;
  /** `true`, `false`, `case X`, `default`, `no label` */
  readonly outcome: string;
}

export type Counter = StatementCounter | OutcomeCounter;

/**
 * The text of a definition with fuel, and with counters where they are asked for.
 * @param counters those of the text so far, whose places are their numbers; the definition's are added
 */
export function withCounters(definition: Definition, counters: Counter[] | null): string {
  const { name, file, line: first } = definition;
  const own = { function: name, file };
  const bare = blankComments(definition.active).split('\n');
  const edits: Edit[] = [];
  for (const probe of definition.probes()) {
    edits.push(editOf(probe, counters?.length ?? null));
    const lines = probe.lines.filter((line) => bare[line - first]?.trim() !== '');
    counters?.push({ kind: 'statement', ...own, lines, declares: probe.declares });
  }
  for (const { line, column, asks, outcomes, edits: around } of counters === null ? [] : definition.branches()) {
    edits.push(...around(counters?.length ?? 0));
    for (const outcome of outcomes) counters?.push({ kind: 'outcome', ...own, line, column, asks, outcome });
  }
  return edited(definition.text, edits);
}
