/** Diffs that a reply quotes: the `>>> ` in front of their lines, and what others wrote between them. */

const PREFIX = /^[ \t]?(?:> ?)+/;
const MAX_DEPTH = 32;

/**
 * The text at each depth of quoting, the shallowest first. Everything that somebody else wrote between its lines is
 * left out.
 */
export function quotedTexts(text: string): string[] {
  const byDepth: string[][] = [];
  for (const line of text.split('\n')) {
    const prefix = PREFIX.exec(line)?.[0];
    if (prefix === undefined) continue;
    const depth = prefix.replaceAll(/[ \t]/g, '').length;
    if (depth > MAX_DEPTH) continue;
    byDepth[depth] ??= [];
    byDepth[depth].push(line.slice(prefix.length));
  }
  return byDepth.filter((lines) => lines !== undefined).map((lines) => lines.join('\n'));
}
