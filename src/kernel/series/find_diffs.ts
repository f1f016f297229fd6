/** Finds the diffs in a text among whatever stands around them, and takes them apart with the `diff` package. */
import { parsePatch, type StructuredPatch } from 'diff';
import { excerpt } from '../../cases/escape.js';
import { InputError } from '../../cases/files.js';
import { normalPath } from '../trees/tree.js';
import type { FileChangeKind, FileDiff, Hunk } from './patch.js';

const HUNK = /^@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@/;
const GIT = /^diff --git /;
const GIT_HEADER =
  /^(?:(?:old|new|(?:deleted|new) file) mode|(?:copy|rename) (?:from|to)|(?:dis)?similarity index|index) /;
const BINARY = /^(GIT binary patch$|Binary files .* differ$)/;
/** Modes of a link and of a repository inside of the repository. */
const NO_FILE = /^(?:index|new mode|(?:new|deleted) file mode) .*\b1[26]0000$/;
const NOTHING = '/dev/null';

export interface DiffText {
  /** name of the input file, for messages */
  readonly file: string;
  readonly text: string;
  /** 1-based line of the input file that a line of the text stands at, by its 0-based index; undefined if unknown */
  lineAt(index: number): number | undefined;
  /** white space and ends of hunks may be lost, as they are in quoting mails */
  readonly lenient: boolean;
}

/** @throws InputError for a diff that is cut short, miscounted, or leads out of the tree */
export function findDiffs(input: DiffText): FileDiff[] {
  return new Finder(input).find();
}

class Finder {
  readonly #lines: readonly string[];
  readonly #input: DiffText;
  #at = 0;

  constructor(input: DiffText) {
    this.#input = input;
    this.#lines = input.text.split('\n');
  }

  find(): FileDiff[] {
    const found: FileDiff[] = [];
    while (this.#at < this.#lines.length) {
      if (GIT.test(this.#line())) found.push(this.#gitDiff());
      else if (this.#startsFile()) found.push(this.#fileDiff([]));
      else this.#at++;
    }
    return found;
  }

  #line(offset = 0): string {
    return this.#lines[this.#at + offset] ?? '';
  }

  /** A line of dashes in a mail is no file header, unless all three lines of one are there. */
  #startsFile(): boolean {
    return this.#line().startsWith('--- ') && this.#line(1).startsWith('+++ ') && HUNK.test(this.#line(2));
  }

  #gitDiff(): FileDiff {
    const header = [this.#line()];
    const start = this.#at++;
    while (GIT_HEADER.test(this.#line())) header.push(this.#lines[this.#at++] ?? '');
    if (this.#startsFile()) return this.#fileDiff(header, start);
    return this.#diffOf(header, start, [], BINARY.test(this.#line()));
  }

  #fileDiff(header: string[], start = this.#at): FileDiff {
    const head = [...header, this.#line(), this.#line(1)];
    this.#at += 2;
    const hunks: Hunk[] = [];
    while (HUNK.test(this.#line())) hunks.push(this.#hunk());
    return this.#diffOf(head, start, hunks, false);
  }

  #hunk(): Hunk {
    const start = this.#at++;
    const header = this.#lines[start] ?? '';
    const [, oldStart, oldLines = '1', newStart, newLines = '1'] = HUNK.exec(header) ?? [];
    const left = { old: Number(oldLines), new: Number(newLines) };
    const lines: string[] = [];
    while (left.old > 0 || left.new > 0) {
      const line = this.#bodyLine();
      if (line === undefined) break;
      if (line[0] === ' ' || line[0] === '-') left.old--;
      if (line[0] === ' ' || line[0] === '+') left.new--;
      if (left.old < 0 || left.new < 0) throw this.#refusal(start, 'has not as many lines as its header says');
      lines.push(line);
      this.#at++;
    }
    if (this.#line().startsWith('\\ ')) lines.push(this.#lines[this.#at++] ?? '');
    const missing = Math.max(left.old, left.new);
    if (missing > 0 && (!this.#input.lenient || left.old !== left.new)) {
      throw this.#refusal(start, `is cut short: ${missing} of its lines are missing`);
    }
    const uncounted = !this.#input.lenient && missing === 0 && /^(\+|-(?!-))/.test(this.#line());
    if (uncounted) throw this.#refusal(this.#at, 'is not counted by its hunk');
    const numbers = [oldStart, oldLines, newStart, newLines].map(Number) as [number, number, number, number];
    return { header, line: this.#input.lineAt(start), ...placeOf(numbers, missing), lines, missing };
  }

  /** The next line of a hunk with its mark; undefined where the hunk ends too early. */
  #bodyLine(): string | undefined {
    const line = this.#lines[this.#at];
    if (line === undefined || GIT.test(line) || HUNK.test(line)) return undefined;
    // Mail programs cut off white space at the end of a line, so that an empty line becomes a really empty one.
    if (line === '') return this.#at === this.#lines.length - 1 ? undefined : ' ';
    if (line.startsWith('\\ ') || /^[ +-]/.test(line)) return line;
    return this.#input.lenient ? ` ${line}` : undefined;
  }

  #diffOf(head: readonly string[], start: number, hunks: readonly Hunk[], isBinary: boolean): FileDiff {
    const [parsed] = this.#parsed(head, start);
    const { oldFileName: oldName, newFileName: newName } = parsed ?? {};
    if (parsed === undefined || oldName === undefined || newName === undefined) {
      throw this.#refusal(start, 'names no file');
    }
    const kind = kindOf(parsed);
    const stripped = { old: withoutPrefix(oldName, parsed, 'a/'), new: withoutPrefix(newName, parsed, 'b/') };
    const oldPath = this.#path(start, kind === 'create' ? stripped.new : stripped.old);
    const newPath = this.#path(start, kind === 'delete' ? stripped.old : stripped.new);
    return { kind, oldPath, newPath, isText: !isBinary && !head.some((line) => NO_FILE.test(line)), hunks };
  }

  #parsed(head: readonly string[], start: number): StructuredPatch[] {
    try {
      return parsePatch(`${head.join('\n')}\n`);
    } catch (cause) {
      throw this.#refusal(start, `cannot be read: ${excerpt((cause as Error).message)}`);
    }
  }

  #path(start: number, name: string): string {
    const path = normalPath(name);
    if (path !== undefined && path === name && !path.split('/').includes('.git')) return path;
    throw this.#refusal(start, 'changes a file outside of the tree');
  }

  #refusal(index: number, what: string): InputError {
    const { file, lineAt } = this.#input;
    const shown = excerpt(this.#lines[index] ?? '');
    return new InputError(file, `expected a diff that can be applied, found one that ${what}: ${shown}`, {
      line: lineAt(index),
    });
  }
}

/** With lines counted as missing, and in the way of the `diff` package for a side without lines. */
function placeOf(numbers: readonly [number, number, number, number], missing: number) {
  const [oldStart, oldLines, newStart, newLines] = numbers;
  return {
    oldStart: oldLines === 0 ? oldStart + 1 : oldStart,
    oldLines: oldLines - missing,
    newStart: newLines === 0 ? newStart + 1 : newStart,
    newLines: newLines - missing,
  };
}

function kindOf(parsed: StructuredPatch): FileChangeKind {
  if (parsed.isRename === true) return 'rename';
  if (parsed.isCopy === true) return 'copy';
  if (parsed.isCreate === true || parsed.oldFileName === NOTHING) return 'create';
  return parsed.isDelete === true || parsed.newFileName === NOTHING ? 'delete' : 'change';
}

/**
 * Most names begin with a folder that is not in the tree: `a/` and `b/` for git, anything at all for others, but then
 * not the same on both sides.
 */
function withoutPrefix(name: string, parsed: StructuredPatch, prefix: string): string {
  if (name.startsWith(prefix)) return name.slice(prefix.length);
  if (parsed.isRename === true || parsed.isCopy === true) return name;
  const others = [parsed.oldFileName, parsed.newFileName].filter((other) => other !== NOTHING && other !== name);
  const below = name.slice(name.indexOf('/') + 1);
  return others.some((other) => other?.slice(other.indexOf('/') + 1) === below) ? below : name;
}
