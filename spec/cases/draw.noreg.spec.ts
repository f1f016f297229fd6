/**
 * What fixed addresses draw. A difference here means that stored addresses would replay other cases: if that is
 * intended, raise GENERATOR_VERSION and renew the snapshot with `vitest run -u`.
 */
import { describe, expect, it } from 'vitest';
import { caseAt } from '../../src/cases/address.js';
import { ARCH_NAMES, type Case } from '../../src/cases/case.js';
import { GENERATOR_VERSION } from '../../src/cases/space.js';

/** A case in a few short lines. */
function summary({ arch: _arch, folios, steps, vma, file, ...rest }: Case): readonly string[] {
  const shown = Object.entries(rest).filter(([, value]) => JSON.stringify(value).length > 2);
  return [
    `vma ${text(vma)}`,
    `file ${text(file)}`,
    ...(folios.length > 8 ? [`${folios.length} folios, last ${text(folios.at(-1))}`] : folios.map(text)),
    ...steps.map(text),
    ...shown.map(([name, value]) => `${name} ${text(value)}`),
  ];
}

const text = (value: unknown): string => JSON.stringify(value).replaceAll('"', '');

describe('generator version 2', () => {
  it('is the current one', () => {
    expect(GENERATOR_VERSION).toBe(2);
  });

  describe.each(ARCH_NAMES)('on %s', (arch) => {
    it.each([8, 64, 512])('draws the same cases at span %d', (span) => {
      const dials = arch === 'x86-64' || arch.startsWith('arm64') ? 'wlr' : 'lr';
      const addresses = [`g2.${arch}.${span}.1.0`, `g2.${arch}.${span}.7.1234.${dials}`];
      expect(Object.fromEntries(addresses.map((address) => [address, summary(caseAt(address))]))).toMatchSnapshot();
    });
  });
});
