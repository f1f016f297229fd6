/** Lines and branches of each extracted function that were reached, over all architectures together. */
import type { KernelArch } from '../config.js';
import type { OutcomeCounter, StatementCounter } from '../extract/counters.js';
import type { CountedFunction, CountedSource } from './code.js';
import type { Folded } from './folded.js';
import type { Hits } from './hits.js';
import { reasonFor } from './reasons.js';

export interface Share {
  readonly reached: number;
  readonly total: number;
}

/** Lines that no fault ran, or a condition with outcomes that no fault had. */
export interface Unreached {
  readonly kind: 'lines' | 'branch';
  /** from 1 on; of lines, `end` is the last one that belongs to it */
  readonly line: number;
  readonly end: number;
  /** the condition, and which outcome it never has; empty for lines */
  readonly what: string;
  /** null where it was not studied */
  readonly reason: string | null;
}

export interface FunctionFigures {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** it is compiled for these */
  readonly archs: readonly KernelArch[];
  readonly lines: Share;
  readonly branches: Share;
  readonly unreached: readonly Unreached[];
}

export interface Figures {
  readonly functions: readonly FunctionFigures[];
  readonly lines: Share;
  /** outcomes of conditions and labels of switches */
  readonly branches: Share;
  /** conditions that the compiler knows the value of on every architecture: they are no branches */
  readonly folded: number;
}

interface Line {
  readonly line: number;
  readonly text: string;
  reached: boolean;
}

interface Outcome extends Pick<OutcomeCounter, 'line' | 'column' | 'asks' | 'outcome'> {
  reached: boolean;
  folded: boolean;
}

/** What is known of one function: the architectures that have it share its lines. */
class FunctionTally {
  readonly archs = new Set<KernelArch>();
  private readonly lines = new Map<number, Line>();
  private readonly outcomes = new Map<string, Outcome>();

  constructor(private readonly definition: CountedFunction) {}

  addStatement({ lines, declares }: StatementCounter, reached: boolean): void {
    if (declares) return;
    const text = this.definition.text.split('\n');
    for (const line of lines) {
      const known = this.lines.get(line) ?? { line, text: text[line - this.definition.line] ?? '', reached };
      known.reached ||= reached;
      this.lines.set(line, known);
    }
  }

  addOutcome({ line, column, asks, outcome }: OutcomeCounter, reached: boolean, folded: boolean): void {
    const key = `${line}:${column} ${outcome}`;
    const known = this.outcomes.get(key) ?? { line, column, asks, outcome, reached, folded };
    known.reached ||= reached;
    known.folded &&= folded;
    this.outcomes.set(key, known);
  }

  figures(): FunctionFigures & { readonly folded: number } {
    const { name, file, line } = this.definition;
    const lines = [...this.lines.values()].sort((a, b) => a.line - b.line);
    const all = [...this.outcomes.values()].sort((a, b) => a.line - b.line || a.column - b.column);
    const outcomes = all.filter(({ folded }) => !folded);
    const unreached = [...this.gaps(lines), ...this.never(outcomes.filter(({ reached }) => !reached))];
    return {
      name,
      file,
      line,
      archs: [...this.archs],
      lines: shareOf(lines),
      branches: shareOf(outcomes),
      unreached: unreached.sort((a, b) => a.line - b.line),
      folded: (all.length - outcomes.length) / 2,
    };
  }

  /** Neighbours that are not reached for the same reason are one gap. */
  private gaps(lines: readonly Line[]): Unreached[] {
    const gaps: Unreached[] = [];
    let isOpen = false;
    for (const { line, text, reached } of lines) {
      const reason = reached ? null : reasonFor(this.definition.name, text);
      const last = gaps.at(-1);
      if (!reached && isOpen && last?.reason === reason) gaps[gaps.length - 1] = { ...last, end: line };
      else if (!reached) gaps.push({ kind: 'lines', line, end: line, what: '', reason });
      isOpen = !reached;
    }
    return gaps;
  }

  /** A condition that has neither outcome is not asked. */
  private never(outcomes: readonly Outcome[]): Unreached[] {
    const isTwin = (one: Outcome, other: Outcome | undefined): boolean =>
      other !== undefined && one.line === other.line && one.column === other.column;
    return outcomes.flatMap((one, i) => {
      if (isTwin(one, outcomes[i - 1])) return [];
      const { line, asks, outcome } = one;
      const never = isTwin(one, outcomes[i + 1]) ? 'asked' : outcome;
      const what = outcome === 'no label' ? `${asks} always has a label` : `${asks} is never ${never}`;
      return [{ kind: 'branch', line, end: line, what, reason: reasonFor(this.definition.name, asks) }];
    });
  }
}

function shareOf(items: readonly { readonly reached: boolean }[]): Share {
  return { reached: items.filter(({ reached }) => reached).length, total: items.length };
}

/**
 * @param sources extracted with coverage; a function counts once, however many architectures have it
 * @param hits of code compiled from them
 */
export function figuresOf(sources: readonly CountedSource[], hits: Hits, folded: Folded): Figures {
  const tallies = new Map<string, FunctionTally>();
  for (const { arch, extracted } of sources) {
    const own = new Map<string, FunctionTally>();
    for (const definition of extracted.definitions) {
      if (definition.kind !== 'function') continue;
      const key = `${definition.file}:${definition.line}`;
      const tally = tallies.get(key) ?? new FunctionTally(definition);
      tally.archs.add(arch);
      tallies.set(key, tally);
      own.set(`${definition.file} ${definition.name}`, tally);
    }
    extracted.counters.forEach((counter, i) => {
      const tally = own.get(`${counter.file} ${counter.function}`);
      const reached = (hits.get(arch)?.[i] ?? 0) > 0;
      if (counter.kind === 'statement') tally?.addStatement(counter, reached);
      else tally?.addOutcome(counter, reached, folded.get(arch)?.has(i) ?? false);
    });
  }
  const all = [...tallies.values()].map((tally) => tally.figures());
  return {
    functions: all.map(({ folded: _, ...figures }) => figures).sort(byPlace),
    lines: sum(all.map(({ lines }) => lines)),
    branches: sum(all.map(({ branches }) => branches)),
    folded: all.reduce((total, { folded: own }) => total + own, 0),
  };
}

const byPlace = (a: FunctionFigures, b: FunctionFigures): number =>
  a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1;

const sum = (shares: readonly Share[]): Share => ({
  reached: shares.reduce((total, { reached }) => total + reached, 0),
  total: shares.reduce((total, share) => total + share.total, 0),
});
