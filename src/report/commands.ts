/** The command lines that a report suggests, ready to paste. */

/** Ids of the engines that `fuzz` and `replay` compare without being told. */
export const DEFAULT_ENGINES = { legacy: 'legacy@v6.1', batched: 'batched@reference' } as const;

interface Engines {
  readonly legacy: string;
  readonly batched: string;
}

/** ` --batched v6.6`, or nothing where an engine is the default one */
function engineOptions({ legacy, batched }: Engines): string {
  const options: string[] = [];
  if (legacy !== DEFAULT_ENGINES.legacy) options.push(` --legacy ${shortName(legacy, 'legacy')}`);
  if (batched !== DEFAULT_ENGINES.batched) options.push(` --batched ${shortName(batched, 'batched')}`);
  return options.join('');
}

/** An option looks for a bare name in its own family first; engines of another one need theirs. */
function shortName(id: string, family: string): string {
  return id.startsWith(`${family}@`) ? id.slice(family.length + 1) : id;
}

/** How the program is started where nothing else is known; an installed package without a global one needs `npx`. */
const PROGRAM = 'ptediff';

/** @param program how the reader starts the program */
export function command(words: string, program: string = PROGRAM): string {
  return `${program} ${words}`;
}

export function replayCommand(target: string, engines: Engines, program?: string): string {
  return command(`replay ${target}${engineOptions(engines)}`, program);
}

export function sweepCommand(scope: string, engines: Engines, more: string, program?: string): string {
  return command(`sweep ${scope}${engineOptions(engines)}${more}`, program);
}

export function fuzzCommand(engines: Engines, more: string, program?: string): string {
  return command(`fuzz${engineOptions(engines)}${more}`, program);
}

/** @param indexes all cases of the scope where there are none */
export function conformCommand(
  kernel: string,
  scope: string,
  indexes: { readonly from: number; readonly to: number } | null,
  program?: string,
): string {
  const part = indexes === null ? '' : ` --index ${indexes.from}..${indexes.to}`;
  return command(`conform --kernel ${kernel} --scope ${scope}${part}`, program);
}
