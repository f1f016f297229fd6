/** The lines of a patch that a comparison says nothing about: those that did not run, and those of no engine. */
import { escapeControl } from '../cases/escape.js';
import type { ColdEntry, UnseenEntry } from './patch_model.js';
import { painter, plural, type TextOptions, wrap } from './words.js';

export function coldLines(cold: readonly ColdEntry[], { color, width }: TextOptions): string[] {
  if (cold.length === 0) return [];
  const title = painter(color)('bold', `Did not run: ${plural(cold.length, 'changed line')}`);
  return [
    title,
    ...cold.flatMap((line) => [`  ${placeOf(line)} in ${line.function}()`, `    ${sourceOf(line, width)}`]),
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
  outside: 'not part of what is run',
  replaced: 'replaced by the shim',
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
