/** What `ptediff kernel add` says of a kernel. */
import type { ModelMatch } from '../campaign/kernels.js';
import type { About, ExtractedArch, StoredKernel } from '../kernel/stored.js';
import type { UserConfig } from '../kernel/user_config.js';
import { labelled, plural, wrap } from '../report/words.js';
import { MAIL_COLUMNS } from './terminal.js';

/** Columns of labels in the list of kernels. */
const LIST_COLUMN = 11;

/** One line for each architecture, and the files that the functions are from; everything where `verbose`. */
export function aboutLines({ archs }: About, verbose: boolean): string[] {
  if (verbose) return archs.flatMap((arch) => [summary(arch), ...details(arch)]);
  return [...archs.map(summary), ...files(archs)];
}

function summary({ arch, functions, taken, rewrites }: ExtractedArch): string {
  const parts = [plural(functions.length, 'function'), plural(taken.length, '#if branch', '#if branches')];
  return `${arch}: ${parts.join(', ')}, ${plural(rewrites.length, 'token')} rewritten`;
}

/** The files of mm/ with the number of their functions, those of all architectures together, and that of the others. */
function files(archs: readonly ExtractedArch[]): string[] {
  const found = new Map<string, Set<string>>();
  for (const { name, file } of archs.flatMap(({ functions }) => functions)) {
    found.set(file, (found.get(file) ?? new Set()).add(name));
  }
  const counts = [...found].map(([file, names]) => [file, names.size] as const);
  const sorted = counts.sort(([a, one], [b, other]) => other - one || (a < b ? -1 : 1));
  // A count stays in the line of its file.
  const own = sorted.filter(([file]) => file.startsWith('mm/')).map(([file, count]) => `${file}\0${count}`);
  const rest = sorted.filter(([file]) => !file.startsWith('mm/'));
  const inRest = rest.reduce((sum, [, count]) => sum + count, 0);
  const others = `${inRest} in ${plural(rest.length, 'other file')}`.replaceAll(' ', '\0');
  const text = `functions: ${[...own, ...(inRest > 0 ? [others] : [])].join(', ')}`;
  return wrap(text, MAIL_COLUMNS).map((line) => line.replaceAll('\0', ' '));
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
