/**
 * What is put in front of statements of extracted functions: fuel, where a loop or a label could run for ever, and for
 * coverage a counter. Lines keep their numbers.
 */
import type { Node } from 'web-tree-sitter';
import type { Edit } from './edits.js';

/** A statement that something may be put in front of. */
export interface Probe {
  /** offsets in the definition's text */
  readonly start: number;
  readonly end: number;
  /** the statement's own lines in the file, from 1 on: of an `if`, a loop and a `switch` those in front of the body */
  readonly lines: readonly number[];
  /** it declares without computing anything */
  readonly declares: boolean;
  /** it stands without braces where only one statement may stand */
  readonly wrap: boolean;
  /** it begins the body of a loop, or stands behind a label */
  readonly repeats: boolean;
}

const LOOPS = new Set(['for_statement', 'while_statement', 'do_statement']);
const BODIES = new Set([...LOOPS, 'if_statement', 'switch_statement']);

/**
 * The statements of a function definition, in the order of the text.
 * @param firstIndex where the definition's text begins in the parsed file
 */
export function probesOf(definition: Node, firstIndex: number): Probe[] {
  const probes: Probe[] = [];
  const visit = (node: Node, wrap: boolean, repeats: boolean): void => {
    if (node.type === 'compound_statement') {
      let first = repeats;
      for (const child of node.namedChildren) {
        if (child === null || !isStatement(child)) continue;
        visit(child, false, first);
        first = false;
      }
    } else if (node.type === 'labeled_statement' || node.type === 'case_statement') {
      const label = node.type === 'labeled_statement';
      for (const child of node.namedChildren) {
        if (child !== null && isStatement(child)) visit(child, false, label);
      }
    } else if (isStatement(node)) {
      const { startIndex, endIndex } = node;
      probes.push({
        start: startIndex - firstIndex,
        end: endIndex - firstIndex,
        lines: linesOf(node),
        declares: node.type === 'declaration' && node.descendantsOfType('init_declarator').length === 0,
        wrap,
        repeats,
      });
      if (!BODIES.has(node.type)) return;
      for (const body of bodiesOf(node)) visit(body, body.type !== 'compound_statement', LOOPS.has(node.type));
    }
  };
  const body = definition.childForFieldName('body');
  if (body !== null) visit(body, false, false);
  return probes;
}

const isStatement = ({ type }: Node): boolean => type.endsWith('_statement') || type === 'declaration';

function bodiesOf(node: Node): Node[] {
  const otherwise = node.childForFieldName('alternative')?.namedChildren.find((child) => child && isStatement(child));
  return [node.childForFieldName('consequence'), node.childForFieldName('body'), otherwise ?? null].filter(
    (body) => body !== null,
  );
}

/** Lines of a statement without those of the statements in its body. */
function linesOf(node: Node): number[] {
  const { startPosition, endPosition } = node;
  if (!BODIES.has(node.type)) return range(startPosition.row, endPosition.row);
  const condition = node.childForFieldName('condition');
  if (node.type === 'do_statement' && condition !== null)
    return [...new Set([...range(startPosition.row, startPosition.row), ...rowsOf(condition)])];
  const header = node.type === 'for_statement' ? node.children.find((child) => child?.type === ')') : condition;
  return range(startPosition.row, (header ?? node).endPosition.row);
}

const rowsOf = ({ startPosition, endPosition }: Node): number[] => range(startPosition.row, endPosition.row);

/** Rows count from 0 on, lines from 1 on. */
const range = (first: number, last: number): number[] =>
  Array.from({ length: last - first + 1 }, (_, i) => first + i + 1);

/**
 * What is put around a statement: `SHIM_FUEL;` where something may repeat, and a counter.
 * @param counter its number; null for none
 */
export function editOf({ start, end, wrap, repeats }: Probe, counter: number | null): Edit {
  const insert = (repeats ? 'SHIM_FUEL; ' : '') + (counter === null ? '' : `SHIM_HIT(${counter}); `);
  const braces = wrap && insert !== '';
  return { start, end, open: braces ? `{ ${insert}` : insert, close: braces ? ' }' : '' };
}
