/** From counters to lines of the tree: which ones can run, and which did, over all architectures that are looked at. */
import type { KernelArch } from '../config.js';
import { blankComments } from '../extract/conditions.js';
import type { Counter } from '../extract/counters.js';
import type { Definition } from '../extract/definition.js';
import type { Hits } from './hits.js';

/**
 * - `statement`: part of a statement of an extracted function: its line, or a further line of its extent or condition
 * - `other`: of an extracted definition, but nothing that runs by itself: a signature, brace or label, a line of a
 *   macro or of a type
 * - `blank`: nothing but white space and comments, in an extracted definition
 * - `inactive`: of an extracted definition, but on no architecture in a branch of #if that is compiled
 * - `outside`: of no extracted definition
 */
export type LineKind = 'statement' | 'other' | 'blank' | 'inactive' | 'outside';

export interface LineFacts {
  readonly kind: LineKind;
  /** the extracted definition that holds the line; undefined outside */
  readonly definition: CoveredDefinition | undefined;
  /** a statement that the line is part of ran; false for everything that is no statement */
  readonly reached: boolean;
}

const OUTSIDE: LineFacts = { kind: 'outside', definition: undefined, reached: false };
/** The most telling kind first: what one architecture compiles is compiled. */
const ORDER: readonly LineKind[] = ['statement', 'other', 'inactive', 'blank', 'outside'];

/** A definition as far as its lines are concerned. */
export type CoveredDefinition = Pick<Definition, 'name' | 'kind' | 'file' | 'line' | 'end' | 'text' | 'active'>;

/** What was extracted for an architecture, as far as lines are concerned. */
export interface Covered {
  readonly arch: KernelArch;
  readonly extracted: {
    readonly definitions: readonly CoveredDefinition[];
    readonly counters: readonly Counter[];
  };
}

export class CoveredLines {
  readonly #files = new Map<string, Map<number, LineFacts>>();

  /**
   * @param sources extracted with coverage; one architecture, or those that count together
   * @param hits of code compiled from them; architectures that did not run have reached nothing
   */
  constructor(sources: readonly Covered[], hits: Hits) {
    for (const { arch, extracted } of sources) {
      for (const definition of extracted.definitions) this.#addDefinition(definition);
      const own = hits.get(arch);
      extracted.counters.forEach((counter, i) => {
        if (counter.kind !== 'statement') return;
        const reached = (own?.[i] ?? 0) > 0;
        for (const line of counter.lines) this.#addStatement(counter.file, line, reached);
      });
    }
  }

  /** What is known of a line. @param file path below the top of the tree @param line from 1 on */
  at(file: string, line: number): LineFacts {
    return this.#files.get(file)?.get(line) ?? OUTSIDE;
  }

  #addDefinition(definition: CoveredDefinition): void {
    const { file, line: first } = definition;
    const lines = this.#files.get(file) ?? new Map<number, LineFacts>();
    this.#files.set(file, lines);
    const bare = blankComments(definition.text).split('\n');
    const active = definition.active.split('\n');
    bare.forEach((text, i) => {
      const kind = text.trim() === '' ? 'blank' : active[i]?.trim() === '' ? 'inactive' : 'other';
      const known = lines.get(first + i);
      if (known === undefined || rank(kind) < rank(known.kind))
        lines.set(first + i, { kind, definition, reached: false });
    });
  }

  #addStatement(file: string, line: number, reached: boolean): void {
    const lines = this.#files.get(file);
    const known = lines?.get(line);
    if (lines === undefined || known === undefined) throw new Error(`a counter at ${file}:${line} is in no definition`);
    lines.set(line, { ...known, kind: 'statement', reached: known.reached || reached });
  }
}

const rank = (kind: LineKind): number => ORDER.indexOf(kind);
