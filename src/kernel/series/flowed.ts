/** RFC 3676, format=flowed: mail programs put a space in front of some lines, and break others. */

/** Takes the format's name out of a mail's header, so that its text stays as it was sent. */
export function withoutFlowed(mail: string): { readonly mail: string; readonly flowed: boolean } {
  const end = /\r?\n\r?\n/.exec(mail)?.index ?? mail.length;
  const header = mail.slice(0, end);
  const fixed = header.replace(/(;\s*format\s*=\s*)("?)flowed\2/i, '$1fixed');
  return { mail: fixed + mail.slice(end), flowed: fixed !== header };
}

/**
 * The ways in which such a text can be read, the likelier one first: patches are rarely broken, but a line of a diff
 * that ends in a space looks as if it were.
 */
export function readingsOf(text: string): string[] {
  const lines = text.split('\n').map((line) => (line.startsWith(' ') ? line.slice(1) : line));
  return [lines.join('\n'), joined(lines).join('\n')];
}

function joined(lines: readonly string[]): string[] {
  const result: string[] = [];
  let open = false;
  for (const line of lines) {
    const last = result.length - 1;
    if (open && depthOf(line) === depthOf(result[last] ?? '')) result[last] += line.replace(/^>+ ?/, '');
    else result.push(line);
    open = line.endsWith(' ') && line !== '-- ';
  }
  return result;
}

function depthOf(line: string): number {
  return /^>*/.exec(line)?.[0].length ?? 0;
}
