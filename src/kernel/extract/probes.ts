/**
 * Coverage of extracted functions: a counter in front of every statement. Only the text that is compiled for coverage
 * has them; lines keep their numbers.
 */
import type { Node } from 'web-tree-sitter';

/** A statement that gets a counter. */
export interface Probe {
  /** offsets in the definition's text */
  readonly start: number;
  readonly end: number;
  /** of the statement's first character, in the file, from 1 on */
  readonly line: number;
  /** it stands without braces where only one statement may stand */
  readonly wrap: boolean;
}

const BODIES = new Set(['if_statement', 'for_statement', 'while_statement', 'do_statement', 'switch_statement']);

/**
 * The statements of a function definition, in the order of the text.
 * @param firstIndex where the definition's text begins in the parsed file
 */
export function probesOf(definition: Node, firstIndex: number): Probe[] {
  const probes: Probe[] = [];
  const add = (node: Node, wrap: boolean): void => {
    probes.push({
      start: node.startIndex - firstIndex,
      end: node.endIndex - firstIndex,
      line: node.startPosition.row + 1,
      wrap,
    });
  };
  const visit = (node: Node, wrap: boolean): void => {
    if (node.type === 'compound_statement') {
      for (const child of node.namedChildren) if (child !== null) visit(child, false);
    } else if (node.type === 'labeled_statement' || node.type === 'case_statement') {
      for (const child of node.namedChildren) if (child !== null && isStatement(child)) visit(child, false);
    } else if (isStatement(node)) {
      add(node, wrap);
      if (BODIES.has(node.type)) for (const body of bodiesOf(node)) visit(body, body.type !== 'compound_statement');
    }
  };
  const body = definition.childForFieldName('body');
  if (body !== null) visit(body, false);
  return probes;
}

const isStatement = ({ type }: Node): boolean => type.endsWith('_statement') || type === 'declaration';

function bodiesOf(node: Node): Node[] {
  const otherwise = node.childForFieldName('alternative')?.namedChildren.find((child) => child && isStatement(child));
  return [node.childForFieldName('consequence'), node.childForFieldName('body'), otherwise ?? null].filter(
    (body) => body !== null,
  );
}

/** The text with `SHIM_HIT(n);` in front of each statement; the first probe is number `first`. */
export function withProbes(text: string, probes: readonly Probe[], first: number): string {
  const edits = probes.flatMap(({ start, end, wrap }, i) => {
    const hit = `SHIM_HIT(${first + i}); `;
    return wrap ? [edit(start, `{ ${hit}`, 0), edit(end, ' }', -i)] : [edit(start, hit, 0)];
  });
  // What ends at a place comes before what begins there; of two that end together, the inner one first.
  edits.sort((left, right) => left.at - right.at || left.rank - right.rank);
  let result = '';
  let at = 0;
  for (const { at: place, insert } of edits) {
    result += text.slice(at, place) + insert;
    at = place;
  }
  return result + text.slice(at);
}

const edit = (at: number, insert: string, rank: number) => ({ at, insert, rank });
