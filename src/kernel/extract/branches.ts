/**
 * Branches of extracted functions: conditions with two outcomes, and the labels of switches. A condition is what `if`,
 * `while`, `for`, `do` and `?:` ask, and each operand of && and ||, as clang's branch coverage has it: what is put
 * together by && and || is looked at in its parts, through !, parentheses, likely() and unlikely().
 */
import type { Node } from 'web-tree-sitter';
import { blankComments } from './conditions.js';
import type { Edit } from './edits.js';

/** Something that can end in several ways, each of which is counted. */
export interface Branch {
  /** in the file, from 1 on */
  readonly line: number;
  /** of its first character, from 1 on: several may stand on a line */
  readonly column: number;
  /** the condition in one line, or what a switch asks */
  readonly asks: string;
  /** `true` and `false`, or the one label that is taken */
  readonly outcomes: readonly string[];
  /** what is put into the text, with the number of the first outcome's counter */
  edits(first: number): Edit[];
}

const ASKS = new Set(['if_statement', 'while_statement', 'do_statement', 'for_statement', 'conditional_expression']);
/** What is in them is a constant, or is not evaluated. */
const QUIET = new Set(['sizeof_expression', 'alignof_expression', 'array_declarator', 'gnu_asm_expression']);
const HINTS = new Set(['likely', 'unlikely']);

/**
 * The branches of a function definition, in the order of the text.
 * @param firstIndex where the definition's text begins in the parsed file
 */
export function branchesOf(definition: Node, firstIndex: number): Branch[] {
  const found: Branch[] = [];
  const ask = (node: Node | null): void => {
    const leaf = node && leafOf(node);
    if (leaf) found.push(conditionOf(leaf, firstIndex));
  };
  const visit = (node: Node): void => {
    if (QUIET.has(node.type) || isStatic(node)) return;
    if (ASKS.has(node.type)) ask(node.childForFieldName('condition'));
    if (isLogical(node)) {
      ask(node.childForFieldName('left'));
      ask(node.childForFieldName('right'));
    }
    if (node.type === 'switch_statement') found.push(...labelsOf(node, firstIndex));
    const value = node.type === 'case_statement' ? node.childForFieldName('value') : null;
    for (const child of node.namedChildren) if (child !== null && child.id !== value?.id) visit(child);
  };
  const body = definition.childForFieldName('body');
  if (body !== null) visit(body);
  return found;
}

const isStatic = (node: Node): boolean => node.type === 'declaration' && /^static\b/.test(node.text);

function isLogical(node: Node): boolean {
  const operator = node.type === 'binary_expression' ? node.childForFieldName('operator')?.text : undefined;
  return operator === '&&' || operator === '||';
}

/** The condition inside of !, parentheses and hints; null where its parts are asked for themselves. */
function leafOf(node: Node): Node | null {
  if (node.type === 'parenthesized_expression') return inner(node.firstNamedChild);
  if (node.type === 'unary_expression' && node.childForFieldName('operator')?.text === '!')
    return inner(node.childForFieldName('argument'));
  if (node.type === 'call_expression' && HINTS.has(node.childForFieldName('function')?.text ?? ''))
    return inner(node.childForFieldName('arguments')?.firstNamedChild ?? null);
  return isLogical(node) ? null : node;
}

const inner = (node: Node | null): Node | null => node && leafOf(node);

const oneLine = (node: Node): string => blankComments(node.text).replace(/\s+/g, ' ').trim();
const placeOf = ({ startPosition: { row, column } }: Node) => ({ line: row + 1, column: column + 1 });

function conditionOf(node: Node, firstIndex: number): Branch {
  const [start, end] = [node.startIndex - firstIndex, node.endIndex - firstIndex];
  return {
    ...placeOf(node),
    asks: oneLine(node),
    outcomes: ['true', 'false'],
    edits: (first) => [{ start, end, open: `SHIM_TEST(${first}, `, close: ')' }],
  };
}

/**
 * One outcome for each label, and one for none of them where there is no default. What falls through a label does not
 * take it.
 */
function labelsOf(statement: Node, firstIndex: number): Branch[] {
  const condition = statement.childForFieldName('condition');
  const value = condition?.firstNamedChild;
  const body = statement.childForFieldName('body');
  if (!value || body === null) return [];
  const asks = oneLine(value);
  const [start, end] = [value.startIndex - firstIndex, value.endIndex - firstIndex];
  const labels = body.namedChildren.filter((child) => child?.type === 'case_statement') as Node[];
  const branches = labels.map((label): Branch => {
    const at = (label.children.find((child) => child?.type === ':') ?? label).endIndex - firstIndex;
    const name = label.childForFieldName('value');
    return {
      ...placeOf(label),
      asks,
      outcomes: [name === null ? 'default' : `case ${oneLine(name)}`],
      edits: (first) => [{ start: at, end: at, open: ` SHIM_CASE(${first});`, close: '' }],
    };
  });
  const hasDefault = labels.some((label) => label.childForFieldName('value') === null);
  const behind = statement.endIndex - firstIndex;
  const none: Branch = {
    ...placeOf(statement),
    asks,
    outcomes: hasDefault ? [] : ['no label'],
    edits: (first) => [
      { start, end, open: 'SHIM_SWITCH(', close: ')' },
      { start, end: behind, open: '', close: hasDefault ? '' : ` SHIM_CASE(${first});` },
    ],
  };
  return [none, ...branches];
}
