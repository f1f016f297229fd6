/** The diffs of one message: in its text, in what is attached to it, or in what it quotes. */
import { InputError } from '../../cases/files.js';
import { findDiffs } from './find_diffs.js';
import type { Message } from './message.js';
import type { FileDiff } from './patch.js';
import { quotedTexts } from './quoting.js';

export interface MessageDiffs {
  readonly files: readonly FileDiff[];
  readonly quoted: boolean;
}

/**
 * @returns no files if there is no diff in the message
 * @throws InputError for a diff that is broken, unless the message can be read in a way in which it is not
 */
export function diffsOf(message: Message): MessageDiffs {
  let failure: InputError | undefined;
  for (const text of [...message.readings, ...joinedAttachments(message)]) {
    try {
      const files = search(message, text, false);
      if (files.length > 0) return { files, quoted: false };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      failure ??= error;
    }
  }
  const quoted = quotedDiffs(message);
  if (quoted.length > 0) return { files: quoted, quoted: true };
  if (failure !== undefined) throw failure;
  return { files: [], quoted: false };
}

function joinedAttachments({ attachments }: Message): string[] {
  return attachments.length === 0 ? [] : [attachments.join('\n')];
}

function search(message: Message, text: string, lenient: boolean): FileDiff[] {
  if (!text.includes('\n+++ ') && !text.includes('diff --git ')) return [];
  return findDiffs({ file: message.file, text, lenient, lineAt: message.lineAt(text) });
}

/** What stands at the depth of quoting that has most of the diff. */
function quotedDiffs(message: Message): FileDiff[] {
  let best: FileDiff[] = [];
  for (const text of message.readings.flatMap(quotedTexts)) {
    const files = search(message, text, true);
    if (hunksIn(files) > hunksIn(best)) best = files;
  }
  return best;
}

function hunksIn(files: readonly FileDiff[]): number {
  return files.reduce((sum, { hunks }) => sum + hunks.length, 0);
}
