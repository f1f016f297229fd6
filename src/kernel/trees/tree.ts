/** What the rest of this room asks of a kernel tree, wherever it is kept. Nothing is ever written to it. */

export interface KernelTree {
  /** what `make kernelversion` would print, for example `6.12.117` */
  readonly version: string;
  /** The text of a file, by its path below the root of the tree; null where there is none. */
  read(path: string): Promise<string | null>;
}
