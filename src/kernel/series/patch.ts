/** What a patch is after it has been read: whose it is, and which lines of which files it changes. */

export interface Hunk {
  /** its `@@` line */
  readonly header: string;
  /** 1-based line of the header in the input file, undefined if it was encoded there */
  readonly line: number | undefined;
  /** 1-based; for a hunk without old lines, the line in front of which the new ones go */
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  /** each with its ` `, `+`, `-` or `\` in front */
  readonly lines: readonly string[];
  /** lines that its header counts and a quoting mail does not have; they are taken for unchanged ones at its end */
  readonly missing: number;
}

export type FileChangeKind = 'change' | 'create' | 'delete' | 'rename' | 'copy';

export interface FileDiff {
  readonly kind: FileChangeKind;
  /** below the top of the tree; the same as newPath unless the file is renamed or copied */
  readonly oldPath: string;
  readonly newPath: string;
  /** false for binary content, for links and for submodules: they are not in the trees of a series */
  readonly isText: boolean;
  /** empty for a change of name or of mode only */
  readonly hunks: readonly Hunk[];
}

export interface Patch {
  /** its subject, or the name of the file that it was in */
  readonly title: string;
  /** name of the input file, for messages */
  readonly file: string;
  /** it comes from a reply that quotes it, so that white space may be lost */
  readonly quoted: boolean;
  readonly files: readonly FileDiff[];
}
