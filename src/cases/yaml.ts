/**
 * Strict reading of one YAML document as plain data with source positions. YAML has many ways to say something else
 * than the reader believes (aliases, tags, merge keys, numbers that lose digits); all of them are refused with a
 * position.
 */
import type { Node, Scalar, YAMLMap } from 'yaml';
import { Composer, CST, isMap, isScalar, isSeq, Lexer, LineCounter, Parser } from 'yaml';
import { excerpt } from './escape.js';
import { InputError, readWhole } from './files.js';

export { InputError };

const MAX_DEPTH = 32;
const MAX_NODES = 20_000;
/** No node takes more tokens than this (`?`, `[`, `]` and a comma), so a file with more tokens has too many nodes. */
const MAX_TOKENS = 4 * MAX_NODES;

/** A place in a file; both are 1-based, the column counts UTF-16 code units. */
export interface YamlPosition {
  readonly line: number;
  readonly column: number;
}

/** One YAML document: null, booleans, safe integers, strings, arrays, and objects without a prototype. */
export interface YamlDocument {
  readonly file: string;
  readonly data: unknown;
  /**
   * Where the value at `path` begins, or its key when `of` is `key`. A path that leads nowhere has the position of the
   * last step that exists.
   */
  positionOf(path: readonly (string | number)[], of?: 'key' | 'value'): YamlPosition;
}

/**
 * Reads one YAML document from a file.
 *
 * @param options.root folder that the file must lie in after all symbolic links are followed
 * @param options.maxBytes largest accepted size, 1 MiB unless told
 * @throws InputError with exit code 66 when there is no such readable file, with 3 when its content is wrong
 */
export function readYamlFile(
  path: string,
  options: { readonly root?: string; readonly maxBytes?: number } = {},
): YamlDocument {
  return parseYaml(readWhole(path, options), path);
}

/**
 * Reads one YAML document (1.2, core schema) from a text.
 *
 * @param file name of the text in messages
 * @throws InputError with exit code 3
 */
export function parseYaml(text: string, file: string): YamlDocument {
  const source = new Source(text, file);
  requireCleanText(source);
  const contents = compose(source);
  const data = new Reader(source).read(contents, 1);
  return { file, data, positionOf: (path, of = 'value') => source.positionAt(offsetOf(contents, path, of)) };
}

class Source {
  readonly text: string;
  readonly file: string;
  readonly #lines = new LineCounter();

  constructor(text: string, file: string) {
    this.text = text;
    this.file = file;
    this.#lines.addNewLine(0);
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) this.#lines.addNewLine(end + 1);
  }

  positionAt(offset: number): YamlPosition {
    const { line, col } = this.#lines.linePos(offset);
    return { line, column: col };
  }

  error(offset: number, what: string, hint?: string): InputError {
    return new InputError(this.file, what, { ...this.positionAt(offset), hint });
  }
}

// The characters that YAML 1.2 calls not printable, and CR, which is the start of a CRLF or a line break by itself.
const NOT_TEXT = /(?![\t\n\u0085])\p{Cc}|[\uFFFE\uFFFF]/u;

function requireCleanText(source: Source): void {
  if (source.text.startsWith('\uFEFF')) {
    throw source.error(0, 'expected UTF-8 without a byte order mark, found one', 'Save the file without a BOM.');
  }
  const found = NOT_TEXT.exec(source.text);
  if (found === null) return;
  if (found[0] === '\r') {
    const ending = source.text[found.index + 1] === '\n' ? 'CRLF' : 'a lone CR';
    throw source.error(found.index, `expected lines that end in LF, found ${ending}`, 'Save the file with LF.');
  }
  const code = found[0].charCodeAt(0).toString(16).padStart(4, '0').toUpperCase();
  throw source.error(found.index, `expected text, found the control character U+${code}`);
}

const NOT_PLAIN: { readonly [type in CST.TokenType]?: string } = {
  alias: 'expected plain data without anchors and aliases, found the alias',
  anchor: 'expected plain data without anchors and aliases, found the anchor',
  tag: 'expected plain data without tags, found the tag',
  'directive-line': 'expected no YAML directive, found',
};

/** The tokens of the text, refused as early as possible: the composer is recursive and slow, the lexer is neither. */
function* tokens(source: Source): Generator<CST.Token, void> {
  const parser = new Parser();
  let count = 0;
  let isText = false;
  for (const lexeme of new Lexer().lex(source.text)) {
    const type = isText ? null : CST.tokenType(lexeme);
    isText = lexeme === CST.SCALAR;
    requirePlain(source, parser.offset, type, lexeme);
    if (type !== 'space' && type !== 'newline' && type !== 'comment') count++;
    if (count > MAX_TOKENS) throw tooManyNodes(source, parser.offset);
    yield* parser.next(lexeme);
    // The document and a scalar stand on the stack beside the collections.
    if (parser.stack.length > MAX_DEPTH && parser.stack.filter(CST.isCollection).length > MAX_DEPTH) {
      throw tooDeep(source, parser.offset - lexeme.length);
    }
  }
  yield* parser.end();
}

function requirePlain(source: Source, offset: number, type: CST.TokenType | null, lexeme: string): void {
  const expected = type === null ? undefined : NOT_PLAIN[type];
  if (expected === undefined) return;
  const hint = type === 'alias' ? 'Write the value out in full, or quote it if it is text.' : undefined;
  throw source.error(offset, `${expected} ${excerpt(lexeme.trimEnd())}`, hint);
}

function compose(source: Source): Node {
  // Duplicate keys are found by the Reader: the library compares each key with all keys before it.
  const composer = new Composer({ version: '1.2', schema: 'core', uniqueKeys: false, logLevel: 'silent' });
  const [document, second] = composer.compose(tokens(source), true, source.text.length);
  const problems = [...(document?.errors ?? []), ...(document?.warnings ?? [])];
  const first = problems.sort((a, b) => a.pos[0] - b.pos[0])[0];
  if (first !== undefined) {
    const isTab = first.code === 'TAB_AS_INDENT';
    const found = excerpt(first.message, 160);
    const what = isTab ? 'spaces as indentation, found a tab' : `well-formed YAML, found: ${found}`;
    throw source.error(first.pos[0], `expected ${what}`);
  }
  if (second !== undefined) {
    throw source.error(second.range[0], 'expected one YAML document, found a second one', 'Use one file for each.');
  }
  const contents = document?.contents ?? null;
  if (contents === null || (isScalar(contents) && contents.value === null && contents.source === '')) {
    throw source.error(0, 'expected a YAML document, found an empty file');
  }
  return contents;
}

/** Turns the nodes of one document into plain data and refuses what the parser lets pass. */
class Reader {
  readonly #source: Source;
  #nodes = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  read(node: unknown, depth: number): unknown {
    const offset = startOf(node);
    if (++this.#nodes > MAX_NODES) throw tooManyNodes(this.#source, offset);
    if (isScalar(node)) return this.#scalar(node, offset);
    if (depth > MAX_DEPTH) throw tooDeep(this.#source, offset);
    if (isSeq(node)) return node.items.map((item) => this.read(item, depth + 1));
    return this.#map(node as YAMLMap, depth);
  }

  #map(map: YAMLMap, depth: number): Record<string, unknown> {
    const data: Record<string, unknown> = Object.create(null);
    for (const { key, value } of map.items) {
      const name = this.#key(key);
      if (name in data) throw this.#error(key, `expected each key once, found ${excerpt(name)} again`);
      data[name] = value === null ? null : this.read(value, depth + 1);
    }
    return data;
  }

  #key(node: unknown): string {
    this.#nodes++;
    if (!isScalar(node)) throw this.#error(node, 'expected a text key, found a collection as a key');
    const { value, source } = node;
    if (typeof value !== 'string') {
      const found = source === '' ? 'an empty key' : `the key ${excerpt(source ?? '')}`;
      throw this.#error(node, `expected a text key, found ${found}, which is no text`, 'Write the key in quotes.');
    }
    this.#requireCharacters(value, startOf(node));
    if (value === '<<') throw this.#error(node, 'expected all keys written out, found a merge key <<');
    if (value === '__proto__' || value === 'constructor' || value === 'prototype') {
      throw this.#error(node, `expected another name for the key, found the reserved word ${value}`);
    }
    return value;
  }

  #scalar({ value, source = '' }: Scalar, offset: number): unknown {
    if (typeof value === 'string') this.#requireCharacters(value, offset);
    if (typeof value !== 'number') return value;
    const found = excerpt(source);
    if (source.startsWith('0o')) {
      const hint = `Write ${value}, or text in quotes.`;
      throw this.#source.error(offset, `expected a decimal or hexadecimal integer, found the octal ${found}`, hint);
    }
    if (!/^([-+]?[0-9]+|0x[0-9a-fA-F]+)$/.test(source)) {
      throw this.#source.error(offset, `expected an integer or text, found ${found}`, `Text needs quotes: "${found}".`);
    }
    if (/^[-+]?0[0-9]/.test(source)) {
      const hint = 'Text needs quotes.';
      throw this.#source.error(offset, `expected an integer without leading zeros, found ${found}`, hint);
    }
    if (!Number.isSafeInteger(value)) {
      const what = `expected an integer below 2^53, found ${found}; write it as quoted hex string`;
      throw this.#source.error(offset, what, 'Larger numbers lose their low bits: write "0x8000000000000025".');
    }
    return value === 0 ? 0 : value;
  }

  /** An escape such as "\ud800" makes half of a character, which no file and no terminal can hold. */
  #requireCharacters(text: string, offset: number): void {
    const [half] = /\p{Surrogate}/u.exec(text) ?? [];
    if (half === undefined) return;
    const code = half.charCodeAt(0).toString(16).toUpperCase();
    throw this.#source.error(offset, `expected whole characters, found the lone surrogate U+${code}`);
  }

  #error(node: unknown, what: string, hint?: string): InputError {
    return this.#source.error(startOf(node), what, hint);
  }
}

function startOf(node: unknown): number {
  return (node as Node).range?.[0] ?? 0;
}

function tooDeep(source: Source, offset: number): InputError {
  return source.error(offset, `expected at most ${MAX_DEPTH} levels of nesting, found more`);
}

function tooManyNodes(source: Source, offset: number): InputError {
  return source.error(offset, `expected at most ${MAX_NODES} values and keys in one file, found more`);
}

function offsetOf(root: Node, path: readonly (string | number)[], of: 'key' | 'value'): number {
  let key: unknown = root;
  let value: unknown = root;
  for (const step of path) {
    const pair = isMap(value) ? value.items.find((item) => isScalar(item.key) && item.key.value === step) : undefined;
    const next = isSeq(value) && typeof step === 'number' ? value.items[step] : pair?.value;
    if (pair === undefined && next === undefined) return startOf(value);
    key = pair?.key ?? next;
    value = next ?? key;
  }
  return startOf(of === 'key' ? key : value);
}
