/**
 * Conditional compilation, resolved before anything is looked for: lines of branches that are not taken are blanked, so
 * that one definition is left of #ifdef twins and every line keeps its number. Files are read in order: a macro that an
 * earlier file defines decides the #ifndef of a later one, as with an architecture's overrides of generic helpers.
 */
import { isTrue, type Macros } from './expression.js';

/** One branch of an #if chain that was taken. */
export interface TakenBranch {
  readonly file: string;
  /** of the directive, from 1 on */
  readonly line: number;
  /** the directive, in one line */
  readonly directive: string;
  /** last line of the branch */
  readonly end: number;
}

export interface Resolved {
  /** the same text with blank lines for what is not compiled; directives of conditions are blank too */
  readonly text: string;
  readonly taken: readonly TakenBranch[];
}

interface Level {
  /** lines around the chain are compiled */
  readonly outer: boolean;
  /** a branch of the chain was taken */
  done: boolean;
  active: boolean;
  line: number;
  directive: string;
}

/** Comments become spaces; lines and columns stay. Strings are kept. */
export function blankComments(text: string): string {
  return text.replace(/"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*/g, (piece) =>
    piece.startsWith('/') ? piece.replace(/[^\n]/g, ' ') : piece,
  );
}

const DIRECTIVE = /^\s*#\s*(\w+)\b\s*([\s\S]*)$/;
const DEFINITION = /^(\w+)(\([^)]*\))?\s*([\s\S]*)$/;

class Resolver {
  private readonly levels: Level[] = [];
  readonly taken: TakenBranch[] = [];

  constructor(
    private readonly file: string,
    private readonly macros: Macros,
  ) {}

  get active(): boolean {
    return this.levels.at(-1)?.active ?? true;
  }

  /** @returns true where the directive belongs to a condition */
  directive(name: string, rest: string, line: number): boolean {
    const directive = `#${name} ${rest}`.trim();
    switch (name) {
      case 'if':
      case 'ifdef':
      case 'ifndef':
        this.open(name, rest, line, directive);
        return true;
      case 'elif':
      case 'else':
        this.next(name, rest, line, directive);
        return true;
      case 'endif':
        this.close(line);
        this.levels.pop();
        return true;
      case 'define':
        if (this.active) this.define(rest);
        return false;
      case 'undef':
        if (this.active) this.macros.delete(rest.trim());
        return false;
      default:
        return false;
    }
  }

  private open(name: string, rest: string, line: number, directive: string): void {
    const outer = this.active;
    const known = this.macros.has(rest.trim());
    const holds = name === 'if' ? outer && isTrue(rest, this.macros) : known === (name === 'ifdef');
    this.levels.push({ outer, done: outer && holds, active: outer && holds, line, directive });
  }

  private next(name: string, rest: string, line: number, directive: string): void {
    const level = this.levels.at(-1);
    if (level === undefined) return;
    this.close(line);
    const holds = name === 'else' || isTrue(rest, this.macros);
    level.active = level.outer && !level.done && holds;
    level.done ||= level.active;
    level.line = line;
    level.directive = name === 'else' ? `#else of ${level.directive}` : directive;
  }

  private close(line: number): void {
    const level = this.levels.at(-1);
    if (level === undefined || !level.active) return;
    this.taken.push({ file: this.file, line: level.line, directive: level.directive, end: line });
  }

  private define(rest: string): void {
    const match = DEFINITION.exec(rest);
    if (match?.[1] !== undefined) this.macros.set(match[1], match[2] === undefined ? (match[3] ?? '').trim() : '');
  }
}

/** Lines keep their length, so that places in the text stay the same. */
function blank(lines: string[], first: number, last: number): void {
  for (let line = first; line <= last; line++) lines[line] = ' '.repeat(lines[line]?.length ?? 0);
}

/** Resolves one file's conditions; `macros` is read, and written as the file defines and undefines. */
export function resolveConditions(file: string, text: string, macros: Macros): Resolved {
  const resolver = new Resolver(file, macros);
  const lines = text.split('\n');
  const bare = blankComments(text).split('\n');
  for (let i = 0; i < lines.length; i++) {
    let end = i;
    if (/^\s*#/.test(bare[i] ?? '')) while (/\\\s*$/.test(bare[end] ?? '') && end + 1 < lines.length) end++;
    const logical = bare
      .slice(i, end + 1)
      .map((line) => line.replace(/\\\s*$/, ' '))
      .join('');
    const match = DIRECTIVE.exec(logical);
    const condition = match !== null && resolver.directive(match[1] ?? '', (match[2] ?? '').trim(), i + 1);
    if (condition || !resolver.active) blank(lines, i, end);
    i = end;
  }
  return { text: lines.join('\n'), taken: resolver.taken };
}
