/** Subjects of patch mails: `Re: [RFC PATCH v6 34/38] mm: do a thing`. */

export interface Subject {
  /** as it stands in the mail */
  readonly text: string;
  /** what follows the brackets */
  readonly title: string;
  /** it says that it is a patch */
  readonly isPatch: boolean;
  readonly isReply: boolean;
  readonly isResend: boolean;
  /** 1 if it does not say */
  readonly version: number;
  /** its place among `total` patches, 0 for the cover letter; undefined if it has none */
  readonly number: number | undefined;
  readonly total: number | undefined;
}

const REPLY = /^\s*((re|aw|sv|fwd?)(\[\d+\])?:\s*)+/i;
const BRACKETS = /^\s*\[([^\]]*)\]\s*/;

export function parseSubject(subject: string): Subject {
  const text = subject.replace(/\s+/g, ' ').trim();
  const reply = REPLY.exec(text)?.[0] ?? '';
  let title = text.slice(reply.length);
  let tags = '';
  for (let match = BRACKETS.exec(title); match !== null; match = BRACKETS.exec(title)) {
    tags += ` ${match[1]}`;
    title = title.slice(match[0].length);
  }
  const place = /(?:^|\s)(\d{1,4})\/(\d{1,4})(?=\s|$)/.exec(tags);
  return {
    text,
    title,
    isPatch: /\b(PATCH|RFC)(?=v?\d|\b)/i.test(tags),
    isReply: reply !== '',
    isResend: /\bRESEND\b/i.test(tags),
    version: Number(/(?:^|\s|PATCH)v(\d{1,4})\b/i.exec(tags)?.[1] ?? 1),
    number: place === null ? undefined : Number(place[1]),
    total: place === null ? undefined : Number(place[2]),
  };
}
