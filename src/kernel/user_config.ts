/**
 * A kernel's .config, as far as engines look at it: it says for which architectures they are made and turns a few
 * options off; an option that the cases cannot do without may not be turned off.
 */
import { InputError, readWhole } from '../cases/files.js';
import { KERNEL_ARCHS, type KernelArch, OPTIONAL, optionsOf } from './config.js';

export interface UserConfig {
  readonly archs: readonly KernelArch[];
  /** options that are turned off */
  readonly off: ReadonlySet<string>;
}

/** Which options a configuration for the architecture has. */
const MARKS: Readonly<Record<KernelArch, readonly string[]>> = {
  'x86-64': ['CONFIG_X86_64'],
  arm64: ['CONFIG_ARM64'],
  'arm64-contpte': ['CONFIG_ARM64', 'CONFIG_ARM64_CONTPTE'],
  riscv64: ['CONFIG_RISCV', 'CONFIG_64BIT'],
};

/**
 * Sizes that engines can stand for. They are compiled with 48 bits of physical address. With 4K pages, 52 bits matter
 * only where the CPU has LPA2, and then only for PTE_SHARED and for frames above 2^48, which no case has.
 */
const SIZES: Readonly<Record<string, readonly string[]>> = {
  CONFIG_ARM64_PA_BITS: ['48', '52'],
  CONFIG_PAGE_SHIFT: ['12'],
};

interface Setting {
  /** null where the option is not set */
  readonly value: string | null;
  readonly line: number;
}

/** What unpacks the files that running kernels (/proc/config.gz) and packages give their configuration in. */
const UNPACK: Readonly<Record<string, string>> = { gz: 'zcat', xz: 'xzcat', zst: 'zstdcat', bz2: 'bzcat' };

/**
 * @param file as the user wrote it, for messages
 * @param path where it is
 * @throws InputError like parseConfig(), and for what cannot be read or is compressed
 */
export function readConfig(file: string, path: string): UserConfig {
  const tool = UNPACK[/\.(\w+)$/.exec(file)?.[1] ?? ''];
  if (tool === undefined) return parseConfig(file, readWhole(path));
  throw new InputError(file, 'expected a .config, found a compressed file', {
    hint: `${tool} ${file} > my.config unpacks it.`,
  });
}

/**
 * @param file for messages
 * @throws InputError for an architecture that there are no engines for, and for options that contradict the cases
 */
export function parseConfig(file: string, text: string): UserConfig {
  const settings = settingsIn(file, text);
  const isSet = (name: string): boolean => settings.get(name)?.value === 'y';
  const archs = KERNEL_ARCHS.filter((arch) => MARKS[arch].every(isSet));
  if (archs.length === 0) {
    const options = [...new Set(Object.values(MARKS).flat())].filter((name) => name !== 'CONFIG_ARM64_CONTPTE');
    const none = options.join(', ');
    throw new InputError(file, `expected the configuration of x86-64, arm64 or riscv64, found none of ${none}`);
  }
  refuse(file, settings, archs);
  return { archs, off: new Set(OPTIONAL.filter((name) => settings.get(name)?.value === null)) };
}

/** All that contradicts, in the order of the file, in one error. */
function refuse(file: string, settings: ReadonlyMap<string, Setting>, archs: readonly KernelArch[]): void {
  const needed = new Set(archs.flatMap(optionsOf).filter((name) => !OPTIONAL.includes(name)));
  const wrong: { readonly line: number; readonly what: string }[] = [];
  for (const [name, { value, line }] of settings) {
    const sizes = SIZES[name];
    if (needed.has(name) && value !== 'y') wrong.push({ line, what: `${name} is ${value ?? 'not set'}, not y` });
    else if (sizes !== undefined && !sizes.includes(value ?? ''))
      wrong.push({ line, what: `${name} is ${value ?? 'not set'}, not ${sizes.join(' or ')}` });
  }
  const [first, ...others] = wrong;
  if (first === undefined) return;
  throw new InputError(file, `contradicts what engines are made for: ${first.what}`, {
    line: first.line,
    further: others.map(({ line, what }) => `${file}:${line}: ${what}`),
    hint: 'The options are listed in docs/how-to/kernel-tree.md.',
  });
}

const SET = /^(CONFIG_\w+)=(\S.*)$/;
const NOT_SET = /^# (CONFIG_\w+) is not set$/;

/** @throws InputError for a line that is neither a setting nor a comment */
function settingsIn(file: string, text: string): Map<string, Setting> {
  const settings = new Map<string, Setting>();
  for (const [i, raw] of text.split('\n').entries()) {
    const content = raw.trim();
    const line = i + 1;
    const [, set, value] = SET.exec(content) ?? [];
    const [, unset] = NOT_SET.exec(content) ?? [];
    if (set !== undefined && value !== undefined) settings.set(set, { value: value === 'n' ? null : value, line });
    else if (unset !== undefined) settings.set(unset, { value: null, line });
    else if (content !== '' && !content.startsWith('#'))
      throw new InputError(file, 'expected CONFIG_NAME=value or a comment, as in a .config', { line });
  }
  return settings;
}
