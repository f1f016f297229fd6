/**
 * What a comparison says about the lines that a patch changed: those of functions that ran, those that stayed cold, and
 * those that no engine was made from. Nothing that is changed and was not looked at is passed over in silence.
 */

import type { Hits } from '../cover/hits.js';
import { CoveredLines, type LineFacts } from '../cover/lines.js';
import type { AppliedPatch, FileChange } from '../series/apply.js';
import type { KernelTree } from '../trees/tree.js';
import { type FunctionLines, reachedAround } from './around.js';
import { type CodeChange, codeChanges, codeLines } from './code_changes.js';
import type { CodeMap } from './code_map.js';
import { itemAt, type OutlineItem, outlineOf } from './outline.js';
import { fileWithoutLines, isNoCode, standsAlone, type Unseen, UnseenList } from './unseen.js';

export interface ColdLine {
  readonly file: string;
  /** in the tree of the patch, from 1 on */
  readonly line: number;
  readonly function: string;
  /** lines were removed in front of it; it is not changed itself */
  readonly removal: boolean;
  /** the changed line; of a removal the first line that is gone */
  readonly text: string;
}

export interface LookedAt {
  /** changed lines of functions, and places where some were removed, that ran */
  readonly reached: number;
  /** changed lines of macros, types and constants that an engine was made with */
  readonly defined: number;
  readonly cold: readonly ColdLine[];
  readonly unseen: readonly Unseen[];
}

/** A tree with what was extracted of it. */
export interface MappedTree {
  readonly tree: KernelTree;
  readonly maps: readonly CodeMap[];
}

/**
 * @param before the tree in front of the patch
 * @param hits of engines that were made from the tree behind it
 */
export async function lookAt(
  { patch, changes }: AppliedPatch,
  before: MappedTree,
  after: MappedTree,
  hits: Hits,
): Promise<LookedAt> {
  const look = new Look(before, after, hits);
  for (const change of changes) {
    if (isNoCode(change.path)) continue;
    const whole = fileWithoutLines(change, patch);
    look.unseen.addAll(whole);
    if (whole.length === 0 || change.kind === 'rename') await look.file(change);
  }
  const { reached, defined, cold, unseen } = look;
  return { reached, defined, cold, unseen: unseen.list() };
}

/** One side of a file: its lines as they were extracted, and its outline where they were not. */
interface Side {
  readonly file: string;
  readonly text: string;
  readonly code: readonly string[];
  at(line: number): LineFacts;
  itemAt(line: number): Promise<OutlineItem | undefined>;
}

class Look {
  reached = 0;
  defined = 0;
  readonly cold: ColdLine[] = [];
  readonly unseen: UnseenList;
  readonly #old: CoveredLines;
  readonly #now: CoveredLines;

  constructor(
    private readonly before: MappedTree,
    private readonly after: MappedTree,
    hits: Hits,
  ) {
    this.#old = new CoveredLines(before.maps, new Map());
    this.#now = new CoveredLines(after.maps, hits);
    this.unseen = new UnseenList([...before.maps, ...after.maps]);
  }

  async file({ kind, path, oldPath }: FileChange): Promise<void> {
    const isNew = kind === 'create' || kind === 'copy';
    const old = sideOf(oldPath, (!isNew && (await this.before.tree.read(oldPath))) || '', this.#old);
    const now = sideOf(path, (await this.after.tree.read(path)) ?? '', this.#now);
    for (const change of codeChanges(old.text, now.text)) {
      for (const line of wordsIn(now, change.added)) await this.#addedLine(now, line);
      for (const line of change.removed) await this.#outside(old, line);
      if (change.added.length === 0) this.#removal(old, now, change);
    }
  }

  async #addedLine(now: Side, line: number): Promise<void> {
    const { kind, definition, reached } = now.at(line);
    if (definition === undefined || kind === 'inactive') return this.#outside(now, line);
    if (definition.kind !== 'function') {
      this.defined++;
      return;
    }
    const ran = kind === 'statement' ? reached : reachedAround(functionLines(now, definition), line, false);
    this.#note(now, line, ran, definition.name, lineOf(now.text, line), false);
  }

  /** Lines that are gone from a function that is still there. */
  #removal(old: Side, now: Side, { removed, at }: CodeChange): void {
    const [below, above] = [now.at(at).definition, now.at(at - 1).definition];
    const [first] = removed;
    const was = first === undefined ? undefined : old.at(first).definition;
    if (below === undefined || below !== above || first === undefined || was === undefined) return;
    if (below.kind !== 'function') {
      this.defined++;
      return;
    }
    const ran = reachedAround(functionLines(now, below), at, true);
    this.#note(now, at, ran, below.name, lineOf(old.text, first), true);
  }

  #note(now: Side, line: number, ran: boolean, name: string, text: string, removal: boolean): void {
    if (ran) this.reached++;
    else this.cold.push({ file: now.file, line, function: name, removal, text: text.trim() });
  }

  /** Nothing to say about a line that an engine was made from. */
  async #outside(side: Side, line: number): Promise<void> {
    const { kind, definition } = side.at(line);
    if (kind !== 'inactive' && definition !== undefined) return;
    const code = side.code[line - 1] ?? '';
    if (standsAlone(code)) return;
    const item = definition ?? (await side.itemAt(line));
    if (item?.kind === 'declaration' && this.unseen.isExtracted(item.name)) return;
    this.unseen.add({ file: side.file, line, item, code, inactive: kind === 'inactive' });
  }
}

function sideOf(file: string, text: string, lines: CoveredLines): Side {
  let outline: Promise<OutlineItem[]> | undefined;
  return {
    file,
    text,
    code: codeLines(text),
    at: (line) => lines.at(file, line),
    itemAt: async (line) => {
      outline ??= outlineOf(text);
      return itemAt(await outline, line);
    },
  };
}

function functionLines({ code, at }: Side, { line, end }: { line: number; end: number }): FunctionLines {
  return {
    line,
    end,
    code: (own) => code[own - 1] ?? '',
    at: (own) => {
      const { kind, reached } = at(own);
      return { isStatement: kind === 'statement', reached };
    },
  };
}

/** Lines that are only braces say nothing beside others of the same change. */
function wordsIn({ code }: Side, lines: readonly number[]): readonly number[] {
  const words = lines.filter((line) => /\w/.test(code[line - 1] ?? ''));
  return words.length > 0 ? words : lines;
}

const lineOf = (text: string, line: number): string => text.split('\n')[line - 1] ?? '';
