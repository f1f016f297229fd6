/** The lines of a patch that a comparison says nothing about: those that did not run, and those of no engine. */
import { escapeControl } from '../cases/escape.js';
import type { ColdEntry, UnseenEntry } from './patch_model.js';
import { painter, plural, type TextOptions, wrap } from './words.js';

export function coldLines(cold: readonly ColdEntry[], { color, width }: TextOptions): string[] {
  if (cold.length === 0) return [];
  const title = painter(color)('bold', `Did not run: ${plural(cold.length, 'changed line')}`);
  return [title, ...neighbours(cold).flatMap((group) => groupLines(group, width))];
}

/** Lines that follow each other in one function. */
function neighbours(cold: readonly ColdEntry[]): ColdEntry[][] {
  const groups: ColdEntry[][] = [];
  for (const line of cold) {
    const last = groups.at(-1)?.at(-1);
    const follows = last?.file === line.file && last.function === line.function && last.line === line.line - 1;
    if (follows && !last.removal && !line.removal) groups.at(-1)?.push(line);
    else groups.push([line]);
  }
  return groups;
}

function groupLines(group: readonly ColdEntry[], width: number): string[] {
  const [first, last] = [group[0] as ColdEntry, group.at(-1) as ColdEntry];
  const to = first === last ? '' : `-${last.line}`;
  const place = `  ${placeOf(first)}${to} in ${escapeControl(first.function)}()`;
  return [
    first.removal ? `${place}, removed in front of it` : place,
    ...group.map((line) => `    ${sourceOf(line, width)}`),
  ];
}

/** The user's own line with its mark, cut where it is too long. */
function sourceOf({ removal, text }: ColdEntry, width: number): string {
  const line = escapeControl(`${removal ? '-' : '+'} ${text.replaceAll('\t', ' ')}`);
  const columns = width - 4;
  return line.length <= columns ? line : `${line.slice(0, columns - 3)}...`;
}

const placeOf = ({ file, line }: { readonly file: string; readonly line: number | null }): string =>
  escapeControl(line === null ? file : `${file}:${line}`);

const WHY: Readonly<Record<UnseenEntry['why'], string>> = {
  outside: 'not part of the fault path that is run',
  replaced: "the engines have their own of it, not the kernel's",
  inactive: 'in a branch of #if that is not compiled',
  condition: 'a condition of the preprocessor, of which one side is compiled',
  file: 'in a file that no engine is made from',
  'no-text': 'no text',
};

export function unseenLines(unseen: readonly UnseenEntry[], { color, width }: TextOptions): string[] {
  if (unseen.length === 0) return [];
  const title = painter(color)('bold', `Changed, and not looked at: ${unseen.length}`);
  return [
    title,
    ...unseen.flatMap((one) => {
      const name = one.name === null ? '' : ` ${escapeControl(one.name)}`;
      return wrap(`${placeOf(one)}${name}: ${WHY[one.why]}`, width, '  ');
    }),
  ];
}
