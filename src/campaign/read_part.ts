/** Reads parts from files that come from other machines: nothing of them is believed before it is checked. */
import { AddressError, requireAddress } from '../cases/address.js';
import { InputError, readWhole } from '../cases/files.js';
import { GENERATOR_VERSION } from '../cases/space.js';
import { validate } from '../cases/validate.js';
import { ARCHITECTURES } from '../mm/arch/index.js';
import { fieldNamed } from '../mm/fields.js';
import { partDigest } from '../report/json.js';
import { type Part, PartSchema } from '../report/part_model.js';
import { VERSION } from '../version.js';
import { engineWithId } from './engines.js';
import { sweepComplaint } from './part_plan.js';

/** Largest part that is read, in bytes; what a campaign counts does not grow with its length. */
const MAX_BYTES = 16 * 1024 * 1024;

/** A part and the file that it comes from. */
export interface ReadPart {
  readonly file: string;
  readonly part: Part;
}

/**
 * Reads a part.
 * @param useKernels makes the kernels of these ids engines, before they are asked for
 * @throws InputError with exit code 66 if there is no such file, with 3 if it is no undamaged part of this version
 */
export function readPart(file: string, useKernels: (ids: readonly string[]) => void = () => {}): ReadPart {
  const data = parseJson(file, readWhole(file, { maxBytes: MAX_BYTES }));
  requireKind(file, data);
  const part = validate(PartSchema, { file, data, positionOf: () => ({}) });
  if (partDigest(part) !== part.digest) throw new InputError(file, 'damaged: its content does not fit its digest');
  useKernels(Object.values(part.plan.engines));
  requireNames(file, part);
  return { file, part };
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputError(file, `expected JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Before anything else of a foreign file is looked at: is it a part, and of this version? */
function requireKind(file: string, data: unknown): void {
  const { kind, version, verdict } = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  if (kind !== 'part') {
    const found = typeof verdict === 'string' ? 'a report' : 'something else';
    throw new InputError(file, `expected a part of a campaign, found ${found}`, {
      hint: 'Parts are what ptediff fuzz --shard writes.',
    });
  }
  if (version !== VERSION) {
    throw new InputError(file, `expected a part of ptediff ${VERSION}, found one of ${String(version)}`);
  }
}

/** Names that another machine could have and this one does not. */
function requireNames(file: string, { plan, shard, counts, generatorVersion }: Part): void {
  const refuse = (what: string): never => {
    throw new InputError(file, what);
  };
  if (generatorVersion !== GENERATOR_VERSION) {
    refuse(`expected generator version ${GENERATOR_VERSION}, found ${generatorVersion}`);
  }
  for (const id of Object.values(plan.engines)) {
    const engine = engineWithId(id);
    if (engine === undefined) refuse(`no such engine: ${id}`);
    if (engine?.content !== plan.kernels?.[id]) refuse(`${id} of this machine is another kernel than that of the part`);
  }
  const complaint = plan.kind === 'sweep' ? sweepComplaint(plan) : undefined;
  if (complaint !== undefined) refuse(complaint);
  const archs = [...(plan.kind === 'fuzz' ? plan.architectures : []), ...Object.keys(counts.run)];
  for (const arch of archs)
    if (![...ARCHITECTURES.keys()].some((name) => name === arch)) refuse(`no such architecture: ${arch}`);
  if (shard.index > shard.of) refuse(`expected a part of ${shard.of}, found part ${shard.index}`);
  for (const { field } of counts.classes) if (fieldNamed(field) === undefined) refuse(`no such field: ${field}`);
  for (const { first } of [...counts.classes, ...counts.violations]) {
    try {
      requireAddress(first);
    } catch (error) {
      if (error instanceof AddressError) refuse(error.message);
      throw error;
    }
  }
}
