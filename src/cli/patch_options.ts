/** What `ptediff patch` is asked for: the options that its parts share. */
import type { ArchName } from '../mm/arch/architecture.js';
import type { BaseOptions } from './patch_base.js';
import type { OutputOptions } from './report_output.js';
import type { WorkersOption } from './workers.js';

export interface PatchOptions extends Partial<BaseOptions>, OutputOptions, WorkersOption {
  readonly tree?: string;
  readonly arch?: readonly ArchName[];
  readonly span?: readonly number[];
  readonly faults: number;
  readonly seed: number;
  readonly bisectExit?: boolean;
}
