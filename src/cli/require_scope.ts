/** The scope that a command is to play. */
import type { Scope } from '../cases/sweep/scope.js';
import type { ArchName } from '../mm/arch/architecture.js';
import type { Context } from './context.js';
import { UsageError } from './errors.js';

/** The part of it that is asked for; all of it where nothing is. */
interface Part {
  readonly index?: { readonly from: number; readonly to: number };
  readonly arch?: readonly ArchName[];
}

/** @throws UsageError for an unknown scope, or for indexes and architectures that it does not have */
export async function requireScope(name: string, { modules }: Context, { index, arch }: Part = {}): Promise<Scope> {
  const { scopeNamed, unknownScope, indexOfScope } = await modules.scopes();
  const scope = scopeNamed(name);
  if (scope === undefined) throw new UsageError(unknownScope(name));
  const { size } = indexOfScope(scope);
  if (index !== undefined && index.to > size) {
    throw new UsageError(`--index ${index.from}..${index.to} reaches past the end of ${name}, which is ${size}`);
  }
  const missing = arch?.find((own) => !scope.architectures.includes(own));
  if (missing !== undefined) {
    throw new UsageError(`${name} has no cases of ${missing}: expected some of ${scope.architectures.join(', ')}`);
  }
  return scope;
}
