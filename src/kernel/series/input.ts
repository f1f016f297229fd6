/** Reading of the files that a series is given in, and cutting an mbox into its mails. */
import { createReadStream } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { excerpt } from '../../cases/escape.js';
import { InputError, reasonOf } from '../../cases/files.js';

/** Largest input, in bytes. */
const MAX_BYTES = 64 * 1024 * 1024;

export interface SeriesInput {
  /** for messages */
  readonly name: string;
  readonly bytes: Buffer;
}

/** One mail, or one text that is none. */
export interface RawMessage {
  readonly file: string;
  readonly isMail: boolean;
  /** one character for each byte */
  readonly raw: string;
  /** 1-based line of the file that it begins at */
  readonly line: number;
}

/**
 * Reads whole files; a FIFO will do, so that a shell can put a command in a file's place. Gzip is taken off.
 *
 * @param paths `-` is standard input
 * @throws InputError for what cannot be read, or is too large
 */
export async function readInputs(
  paths: readonly string[],
  standardInput: AsyncIterable<Uint8Array>,
): Promise<SeriesInput[]> {
  const inputs: SeriesInput[] = [];
  for (const name of paths) {
    if (name === '-') inputs.push(await readInput('standard input', standardInput));
    else inputs.push(await readInput(name, createReadStream(name)));
  }
  return inputs;
}

async function readInput(name: string, source: AsyncIterable<Uint8Array>): Promise<SeriesInput> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const piece of source) {
      length += piece.length;
      if (length > MAX_BYTES) throw new InputError(name, `expected at most ${MAX_BYTES} bytes, found more`);
      pieces.push(piece);
    }
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const isFolder = (cause as NodeJS.ErrnoException).code === 'EISDIR';
    const what = isFolder ? 'expected a file with patches, found a folder' : `cannot be read: ${reasonOf(cause)}`;
    throw new InputError(name, what, { exitCode: 66, cause });
  }
  if (length === 0) throw new InputError(name, 'expected a patch, found nothing: it is empty');
  return { name, bytes: unzipped(name, Buffer.concat(pieces)) };
}

/** Archives of mailing lists give whole discussions as mbox.gz. */
function unzipped(name: string, bytes: Buffer): Buffer {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_BYTES });
  } catch (cause) {
    throw new InputError(name, `cannot be decompressed: ${excerpt((cause as Error).message)}`, { cause });
  }
}

/** The line that an mbox has in front of each mail; git writes a commit and a date of its own. */
const SEPARATOR = /^From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \w{3} +\d{1,2} \d\d:\d\d:\d\d \d{4}/;
const HEADER = /^[A-Za-z][A-Za-z0-9-]*:[ \t]/;
const HEADER_OF_MAIL = /^(subject|from|message-id):/im;

export function messagesIn({ name: file, bytes }: SeriesInput): RawMessage[] {
  const raw = bytes.toString('latin1').replace(/^\xef\xbb\xbf/, '');
  const lines = raw.split('\n');
  if (!SEPARATOR.test(lines[0] ?? '')) return [{ file, isMail: isMail(raw), raw, line: 1 }];
  const messages: RawMessage[] = [];
  let start = 0;
  for (let at = 1; at <= lines.length; at++) {
    if (at < lines.length && !SEPARATOR.test(lines[at] ?? '')) continue;
    // Lines of a mail that look like a separator have been given a `>`.
    const body = lines.slice(start + 1, at).map((line) => line.replace(/^>(>*From )/, '$1'));
    messages.push({ file, isMail: true, raw: body.join('\n'), line: start + 2 });
    start = at;
  }
  return messages;
}

function isMail(raw: string): boolean {
  const header = raw.slice(0, 65_536).split(/\r?\n\r?\n/, 1)[0] ?? '';
  return HEADER.test(header) && HEADER_OF_MAIL.test(header);
}
