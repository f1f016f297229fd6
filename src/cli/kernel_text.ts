/** What `ptediff kernel add` says of a kernel. */
import type { ModelMatch } from '../campaign/kernels.js';
import type { About, ExtractedArch, StoredKernel } from '../kernel/stored.js';
import type { UserConfig } from '../kernel/user_config.js';
import { labelled, plural, wrap } from '../report/words.js';
import { MAIL_COLUMNS } from './terminal.js';

/** Columns of labels in the list of kernels. */
const LIST_COLUMN = 11;

/** One line for each architecture and file; everything where `verbose`. */
export function aboutLines({ archs }: About, verbose: boolean): string[] {
  return archs.flatMap((arch) => [summary(arch), ...(verbose ? details(arch) : files(arch))]);
}

function summary({ arch, functions, taken, rewrites }: ExtractedArch): string {
  const parts = [plural(functions.length, 'function'), plural(taken.length, '#if branch', '#if branches')];
  return `${arch}: ${parts.join(', ')}, ${plural(rewrites.length, 'token')} rewritten`;
}

/** The files that most functions come from, and the number of the others. */
function files({ functions }: ExtractedArch): string[] {
  const counts = new Map<string, number>();
  for (const { file } of functions) counts.set(file, (counts.get(file) ?? 0) + 1);
  const sorted = [...counts].sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  const own = sorted.filter(([file]) => file.startsWith('mm/')).map(([file, count]) => `${file} ${count}`);
  const rest = sorted.filter(([file]) => !file.startsWith('mm/'));
  const inRest = rest.reduce((sum, [, count]) => sum + count, 0);
  return wrap([...own, `${inRest} in ${plural(rest.length, 'other file')}`].join(', '), MAIL_COLUMNS, '  ');
}

function details({ functions, taken, rewrites }: ExtractedArch): string[] {
  const place = ({ file, line }: { readonly file: string; readonly line: number }): string => `${file}:${line}`;
  return [
    ...functions.map((found) => `  ${found.name} ${place(found)}`),
    ...taken.map((branch) => `  ${branch.directive} ${place(branch)}`),
    ...rewrites.map((rewrite) => `  ${rewrite.from} is ${rewrite.to} ${place(rewrite)}`),
  ];
}

/** A kernel of the cache: what engines call it, and what it is, within the width of a mail. */
export function listedLines(
  { name, version, origin, about }: StoredKernel,
  { model, differences }: ModelMatch,
  width: number,
): string[] {
  const like = differences.length === 0 ? model.id : `none (next: ${model.id})`;
  const rows: readonly (readonly [string, string])[] = [
    ['version', version],
    ['from', origin],
    ['on', about.archs.map(({ arch }) => arch).join(', ')],
    ['model', like],
  ];
  return [`kernel:${name}`, ...rows.flatMap(([label, text]) => labelled(`  ${label}`, text, width, LIST_COLUMN))];
}

/** What was read of the user's configuration: all else is as the cases need it. */
export function configLines(file: string, { archs, off }: UserConfig): string[] {
  const unset = [...off].map((name) => `${name} is not set`);
  const options = unset.length === 0 ? 'nothing else of it changes the engine' : unset.join(', ');
  return wrap(`config: ${file} is for ${archs.join(' and ')}; ${options}`, MAIL_COLUMNS);
}

/** Which model the kernel is compared with. */
export function modelLine({ model, differences }: ModelMatch): string {
  if (differences.length === 0) return `model: ${model.id}, whose features were found in the tree`;
  const list = differences.map(({ feature, kernel, model: own }) => `${feature}=${kernel} instead of ${own}`);
  return `model: none has these features; the next is ${model.id}, but ${list.join(', ')}`;
}
