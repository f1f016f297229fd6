/** What the drawer draws can exist, names itself by its address, and is the same whatever was drawn before. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseAt, drawAddress, formatAddress } from '../../src/cases/address.js';
import { ARCH_NAMES, CaseSchema } from '../../src/cases/case.js';
import { CASES_PER_BLOCK, Drawer } from '../../src/cases/draw.js';
import { liftCase } from '../../src/cases/lift.js';
import { loadCase } from '../../src/cases/load.js';
import { checkCase } from '../../src/cases/possible.js';
import { FEATURES, type PairSpace } from '../../src/cases/space.js';
import { Steps } from '../../src/cases/steps.js';
import type { ArchName } from '../../src/mm/arch/architecture.js';
import { ARCHITECTURES, architecture } from '../../src/mm/arch/index.js';
import { PTE_CONT, PTE_DIRTY, PTE_YOUNG } from '../../src/mm/bits.js';
import { I_SIZE } from '../../src/mm/fields.js';
import { Image } from '../../src/mm/image.js';
import { RACE_NONE, Scene } from '../../src/mm/scene.js';

const spans = [4, 8, 16, 64, 512] as const;
const anywhere = fc
  .record({
    arch: fc.constantFrom(...ARCH_NAMES),
    span: fc.constantFrom(...spans),
    seed: fc.nat(2 ** 31 - 1),
    index: fc.nat(1_000_000),
    flags: fc.record({ uffdWp: fc.boolean(), vmaLock: fc.boolean(), races: fc.boolean() }),
  })
  .map(({ flags, ...rest }) => {
    const uffdWp = flags.uffdWp && ARCHITECTURES.get(rest.arch)?.uffdWpSince !== null;
    return { ...rest, pair: { ...flags, uffdWp } };
  });

describe('a drawn case', () => {
  it('can exist, and has the shape of the schema', () => {
    fc.assert(
      fc.property(anywhere, (address) => {
        const { scene, image, steps } = drawAddress(address);
        const plain = liftCase(scene, image, steps);
        expect(() => checkCase(plain)).not.toThrow();
        expect(CaseSchema.parse(plain)).toEqual(plain);
      }),
      { numRuns: 700 },
    );
  });

  it('loads from its plain form to the same words, choices and derived values alike', () => {
    fc.assert(
      fc.property(anywhere, (address) => {
        const { scene, image, steps } = drawAddress(address);
        const plain = liftCase(scene, image, steps);
        const loaded = loadCase(plain);
        expect(loaded.image.words).toEqual(image.words);
        // How often the geometry has changed is no part of the case.
        expect({ ...loaded.scene, geometry: 0 }).toEqual({ ...scene, geometry: 0 });
        const again = new Steps();
        again.load(plain);
        expect(liftCase(loaded.scene, loaded.image, again)).toEqual(plain);
      }),
      { numRuns: 700 },
    );
  });

  it('is a function of its address, in text as well', () => {
    fc.assert(
      fc.property(anywhere, (address) => {
        const { scene, image, steps } = drawAddress(address);
        expect(caseAt(formatAddress(address))).toEqual(liftCase(scene, image, steps));
      }),
      { numRuns: 100 },
    );
  });

  it('does not depend on what was drawn into the same scene before', () => {
    const pair: PairSpace = { uffdWp: true, vmaLock: true, races: true };
    const drawer = new Drawer(architecture('arm64'), pair, 3, 64);
    const [scene, base, steps] = [new Scene(64), new Image(64), new Steps()];
    for (let block = 0; block < 40; block++) {
      drawer.drawLayout(block, scene, base);
      for (let sub = 0; sub < 3; sub++) {
        drawer.drawCase(block, sub, scene, base, steps);
        const index = block * CASES_PER_BLOCK + sub;
        const alone = drawAddress({ arch: 'arm64', span: 64, seed: 3, index, pair });
        expect(liftCase(scene, base, steps)).toEqual(liftCase(alone.scene, alone.image, alone.steps));
      }
    }
  });
});

describe('the swarm', () => {
  it('gives blocks few and many features, and each feature to some', () => {
    const drawer = new Drawer(architecture('arm64'), { uffdWp: true, vmaLock: true, races: false }, 1, 8);
    const [scene, base] = [new Scene(8), new Image(8)];
    const counts: number[] = [];
    let seen = 0;
    for (let block = 0; block < 300; block++) {
      drawer.drawLayout(block, scene, base);
      counts.push([...drawer.features.toString(2)].filter((bit) => bit === '1').length);
      seen |= drawer.features;
    }
    expect(seen).toBe(2 ** FEATURES.length - 1);
    expect(Math.min(...counts)).toBeLessThan(5);
    expect(Math.max(...counts)).toBeGreaterThan(20);
  });
});

/** Layouts of one series, and how the file of each case on them ends. */
function* drawnSizes(arch: ArchName, span: number, blocks: number): Generator<{ scene: Scene; sizes: number[] }> {
  const drawer = new Drawer(architecture(arch), { uffdWp: false, vmaLock: false, races: false }, 1, span);
  const [scene, base, steps] = [new Scene(span), new Image(span), new Steps()];
  for (let block = 0; block < blocks; block++) {
    drawer.drawLayout(block, scene, base);
    const sizes = Array.from({ length: CASES_PER_BLOCK }, (_, sub) => {
      drawer.drawCase(block, sub, scene, base, steps);
      return base.mm[I_SIZE];
    });
    yield { scene, sizes };
  }
}

describe('the end of the file', () => {
  it('is often that of a folio, and then differs by a page from case to case', () => {
    let [alike, beside] = [0, 0];
    for (const { scene, sizes } of drawnSizes('x86-64', 64, 600)) {
      const least = Math.min(...sizes);
      const most = Math.max(...sizes);
      if (least === most && most > 0 && most < 64) alike++;
      if (least === most) continue;
      beside++;
      expect(most - least).toBeLessThan(3);
      const ends = [least, least + 1, least + 2].map(
        (end) => scene.headOf[end - 1] + scene.folioPages[scene.headOf[end - 1]] === end,
      );
      expect(ends).toContain(true);
    }
    expect(beside).toBeGreaterThan(60);
    expect(alike).toBeGreaterThan(60);
  });

  it('lies around the end of a folio that a PMD can map', () => {
    const seen = new Set<number>();
    for (const { scene, sizes } of drawnSizes('x86-64', 512, 60)) {
      if (scene.folioPages[0] === 512) for (const size of sizes) seen.add(size);
    }
    expect([...seen]).toEqual(expect.arrayContaining([511, 512, 513]));
  });

  it('lies behind the span only where no page of the mapping does', () => {
    for (const { scene, sizes } of drawnSizes('x86-64', 8, 600)) {
      expect(Math.max(...sizes)).toBeLessThanOrEqual(scene.shift > 0 ? 8 : 9);
    }
  });
});

describe('contiguous blocks', () => {
  it('are drawn with young and dirty bits that differ, on the architecture that has them', () => {
    const drawer = new Drawer(architecture('arm64-contpte'), { uffdWp: true, vmaLock: false, races: false }, 1, 64);
    const [scene, base] = [new Scene(64), new Image(64)];
    const mixed = { [PTE_YOUNG]: 0, [PTE_DIRTY]: 0 };
    for (let block = 0; block < 10_000; block++) {
      drawer.drawLayout(block, scene, base);
      for (let first = 0; first < 64; first += 16) {
        const entries = base.pte.subarray(first, first + 16);
        if ((entries[0] & PTE_CONT) === 0) continue;
        for (const bit of [PTE_YOUNG, PTE_DIRTY]) {
          if (new Set(entries.map((flags) => flags & bit)).size > 1) mixed[bit]++;
        }
      }
    }
    expect(mixed[PTE_YOUNG]).toBeGreaterThan(10);
    expect(mixed[PTE_DIRTY]).toBeGreaterThan(2);
  });
});

describe('groups of dials that are off', () => {
  it('show in no case', () => {
    const pair: PairSpace = { uffdWp: false, vmaLock: false, races: false };
    for (let index = 0; index < 4000; index += 7) {
      const { scene } = drawAddress({ arch: 'x86-64', span: 8, seed: 5, index, pair });
      expect([scene.race, scene.vmaLock]).toEqual([RACE_NONE, false]);
      const plain = caseAt(formatAddress({ arch: 'x86-64', span: 8, seed: 5, index, pair }));
      expect(plain.vma.flags).not.toContain('uffd-wp');
      expect(plain.row).not.toContain('u');
    }
  });
});
