/** The JSON report: valid, ordered, and the same text for the same content. */
import { describe, expect, it } from 'vitest';
import { renderJson } from '../../src/report/json.js';
import { type Report, ReportSchema } from '../../src/report/model.js';
import { aClass, aReport, aViolation } from './samples.js';

const full = aReport({
  verdict: 'divergent',
  classes: [aClass(), aClass({ id: 'other', shrunk: null, entry: 'an-entry' })],
  violations: [aViolation()],
  died: [{ engine: 'batched@v6.6', address: 'g2.arm64.16.1.3', message: 'stack overflow' }],
  allowlist: { zebra: 1, apple: 2 },
});

/** The same content with every mapping written in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  );
}

describe('the JSON report', () => {
  it('is valid and loses nothing', () => {
    const read: unknown = JSON.parse(renderJson(full));
    expect(ReportSchema.parse(read)).toEqual(full);
  });

  it('is the same text in whatever order the report was put together', () => {
    expect(renderJson(reversed(full) as Report)).toBe(renderJson(full));
  });

  it('begins with its version and ends with what changes from run to run', () => {
    const text = renderJson(full);
    expect(text.startsWith('{\n  "schemaVersion": 1,\n  "version": "0.1.0",\n')).toBe(true);
    expect(text.endsWith('  "timing": {\n    "seconds": 0.04,\n    "faultsPerSecond": 512000\n  }\n}\n')).toBe(true);
  });

  it('sorts names that the schema leaves open', () => {
    expect(renderJson(full)).toContain('"allowlist": {\n    "apple": 2,\n    "zebra": 1\n  }');
  });
});
