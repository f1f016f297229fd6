/** What an ADDRESS or FILE on the command line means. */
import type { Case } from '../cases/case.js';
import { type Context, pathOf } from './context.js';
import { UsageError } from './errors.js';

export interface Target {
  readonly case: Case;
  /** null for a file */
  readonly address: string | null;
}

/** @throws UsageError for an address that cannot be drawn, InputError for a file that cannot be used */
export async function readTarget(text: string, context: Context): Promise<Target> {
  const { looksLikeAddress } = await context.modules.address();
  if (looksLikeAddress(text)) return { case: await readAddress(text, context), address: text };
  const { readFixture } = await context.modules.fixture();
  return { case: readFixture(pathOf(context.io, text)).case, address: null };
}

/** @throws UsageError */
export async function readAddress(text: string, { modules }: Context): Promise<Case> {
  const { caseAt, AddressError } = await modules.address();
  try {
    return caseAt(text);
  } catch (error) {
    if (error instanceof AddressError) throw new UsageError(error.message);
    throw error;
  }
}
