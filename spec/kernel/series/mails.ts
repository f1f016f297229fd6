/** Mails and diffs for the specs, about a small C file of our own. */
import { createTwoFilesPatch } from 'diff';
import { readSeries } from '../../../src/kernel/series/read.js';

export const BEFORE = `${[
  '#include "counter.h"',
  '',
  'static int counter;',
  '',
  'int counter_next(int step)',
  '{',
  '\tif (step < 0)',
  '\t\treturn -1;',
  '',
  '\tcounter += step;',
  '\treturn counter;',
  '}',
  '',
  'void counter_reset(void)',
  '{',
  '\tcounter = 0;',
  '}',
].join('\n')}\n`;

export const AFTER = BEFORE.replace('step < 0', 'step <= 0');
export const PATH = 'mm/counter.c';

/** A diff with one file header in git's way. */
export function diffOf(before: string, after: string, path = PATH): string {
  const diff = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, '', '', { context: 3 });
  return `diff --git a/${path} b/${path}\nindex 1111111..2222222 100644\n${diff.replace(/^=+\n/, '').replaceAll(/\t$/gm, '')}`;
}

export const DIFF = diffOf(BEFORE, AFTER);

export interface MailParts {
  readonly subject: string;
  readonly body?: string;
  readonly headers?: readonly string[];
}

/** Plain text in UTF-8 unless told otherwise. */
export function mailOf({ subject, body = bodyOf(DIFF), headers = [] }: MailParts): string {
  return [`From: A <a@example.org>`, `Subject: ${subject}`, ...headers, '', body].join('\n');
}

export function bodyOf(diff: string): string {
  return `Why it is done.\n\nSigned-off-by: A <a@example.org>\n---\n ${PATH} | 2 +-\n 1 file changed\n\n${diff}-- \n2.39.5\n\n`;
}

export function mboxOf(...mails: readonly string[]): string {
  return mails.map((mail) => `From 0123abcd Mon Sep 17 00:00:00 2001\n${mail}\n`).join('');
}

/** Reads one input, or several by their names. */
export async function read(...inputs: readonly (string | Buffer | { name: string; text: string })[]) {
  return readSeries(
    inputs.map((input, index) => {
      const plain = typeof input === 'string' || Buffer.isBuffer(input);
      const [name, text] = plain ? [index === 0 ? 'x.mbox' : `${index}.mbox`, input] : [input.name, input.text];
      return { name, bytes: Buffer.from(text as string) };
    }),
  );
}

export function titles(patches: Awaited<ReturnType<typeof read>>): string[] {
  return patches.map(({ title }) => title);
}
