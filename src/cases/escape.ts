/**
 * Makes text from case files, patches and logs safe to show: nothing in it can move a cursor, change a colour, reorder
 * a line or start a new one.
 */

// Cc is C0, DEL and C1 (so ESC and the 8-bit CSI too); Cs matches only surrogates without a partner. U+2028 and U+2029
// are no controls, but viewers break lines at them.
const UNSAFE = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029]/gu;

const EXCERPT_LENGTH = 60;

/**
 * Replaces C0 and C1 control characters, DEL, bidirectional controls, line separators and lone surrogates by `\xNN` or
 * `\u{...}`. A backslash in the text stays as it is: the result is for reading, not for parsing back.
 *
 * @param options.keepNewlines leaves `\n` (and only `\n`) alone, for text of several lines
 */
export function escapeControl(text: string, options: { readonly keepNewlines?: boolean } = {}): string {
  return text.replace(UNSAFE, (character) => {
    if (character === '\n' && options.keepNewlines === true) return character;
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** The beginning of a text, at most `length` code points, for quoting it inside a message of one line. */
export function excerpt(text: string, length: number = EXCERPT_LENGTH): string {
  // A code point takes at most two units; one more point than wanted tells whether something is cut.
  const points = [...text.slice(0, 2 * (length + 1))];
  return escapeControl(points.length > length ? `${points.slice(0, length).join('')}…` : text);
}
