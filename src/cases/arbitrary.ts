/** The fast-check walker of the case space: draws like the bulk drawer, shrinks by simpler neighbours. */
import * as fc from 'fast-check';
import type { ArchName } from '../mm/arch/architecture.js';
import { drawAddress } from './address.js';
import type { Case } from './case.js';
import { liftCase } from './lift.js';
import { ARCH_NAMES } from './names.js';
import { checkCase, ImpossibleCase } from './possible.js';
import { simplerCases } from './simplify.js';

export interface CaseConstraints {
  readonly archs?: readonly ArchName[];
  readonly spans?: readonly number[];
  readonly races?: boolean;
}

/** Can this case exist? */
export function isPossible(plain: Case): boolean {
  try {
    checkCase(plain);
    return true;
  } catch (error) {
    if (error instanceof ImpossibleCase) return false;
    throw error;
  }
}

class CaseArbitrary extends fc.Arbitrary<Case> {
  constructor(private readonly constraints: CaseConstraints) {
    super();
  }

  override generate(random: fc.Random): fc.Value<Case> {
    const { archs = ARCH_NAMES, spans = [8, 64, 512], races = false } = this.constraints;
    const arch = archs[random.nextInt(0, archs.length - 1)];
    const span = spans[random.nextInt(0, spans.length - 1)];
    const pair = { uffdWp: arch === 'x86-64', vmaLock: true, races };
    const seed = random.nextInt(0, 0x7fffffff);
    const { scene, image, steps } = drawAddress({ arch, span, seed, index: random.nextInt(0, 1 << 20), pair });
    return new fc.Value(liftCase(scene, image, steps), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is Case {
    return typeof value === 'object' && value !== null && 'steps' in value;
  }

  override shrink(value: Case): fc.Stream<fc.Value<Case>> {
    return fc.stream(simplerValues(value));
  }
}

function* simplerValues(value: Case): Generator<fc.Value<Case>> {
  for (const simpler of simplerCases(value)) if (isPossible(simpler)) yield new fc.Value(simpler, undefined);
}

/** Arbitrary cases; every one is possible. */
export const caseArbitrary = (constraints: CaseConstraints = {}): fc.Arbitrary<Case> => new CaseArbitrary(constraints);

/**
 * The smallest case reachable by simplifying `found` while `interesting` holds; `found` itself must be interesting.
 * @param limit most cases that are tried
 */
export function shrinkCase(found: Case, interesting: (plain: Case) => boolean, limit = 4000): Case {
  let smallest = found;
  let tried = 0;
  const property = fc.property(caseArbitrary(), (plain) => {
    if (tried++ > limit || !interesting(plain)) return true;
    smallest = plain;
    return false;
  });
  fc.check(property, { examples: [[found]], numRuns: 1, seed: 0 });
  return smallest;
}
