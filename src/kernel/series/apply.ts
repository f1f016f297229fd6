/** Applying a series to a kernel tree, in memory: one tree for each patch, and what each patch changed. */
import { excerpt } from '../../cases/escape.js';
import { InputError } from '../../cases/files.js';
import type { KernelTree } from '../trees/tree.js';
import { applyHunks, type HunkFailure } from './apply_hunks.js';
import { overlayTree } from './overlay.js';
import type { FileChangeKind, FileDiff, Patch } from './patch.js';
import { changedRanges, type LineRange } from './ranges.js';

export interface FileChange {
  readonly kind: FileChangeKind;
  /** the new path; for a deleted file the old one */
  readonly path: string;
  /** the same as `path` unless the file is renamed or copied */
  readonly oldPath: string;
  /** in the numbers of the tree of this patch; empty for a deleted file, and for a change of name only */
  readonly ranges: readonly LineRange[];
  /** the tree was read only in part, or it is no text: the change is not in the tree of the patch */
  readonly skipped: 'not covered' | 'no text' | undefined;
  /** white space was ignored to make it apply */
  readonly ignoredSpace: boolean;
  /** lines that a quoting mail does not have, see Hunk */
  readonly missing: number;
}

export interface AppliedPatch {
  readonly patch: Patch;
  /** the base with all patches up to this one */
  readonly tree: KernelTree;
  readonly changes: readonly FileChange[];
}

/** A patch that does not fit the tree. Its message has the first of the failures. */
export class ApplyError extends InputError {
  constructor(
    readonly patch: Patch,
    readonly failures: readonly HunkFailure[],
    message: string,
    line: number | undefined,
  ) {
    super(patch.file, `"${excerpt(patch.title)}" does not apply: ${message}`, { line });
  }
}

/**
 * @returns one for each patch, in order
 * @throws ApplyError for the first patch that does not apply
 */
export async function applySeries(base: KernelTree, patches: readonly Patch[]): Promise<AppliedPatch[]> {
  const applied: AppliedPatch[] = [];
  let files: ReadonlyMap<string, string | null> = new Map();
  for (const [index, patch] of patches.entries()) {
    const name = `${base.name}+${index + 1}`;
    const work = new Work(patch, overlayTree(base, files, name), new Map(files));
    for (const file of patch.files) await work.apply(file);
    const changes = work.finish();
    files = work.files;
    applied.push({ patch, tree: overlayTree(base, files, name), changes });
  }
  return applied;
}

class Work {
  readonly #changes: FileChange[] = [];
  /** text before the patch, by path after it, of the files whose lines it changed */
  readonly #originals = new Map<string, string>();
  readonly #failures: HunkFailure[] = [];

  constructor(
    private readonly patch: Patch,
    private readonly before: KernelTree,
    readonly files: Map<string, string | null>,
  ) {}

  async apply(file: FileDiff): Promise<void> {
    const { kind, oldPath, newPath, isText } = file;
    const path = kind === 'delete' ? oldPath : newPath;
    const missing = file.hunks.reduce((sum, hunk) => sum + hunk.missing, 0);
    const change = { kind, path, oldPath, missing, ranges: [], skipped: undefined, ignoredSpace: false };
    if (!isText) return this.#note({ ...change, skipped: 'no text' });
    if (!(this.before.covers(oldPath) && this.before.covers(newPath))) {
      return this.#note({ ...change, skipped: 'not covered' });
    }
    const old = await this.#oldText(file);
    const result = applyHunks(old, file, this.patch.quoted);
    if ('failures' in result) {
      this.#failures.push(...result.failures);
      return;
    }
    const { text, ignoredSpace } = result;
    if (kind === 'delete') this.#delete(file, text);
    if (kind === 'rename') this.files.set(oldPath, null);
    if (kind !== 'delete') this.files.set(newPath, text);
    if (!this.#originals.has(path)) this.#originals.set(path, old);
    this.#note({ ...change, ignoredSpace });
  }

  /** What was changed. @throws ApplyError if a hunk did not apply */
  finish(): FileChange[] {
    const [failure] = this.#failures;
    if (failure === undefined) return this.#changes.map((change) => ({ ...change, ranges: this.#ranges(change) }));
    const { path, number, hunk, why } = failure;
    const more = this.#failures.length > 1 ? ` (and ${this.#failures.length - 1} more hunks do not apply)` : '';
    const message = `hunk ${number} of ${path} (${excerpt(hunk.header)}): ${why}${more}`;
    throw new ApplyError(this.patch, this.#failures, message, hunk.line);
  }

  #note(change: FileChange): void {
    this.#changes.push(change);
  }

  /** Text that the hunks apply to. What the same patch has changed already counts, except where it only copies. */
  async #oldText(file: FileDiff): Promise<string> {
    const { kind, oldPath, newPath } = file;
    const [old, there] = await Promise.all([this.#read(oldPath, kind), this.#read(newPath, kind)]);
    if (kind === 'create') {
      if (there === null) return '';
      throw this.#refusal(file, `${newPath} is to be created, and is in the tree already`);
    }
    if (old === null) throw this.#refusal(file, `${oldPath} is not in the tree`);
    if (newPath === oldPath || there === null) return old;
    throw this.#refusal(file, `${oldPath} is to become ${newPath}, which is in the tree already`);
  }

  async #read(path: string, kind: FileChangeKind): Promise<string | null> {
    const changed = kind === 'copy' || kind === 'rename' ? undefined : this.files.get(path);
    return changed === undefined ? this.before.read(path) : changed;
  }

  #delete(file: FileDiff, rest: string): void {
    if (rest !== '') throw this.#refusal(file, `${file.oldPath} is to be deleted, and has more lines than the patch`);
    this.files.set(file.oldPath, null);
  }

  /** Of the whole patch, which may change a file twice. */
  #ranges({ path, skipped }: FileChange): LineRange[] {
    const text = this.files.get(path);
    if (skipped !== undefined || text === null || text === undefined) return [];
    return changedRanges(this.#originals.get(path) ?? '', text);
  }

  #refusal(file: FileDiff, message: string): ApplyError {
    return new ApplyError(this.patch, [], message, file.hunks[0]?.line);
  }
}
