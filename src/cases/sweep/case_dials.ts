/** Dials beside the layout: who accesses which page, and settings that no derived value depends on. */
import { PAGE_SIZE } from '../../mm/bits.js';
import { I_SIZE, MMAP_MISS } from '../../mm/fields.js';
import type { Case } from '../case.js';
import { FAILURE_NAMES } from '../names.js';
import { type Stage, SweepDial } from './dial.js';
import { ACCESSES, type AccessName, type Failure } from './scope.js';

/** The slot that is accessed. */
export class SlotDial extends SweepDial<number> {
  write(plain: Case, slot: number): void {
    const [step] = plain.steps;
    if ('write' in step) step.write = slot;
    else if ('read' in step) step.read = slot;
  }

  of({ steps: [step] }: Case): number | undefined {
    return 'write' in step ? step.write : 'read' in step ? step.read : undefined;
  }

  turn({ steps }: Stage, _from: number, to: number): void {
    steps.at[0] = this.values[to];
  }
}

/** How the slot is accessed, and by whom. */
export class AccessDial extends SweepDial<AccessName> {
  write(plain: Case, name: AccessName): void {
    const slot = new SlotDial([]).of(plain) ?? 0;
    const agent = name.startsWith('device') ? 'device' : name.startsWith('gup') ? 'gup' : null;
    const by = agent === null ? {} : ({ by: agent } as const);
    plain.steps = [name.endsWith('write') ? { write: slot, ...by } : { read: slot, ...by }];
  }

  of({ steps: [step] }: Case): AccessName | undefined {
    if ('zap' in step || 'age' in step) return undefined;
    const kind = 'write' in step ? 'write' : 'read';
    return step.by === undefined || step.by === 'cpu' ? kind : `${step.by}-${kind}`;
  }

  turn({ steps }: Stage, _from: number, to: number): void {
    const { kind, by } = ACCESSES[this.values[to]];
    steps.kind[0] = kind;
    steps.extra[0] = by;
  }
}

export class FaultAroundDial extends SweepDial<number> {
  write(plain: Case, pages: number): void {
    plain.faultAroundPages = pages;
  }

  of(plain: Case): number {
    return plain.faultAroundPages;
  }

  turn({ scene }: Stage, _from: number, to: number): void {
    scene.faultAroundPages = this.values[to];
  }
}

export class MmapMissDial extends SweepDial<number> {
  write(plain: Case, misses: number): void {
    plain.file.mmapMiss = misses;
  }

  of(plain: Case): number {
    return plain.file.mmapMiss;
  }

  turn({ base }: Stage, _from: number, to: number): void {
    base.mm[MMAP_MISS] = this.values[to];
  }
}

/** i_size in whole pages. */
export class SizeDial extends SweepDial<number> {
  write(plain: Case, pages: number): void {
    plain.file.size = pages * PAGE_SIZE;
  }

  of(plain: Case): number {
    return plain.file.size / PAGE_SIZE;
  }

  turn({ scene, base }: Stage, _from: number, to: number): void {
    base.mm[I_SIZE] = this.values[to];
    scene.iSizeTail = this.values[to] === 0 ? 0 : PAGE_SIZE;
  }
}

/** One failure, or null for none. */
export class FailureDial extends SweepDial<Failure | null> {
  write(plain: Case, failure: Failure | null): void {
    plain.failures = failure === null ? [] : [failure];
  }

  of({ failures }: Case): Failure | null | undefined {
    return failures.length === 0 ? null : failures.length === 1 ? failures[0] : undefined;
  }

  turn({ scene }: Stage, _from: number, to: number): void {
    const failure = this.values[to];
    scene.failures = failure === null ? 0 : 1 << FAILURE_NAMES.indexOf(failure);
  }
}

export class TeardownDial extends SweepDial<boolean> {
  write(plain: Case, teardown: boolean): void {
    plain.teardown = teardown;
  }

  of(plain: Case): boolean {
    return plain.teardown;
  }

  turn({ steps }: Stage, _from: number, to: number): void {
    steps.teardown = this.values[to];
  }
}
