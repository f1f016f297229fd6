/** Recording, with a kernel of a few bytes that changes nothing and gives every fault the same answer. */
import { describe, expect, it } from 'vitest';
import { AnswerCheck } from '../../../src/campaign/answers/check.js';
import { Disagreement, type Recorded, record } from '../../../src/campaign/answers/record.js';
import { usePlainKernel } from '../../../src/campaign/kernels.js';
import { loadKernel } from '../../../src/kernel/engine/load.js';
import { LegacyEngine } from '../../../src/legacy/index.js';
import { VM_FAULT_SIGBUS } from '../../../src/mm/bits.js';
import type { Revision } from '../../../src/mm/revision.js';
import { fakeWasm } from '../../kernel/fake_kernel.js';
import { LEGACY, withEngine } from '../../support.js';

const MODEL = withEngine(
  LEGACY,
  'legacy@refusing',
  class extends LegacyEngine {
    override do_fault(): number {
      return VM_FAULT_SIGBUS;
    }
  },
);
const FEW = { 4: 60, 16: 30, 64: 10, 512: 4 };

function recorded(parts: Partial<Recorded> = {}): Recorded {
  const wasm = new Map([['arm64', fakeWasm(VM_FAULT_SIGBUS)] as const]);
  const compiled = loadKernel({ wasm, knowsVmaLock: false });
  const { id: model, features } = LEGACY;
  const kernel = usePlainKernel({
    name: 'refusing',
    content: 'a'.repeat(64),
    source: 'nothing',
    compiled,
    model,
    features,
  });
  return { kernel, model: MODEL, wrong: [], sources: [{ arch: 'arm64', extracted: { counters: [] } }], ...parts };
}

describe('recording', () => {
  const answers = record(recorded(), () => {}, FEW);

  it('keeps cases that the model answers as the kernel did', () => {
    const check = new AnswerCheck(MODEL);
    expect(answers.length).toBeGreaterThan(5);
    expect(answers.length).toBeLessThan(200);
    expect(answers.flatMap((answer) => check.check(answer) ?? [])).toEqual([]);
    expect(answers.flatMap(({ faults }) => faults).join(' ')).toContain('ret=2');
  });

  it('gives the same answers again, in the order of architectures and spans', () => {
    const steps: string[] = [];
    expect(record(recorded(), (step) => steps.push(step), FEW)).toEqual(answers);
    expect(steps.slice(0, 5)).toEqual(
      [4, 16, 64, 512].map((span) => `arm64, span ${span}`).concat('arm64-noaf, span 4'),
    );
    const spans = answers
      .filter(({ address }) => address.includes('.arm64.'))
      .map(({ address }) => address.split('.')[2]);
    expect(spans).toEqual([...spans].sort((a, b) => Number(a) - Number(b)));
  });

  it('keeps a case for each wrong engine that tells it from the kernel, also where that dies', () => {
    const wrong = [
      withEngine(
        MODEL,
        'legacy@dying',
        class extends LegacyEngine {
          override do_fault(): number {
            if (this.vmf.address === 3) throw new Error('dead');
            return VM_FAULT_SIGBUS;
          }
        },
      ),
    ];
    const found = record(recorded({ wrong }), () => {}, FEW);
    const check = new AnswerCheck(wrong[0] ?? MODEL);
    expect(() => found.forEach((answer) => void check.check(answer))).toThrow('dead');
  });

  it('looks further for a wrong engine that no case tells, and keeps one case more for it', () => {
    /** Wrong in faults at one slot. */
    const wrongAt = (slot: number): Revision =>
      withEngine(
        MODEL,
        'legacy@late',
        class extends LegacyEngine {
          override do_fault(): number {
            return this.scene.span === 64 && this.vmf.address === slot ? 0 : VM_FAULT_SIGBUS;
          }
        },
      );
    const further = 'further cases for legacy@late';
    const found = Array.from({ length: 20 }, (_, slot) => {
      const steps: string[] = [];
      const kept = record(recorded({ wrong: [wrongAt(slot)] }), (step) => steps.push(step), FEW);
      return { slot, kept, late: steps.at(-1) === further };
    }).filter(({ late }) => late);
    const told = found.filter(({ kept }) => kept.length > answers.length);
    expect(told.length).toBeGreaterThan(0);
    for (const { kept } of found) expect(kept.slice(0, answers.length)).toEqual(answers);
    for (const { slot, kept } of told) {
      expect(kept).toHaveLength(answers.length + 1);
      const check = new AnswerCheck(wrongAt(slot));
      expect(kept.filter((answer) => check.check(answer) !== undefined)).toEqual(kept.slice(-1));
    }
  });

  it('is refused where kernel and model do not agree, with the case', () => {
    const refused = () => record(recorded({ model: LEGACY }), () => {}, FEW);
    expect(refused).toThrow(Disagreement);
    expect(refused).toThrow(/^g\d+\.arm64\.4\.1\.\d+\S*, fault 1: the kernel changed .*; the model/);
  });

  it('is refused for an engine that is no compiled kernel', () => {
    expect(() => record(recorded({ kernel: { ...MODEL, architectures: ['arm64'] } }), () => {}, FEW)).toThrow(
      'only a compiled kernel has answers',
    );
  });
});
