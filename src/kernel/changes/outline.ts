/** What stands at the top level of a C file, whatever is compiled of it: names for what no engine was made from. */
import type { Node } from 'web-tree-sitter';
import { blankComments } from '../extract/conditions.js';
import { cParser, definitionsOf } from '../extract/parser.js';

export interface OutlineItem {
  readonly name: string;
  /** `declaration`: of a function, without a body */
  readonly kind: 'function' | 'macro' | 'type' | 'enum' | 'struct' | 'variable' | 'declaration';
  /** first and last line, from 1 on */
  readonly line: number;
  readonly end: number;
}

/** The items of a file; those in branches of `#if` too, all of them. */
export async function outlineOf(text: string): Promise<OutlineItem[]> {
  const parser = await cParser();
  const definitions = definitionsOf(parser, '', text, blankComments(text));
  const items = definitions.map(({ name, kind, line, end }) => ({ name, kind, line, end }));
  const tree = parser.parse(blankComments(text));
  const declared = tree === null ? [] : declarations(tree.rootNode);
  return [...items, ...declared];
}

/** The smallest item that holds a line. */
export function itemAt(items: readonly OutlineItem[], line: number): OutlineItem | undefined {
  const around = items.filter((item) => item.line <= line && line <= item.end);
  return around.sort((a, b) => a.end - a.line - (b.end - b.line))[0];
}

const BODIES = new Set(['function_definition', 'compound_statement']);

function declarations(node: Node): OutlineItem[] {
  return node.namedChildren.flatMap((child): OutlineItem[] => {
    if (child === null || BODIES.has(child.type)) return [];
    if (child.type !== 'declaration') return child.type.startsWith('preproc_') ? declarations(child) : [];
    const [declarator] = child.descendantsOfType('function_declarator');
    const name = declarator?.childForFieldName('declarator')?.text;
    if (name === undefined) return [];
    return [{ name, kind: 'declaration', line: child.startPosition.row + 1, end: child.endPosition.row + 1 }];
  });
}
