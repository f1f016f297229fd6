/** Was a place reached that is no statement by itself: a brace, a label, the gap that a removed line has left? */

/** What is known of a line of a function. */
export interface LineOfFunction {
  readonly isStatement: boolean;
  readonly reached: boolean;
}

export interface FunctionLines {
  /** first and last line of the function, from 1 on */
  readonly line: number;
  readonly end: number;
  /** text of a line without comments */
  code(line: number): string;
  at(line: number): LineOfFunction;
}

const LABEL = /^(?:case\b.*|default\s*|[A-Za-z_]\w*\s*):(?!:)/;
const isLabel = (code: string): boolean => LABEL.test(code);

/**
 * The statement that follows in the same block tells; where there is none, the one that comes before; else the
 * statement that the block belongs to, or any of the function.
 *
 * @param place the line itself, or the one that now stands where lines were removed
 * @param isRemoval the latter: what a label leads to is not what followed
 */
export function reachedAround(lines: FunctionLines, place: number, isRemoval: boolean): boolean {
  const statement = following(lines, place, isRemoval) ?? preceding(lines, place);
  if (statement !== undefined) return lines.at(statement).reached;
  for (let line = lines.line; line <= lines.end; line++) if (lines.at(line).reached) return true;
  return false;
}

function following(lines: FunctionLines, place: number, isRemoval: boolean): number | undefined {
  // What follows a label is reached through it; what follows another one need not be.
  let passesLabels = !isRemoval && isLabel(lines.code(place));
  for (let line = place; line <= lines.end; line++) {
    const code = lines.code(line);
    if (code.startsWith('}') || (isLabel(code) && !passesLabels)) return undefined;
    if (lines.at(line).isStatement) return line;
    if (code !== '' && !isLabel(code)) passesLabels = false;
    if (/[{}]/.test(code)) return undefined;
  }
  return undefined;
}

/** The last statement in front of the place that is not inside of another block: a sibling, or the block's owner. */
function preceding(lines: FunctionLines, place: number): number | undefined {
  let depth = 0;
  for (let line = place - 1; line >= lines.line; line--) {
    const code = lines.code(line);
    depth += count(code, '}') - count(code, '{');
    if (depth <= 0 && lines.at(line).isStatement) return line;
  }
  return undefined;
}

const count = (text: string, brace: string): number => text.split(brace).length - 1;
