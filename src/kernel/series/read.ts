/** Reading a series of patches: an mbox, mails, plain diffs, or a reply that quotes a patch. */
import { excerpt } from '../../cases/escape.js';
import { InputError } from '../../cases/files.js';
import { messagesIn, type SeriesInput } from './input.js';
import { type Message, parseMessage } from './message.js';
import { diffsOf } from './message_diffs.js';
import type { Patch } from './patch.js';
import { type FoundPatch, selectSeries } from './select.js';

/**
 * The patches of a series, the first one first.
 *
 * @throws InputError if there is none, if only the cover letter is there, if a part is missing or broken
 */
export async function readSeries(inputs: readonly SeriesInput[]): Promise<Patch[]> {
  const messages: Message[] = [];
  for (const raw of inputs.flatMap(messagesIn)) messages.push(await parseMessage(raw));
  const first = messages.filter(({ subject }) => !subject.isReply);
  // A discussion has other mails too, some with a diff. They count where nothing says that it is a patch.
  for (const group of [first.filter(isDeclared), first.filter((message) => !isDeclared(message))]) {
    const patches = group.flatMap((message) => patchIn(message, isNumbered(message)));
    if (patches.length > 0) return selectSeries(patches);
  }
  // Replies stand for a patch only where there is none; what else was sent in a discussion is no part of the series.
  const replies = messages.filter(({ subject }) => subject.isReply).flatMap((message) => patchIn(message, false));
  const [reply, another] = replies;
  if (reply === undefined) throw nothingIn(inputs, messages);
  if (another === undefined) return [reply];
  throw new InputError(another.file, 'expected one reply that quotes a patch, found several', {
    hint: 'Give the patches themselves, or one of the replies.',
  });
}

/** A file that is no mail was given on purpose. */
function isDeclared({ isMail, subject }: Message): boolean {
  return !isMail || subject.isPatch;
}

function isNumbered({ subject }: Message): boolean {
  return subject.isPatch && subject.number !== undefined && subject.number > 0;
}

function patchIn(message: Message, isExpected: boolean): FoundPatch[] {
  const { file, subject, line } = message;
  const { files, quoted } = diffsOf(message);
  const title = subject.text;
  if (files.length > 0) return subject.number === 0 ? [] : [{ title, file, quoted, files, subject }];
  if (!isExpected) return [];
  throw new InputError(file, `expected a diff in "${excerpt(title)}", found none`, { line, hint: hintFor(message) });
}

/** Base64 that is broken still decodes to something. */
function hintFor({ readings }: Message): string | undefined {
  const garbled = readings.some((text) => /[\uFFFD\0]/.test(text));
  return garbled ? 'Its text cannot be decoded: the encoding or the character set is broken.' : undefined;
}

function nothingIn(inputs: readonly SeriesInput[], messages: readonly Message[]): InputError {
  const file = inputs[0]?.name ?? '-';
  const cover = messages.find(({ subject }) => subject.number === 0);
  if (cover !== undefined) {
    const found = `found only the cover letter "${excerpt(cover.subject.text)}"`;
    return new InputError(cover.file, `expected patches, ${found}`, { line: cover.line });
  }
  const [hint] = messages.map(hintFor).filter((each) => each !== undefined);
  return new InputError(file, 'expected a patch, found no diff', { hint });
}
