/** From a raw mail, or a plain text, to its subject and the ways in which its text can be read. */
import PostalMime, { type Email } from 'postal-mime';
import { excerpt } from '../../cases/escape.js';
import { InputError } from '../../cases/files.js';
import { readingsOf, withoutFlowed } from './flowed.js';
import type { RawMessage } from './input.js';
import { parseSubject, type Subject } from './subject.js';

export interface Message {
  readonly file: string;
  readonly isMail: boolean;
  readonly subject: Subject;
  /** 1-based line of the file that it begins at */
  readonly line: number;
  /** each is the whole text; the likelier ones first */
  readonly readings: readonly string[];
  /** texts that are attached */
  readonly attachments: readonly string[];
  /** 1-based line of the input that a line of a reading stands at, undefined for one that was encoded */
  lineAt(reading: string): (index: number) => number | undefined;
}

/** @throws InputError for a mail that cannot be taken apart */
export async function parseMessage(message: RawMessage): Promise<Message> {
  return message.isMail ? parseMail(message) : parsePlain(message);
}

async function parseMail(message: RawMessage): Promise<Message> {
  const { mail, flowed } = withoutFlowed(message.raw);
  let email: Email;
  try {
    email = await PostalMime.parse(Buffer.from(mail, 'latin1'), { attachmentEncoding: 'arraybuffer' });
  } catch (cause) {
    const what = `cannot be read as a mail: ${excerpt((cause as Error).message)}`;
    throw new InputError(message.file, what, { line: message.line, cause });
  }
  const text = withoutReturns(email.text ?? '');
  const attachments = email.attachments
    .filter(({ mimeType, filename }) => mimeType.startsWith('text/') || /\.(patch|diff)$/i.test(filename ?? ''))
    .map(({ content }) => withoutReturns(decode(Buffer.from(content as ArrayBuffer))));
  const subject = parseSubject(email.subject ?? '');
  return { ...messageOf(message, subject), readings: flowed ? readingsOf(text) : [text], attachments };
}

/** What git log and git show write in front of each commit. */
const COMMIT = /^commit [0-9a-f]{40}\b/gm;

/** A text without mail headers; where it talks of a patch in its first lines, that is its subject. */
function parsePlain(message: RawMessage): Message {
  const text = withoutReturns(decode(Buffer.from(message.raw, 'latin1')));
  const commits = text.match(COMMIT)?.length ?? 0;
  if (commits > 1) {
    throw new InputError(message.file, `expected mails, or the diff of one commit, found ${commits} commits`, {
      hint: 'git log has the newest first; git format-patch --stdout writes a series.',
    });
  }
  const talksOfPatch = text
    .slice(0, 4096)
    .split('\n', 20)
    .find((line) => parseSubject(line).isPatch);
  const subject = parseSubject(talksOfPatch?.replace(/^subject:/i, '') ?? message.file);
  return { ...messageOf(message, subject), readings: [text], attachments: [] };
}

function messageOf({ file, raw, line, isMail }: RawMessage, subject: Subject) {
  const lineAt = (reading: string) => {
    const lines = raw.split('\n');
    // The text of a mail begins after its headers.
    const body = isMail
      ? Math.max(
          0,
          lines.findIndex((each) => each.trim() === ''),
        )
      : 0;
    return linesOf(lines, body, line, reading);
  };
  return { file, isMail, subject, line, lineAt };
}

/** How far a line may have moved by what stands between the parts of a mail. */
const WINDOW = 200;

/** Finds the lines of a text one after the other in the input, where they are not encoded. */
function linesOf(raw: readonly string[], body: number, firstLine: number, text: string) {
  let found: (number | undefined)[] | undefined;
  const find = (): (number | undefined)[] => {
    let next = body;
    return text.split('\n').map((line) => {
      for (let at = next; at < Math.min(raw.length, next + WINDOW); at++) {
        const candidate = withoutReturns(raw[at] ?? '');
        if (line === '' ? candidate.replace(/^[> \t]+/, '') !== '' : !candidate.endsWith(line)) continue;
        next = at + 1;
        return firstLine + at;
      }
      return undefined;
    });
  };
  return (index: number): number | undefined => {
    found ??= find();
    return found[index];
  };
}

function withoutReturns(text: string): string {
  return text.replaceAll(/\r+(?=\n|$)/g, '');
}

/** UTF-8, or UTF-16 with a byte order mark, which some shells write; else what old mails are in. */
function decode(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
