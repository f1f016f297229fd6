/** The C grammar, and the definitions that a parsed file holds at its top level. */
import { createRequire } from 'node:module';
import { Language, type Node, Parser } from 'web-tree-sitter';
import { blankAttributes } from './attributes.js';
import { branchesOf } from './branches.js';
import type { Definition, DefinitionKind } from './definition.js';
import { probesOf } from './probes.js';

let ready: Promise<Parser> | undefined;

/** The parser, loaded once for the process. */
export function cParser(): Promise<Parser> {
  ready ??= (async () => {
    await Parser.init();
    const grammar = createRequire(import.meta.url).resolve('tree-sitter-c/tree-sitter-c.wasm');
    return new Parser().setLanguage(await Language.load(grammar));
  })();
  return ready;
}

/** Wrappers that hold definitions without being one. */
const TRANSPARENT = new Set([
  'translation_unit',
  'preproc_if',
  'preproc_ifdef',
  'preproc_else',
  'preproc_elif',
  'linkage_specification',
  'declaration_list',
  'ERROR',
]);

/**
 * Finds the definitions of a file.
 * @param resolved the file without branches that are not taken; it has the line numbers of `text`
 */
export function definitionsOf(parser: Parser, file: string, text: string, resolved: string): Definition[] {
  const tree = parser.parse(blankAttributes(resolved));
  const lines = text.split('\n');
  const activeLines = resolved.split('\n');
  const found: Definition[] = [];
  const add = (node: Node, kind: DefinitionKind, name: string | undefined): void => {
    if (name === undefined) return;
    const first = node.startPosition.row;
    // A preprocessor directive ends in the line behind it.
    const last = node.endPosition.column === 0 ? node.endPosition.row - 1 : node.endPosition.row;
    let locals: ReadonlySet<string> | undefined;
    found.push({
      name,
      kind,
      file,
      line: first + 1,
      end: last + 1,
      text: lines.slice(first, last + 1).join('\n'),
      active: activeLines.slice(first, last + 1).join('\n'),
      locals() {
        locals ??= localsOf(node);
        return locals;
      },
      probes: () => (kind === 'function' ? probesOf(node, startOf(node)) : []),
      branches: () => (kind === 'function' ? branchesOf(node, startOf(node)) : []),
    });
  };
  if (tree !== null) visit(tree.rootNode, add);
  return found;
}

/** Where the definition's text begins: at the first column. */
const startOf = ({ startIndex, startPosition }: Node): number => startIndex - startPosition.column;

type Add = (node: Node, kind: DefinitionKind, name: string | undefined) => void;

function visit(node: Node, add: Add): void {
  for (const child of node.namedChildren) {
    if (child === null) continue;
    if (TRANSPARENT.has(child.type)) visit(child, add);
    else define(child, add);
  }
}

function define(node: Node, add: Add): void {
  switch (node.type) {
    case 'preproc_def':
    case 'preproc_function_def':
      add(node, 'macro', node.childForFieldName('name')?.text);
      break;
    case 'function_definition':
      add(node, 'function', declaredName(node.childForFieldName('declarator')));
      break;
    case 'type_definition':
      for (const declarator of node.childrenForFieldName('declarator')) add(node, 'type', declaredName(declarator));
      defineTag(node.childForFieldName('type'), node, add);
      break;
    case 'enum_specifier':
    case 'struct_specifier':
    case 'union_specifier':
      defineTag(node, node, add);
      break;
    case 'declaration':
      defineTag(node.childForFieldName('type'), node, add);
      if (/^extern\b/.test(node.text)) break;
      for (const declarator of node.childrenForFieldName('declarator')) {
        if (declarator?.type === 'function_declarator' || declarator?.type === 'pointer_declarator') continue;
        add(node, 'variable', declaredName(declarator));
      }
      break;
  }
}

/** Structures and enumerations by their tag, enumerators by their name. */
function defineTag(node: Node | null, whole: Node, add: Add): void {
  const body = node?.childForFieldName('body');
  if (node === null || body === null || body === undefined) return;
  const tag = node.childForFieldName('name')?.text;
  const keyword = node.type.replace('_specifier', '');
  if (tag !== undefined) add(whole, keyword === 'enum' ? 'enum' : 'struct', `${keyword} ${tag}`);
  if (keyword !== 'enum') return;
  for (const child of body.descendantsOfType('enumerator')) add(whole, 'enum', child?.childForFieldName('name')?.text);
}

/** The name inside a declarator, below pointers, arrays and parameter lists. */
function declaredName(declarator: Node | null): string | undefined {
  let node = declarator;
  while (node !== null) {
    if (node.type === 'identifier' || node.type === 'type_identifier' || node.type === 'primitive_type')
      return node.text;
    const inner: Node | null = node.childForFieldName('declarator');
    node = inner ?? (node.type === 'parenthesized_declarator' ? node.firstNamedChild : null);
  }
  return undefined;
}

function localsOf(node: Node): ReadonlySet<string> {
  const names = new Set<string>();
  if (node.type === 'preproc_function_def') {
    for (const child of node.childForFieldName('parameters')?.namedChildren ?? []) if (child) names.add(child.text);
    return names;
  }
  for (const declaration of node.descendantsOfType(['parameter_declaration', 'declaration', 'labeled_statement'])) {
    if (declaration === null) continue;
    const label = declaration.childForFieldName('label');
    if (label !== null) names.add(label.text);
    for (const declarator of declaration.childrenForFieldName('declarator')) {
      const name = declaredName(declarator);
      if (name !== undefined) names.add(name);
    }
  }
  return names;
}
