/** Reports and parts as JSON. The order of keys is that of the schema, so that two of them can be compared as text. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Report, ReportSchema } from './model.js';
import { type Part, PartSchema } from './part_model.js';
import { type PatchReport, PatchReportSchema } from './patch_model.js';
import { type SelftestReport, SelftestSchema } from './selftest_model.js';

/** Two blanks of indentation and a newline at the end; `timing`, all that changes from run to run, comes last. */
export function renderJson(report: Report): string {
  return render(report, ReportSchema);
}

/** The same of a self-test. */
export function renderSelftestJson(report: SelftestReport): string {
  return render(report, SelftestSchema);
}

/** The same of a series of patches. */
export function renderPatchJson(report: PatchReport): string {
  return render(report, PatchReportSchema);
}

/** The same of a part, whose digest follows. */
export function renderPart(part: Omit<Part, 'digest'>): string {
  return render({ ...part, digest: partDigest(part) }, PartSchema);
}

/** SHA-256, in hex, of the part's text without its digest. */
export function partDigest(part: Omit<Part, 'digest'>): string {
  const { digest: _, ...content } = part as Part;
  return createHash('sha256').update(render(content, PartSchema)).digest('hex');
}

function render(value: unknown, schema: z.ZodType): string {
  return `${JSON.stringify(ordered(value, schema), null, 2)}\n`;
}

/** The value with the keys of each mapping in the order of its schema; names that the schema leaves open are sorted. */
function ordered(value: unknown, schema: unknown): unknown {
  const inner = unwrapped(schema);
  if (Array.isArray(value)) {
    const element = inner instanceof z.ZodArray ? inner.element : undefined;
    return value.map((item) => ordered(item, element));
  }
  if (typeof value !== 'object' || value === null) return value;
  const shape: Readonly<Record<string, unknown>> = inner instanceof z.ZodObject ? inner.shape : {};
  const known = Object.keys(shape);
  const others = Object.keys(value).filter((key) => !known.includes(key));
  const entries = [...known, ...others.sort()]
    .filter((key) => Object.hasOwn(value, key))
    .map((key) => [key, ordered((value as Record<string, unknown>)[key], shape[key])]);
  return Object.fromEntries(entries);
}

function unwrapped(schema: unknown): unknown {
  let inner = schema;
  while (inner instanceof z.ZodNullable || inner instanceof z.ZodOptional || inner instanceof z.ZodDefault) {
    inner = inner.unwrap();
  }
  return inner;
}
