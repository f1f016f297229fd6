/**
 * Kernels of the user's cache for specs that patch them: the patches are made when a spec runs, by changing a few
 * tokens. With PTEDIFF_KERNELS=debian, Debian's packages are fetched through apt where they are not there.
 */
import { main } from '../../src/cli/main.js';
import { Cache } from '../../src/kernel/cache/cache.js';
import { cacheFolder } from '../../src/kernel/cache/folder.js';
import { readTree } from '../../src/kernel/stored_tree.js';
import { type PatchReport, PatchReportSchema } from '../../src/report/patch_model.js';
import { diffOf } from '../kernel/series/mails.js';
import { fakeIo } from './fakes.js';

export const MINUTES = 60_000;

/** Tokens of a file, and what stands there instead. */
export type Edit = readonly [file: string, from: string, to: string];

export class CachedKernel {
  readonly cache = new Cache(cacheFolder(process.env, process.cwd()));
  /** as the cache has it, and Debian's packages: `6.12` */
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** Is there a kernel to patch, or can there be one? */
  get isRun(): boolean {
    return this.#isThere || process.env.PTEDIFF_KERNELS === 'debian';
  }

  get #isThere(): boolean {
    return this.cache.named(this.name)?.tree !== undefined;
  }

  #world(stdin: string) {
    const { PATH = '', HOME = '' } = process.env;
    return fakeIo({ env: { PATH, HOME, PTEDIFF_CACHE: this.cache.folder }, stdin });
  }

  /** What is there already may have been compiled by an older shim; where it was not, this takes a moment. */
  async fetch(): Promise<void> {
    if (process.env.PTEDIFF_KERNELS !== 'debian') return;
    const io = this.#world('');
    if ((await main(['kernel', 'add', `debian:${this.name}`], io)) !== 0) throw new Error(io.err());
  }

  /**
   * One diff of all edits, each of the first place where its tokens stand.
   * @param made edits that were made before
   */
  async patchOf(edits: readonly Edit[], made: readonly Edit[] = []): Promise<string> {
    const files = new Set(edits.map(([file]) => file));
    const diffs = await Promise.all(
      [...files].map(async (file) => {
        const before = edited(await this.#textOf(file), file, made);
        return diffOf(before, edited(before, file, edits), file);
      }),
    );
    return diffs.join('');
  }

  async #textOf(file: string): Promise<string> {
    const named = this.cache.named(this.name);
    const text = named === undefined ? null : await readTree(this.cache, named).tree.read(file);
    if (text === null) throw new Error(`no ${file}`);
    return text;
  }

  /** What a command that looks at the cache prints. */
  async printed(...argv: string[]): Promise<string> {
    const io = this.#world('');
    const code = await main(argv, io);
    if (![0, 1].includes(code)) throw new Error(io.err());
    return io.out();
  }

  /** What `ptediff patch` says of a series. */
  async reportOf(series: string, ...options: string[]): Promise<PatchReport & { readonly code: number }> {
    const io = this.#world(series);
    const code = await main(['patch', '-', '--base', this.name, '--format', 'json', ...options], io);
    if (![0, 1, 2].includes(code)) throw new Error(io.err());
    return { code, ...PatchReportSchema.parse(JSON.parse(io.out())) };
  }
}

function edited(text: string, file: string, edits: readonly Edit[]): string {
  return edits.reduce((now, [own, from, to]) => {
    if (own !== file) return now;
    if (!now.includes(from)) throw new Error(`no ${from} in ${file}`);
    return now.replace(from, to);
  }, text);
}
