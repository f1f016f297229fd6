/** What reaches a page, and how often it must fault for that: processors, devices, get_user_pages(). */
import { describe, expect, it } from 'vitest';
import { BY_CPU, BY_DEVICE, BY_GUP, MAX_FAULTS, OUTCOMES } from '../../src/mm/access.js';
import {
  PMD_DIRTY,
  PMD_YOUNG,
  PTE_CONT,
  PTE_DIRTY,
  PTE_SOFT_DIRTY,
  PTE_YOUNG,
  VM_FAULT_OOM,
} from '../../src/mm/bits.js';
import { ACCESS_EFFECT, ACCESS_FAULTS, ACCESS_OUTCOME, PMD, RET, VMA_LOCK_RETRIES } from '../../src/mm/fields.js';
import * as M from '../../src/mm/marks.js';
import { layout, type Machine, machine } from '../support.js';

const outcome = ({ mm }: Machine): string => OUTCOMES[mm(ACCESS_OUTCOME)];
/** arm64 without a page cache around the entry, fault-around off. */
const single = { faultAroundPages: 1 } as const;

describe('an access by the processor', () => {
  it('takes one fault for a page that is not mapped, and none afterwards', () => {
    const m = machine(layout());
    expect([m.touch(5), m.touch(5)]).toEqual([1, 0]);
    expect(outcome(m)).toBe('done');
  });

  it('sets the accessed bit itself where the hardware can, and says that it did', () => {
    const m = machine(layout({ row: 'o' }));
    expect(m.touch(0)).toBe(0);
    expect(m.mm(ACCESS_EFFECT)).toBe(PTE_YOUNG);
    expect(m.row()[0]).toBe('y');
  });

  it('faults for the accessed bit where the hardware cannot', () => {
    const m = machine(layout({ arch: 'arm64-noaf', row: 'o' }));
    expect(m.touch(0)).toBe(1);
    expect(m.mm(ACCESS_EFFECT)).toBe(0);
    expect(m.image.marks[M.ACCESS_FLAG_FAULT]).toBe(1);
    expect(m.row()[0]).toBe('y');
  });

  it('refills the TLB without a fault where an exception handler sets the bit', () => {
    const m = machine(layout({ arch: 'loongarch64', row: 'o' }));
    expect(m.touch(0)).toBe(0);
    expect(m.row()[0]).toBe('y');
  });

  it('that writes sets the dirty bit as well', () => {
    const bits = { '0': ['write' as const] };
    const m = machine(layout({ vma: { flags: ['shared', 'write'] }, row: 'y', bits }));
    expect(m.touch(0, { write: true })).toBe(0);
    expect(m.mm(ACCESS_EFFECT)).toBe(PTE_DIRTY);
    expect(m.row()[0]).toBe('Y');
  });

  it('faults for the dirty bit without hardware support', () => {
    const bits = { '0': ['write' as const] };
    const m = machine(layout({ arch: 'arm64-noaf', vma: { flags: ['shared', 'write'] }, row: 'y', bits }));
    expect(m.touch(0, { write: true })).toBe(1);
    expect(m.row()[0]).toBe('Y');
  });

  it('dirties x86 entries softly too when the kernel does it', () => {
    const bits = { '0': ['write' as const] };
    const vma = { flags: ['shared' as const, 'write' as const] };
    const m = machine(layout({ arch: 'x86-64', vma, row: 'y', bits }));
    expect(m.touch(0, { write: true, by: BY_DEVICE })).toBe(1);
    expect(m.image.pte[0] & PTE_SOFT_DIRTY).toBe(PTE_SOFT_DIRTY);
  });

  it.each([
    ['s', false, 'needs swap-in'],
    ['m', false, 'needs swap-in'],
    ['o', true, 'needs write-protect fault'],
  ])('of an entry %j (write %s) is somebody else’s fault: %s', (row, write, ends) => {
    const m = machine(layout({ vma: { flags: ['write'] }, row }));
    expect(m.touch(0, { write })).toBe(0);
    expect(outcome(m)).toBe(ends);
  });

  it('ends in an error where the handler fails', () => {
    const m = machine(layout({ pmd: 'none', failures: ['page-table-alloc'] }));
    expect(m.touch(5)).toBe(1);
    expect([outcome(m), m.mm(RET)]).toEqual(['error', VM_FAULT_OOM]);
  });

  it('under a huge PMD sets the bits there', () => {
    const m = machine(layout({ span: 512, pmd: 'huge' }));
    m.image.mm[PMD] &= ~PMD_YOUNG;
    expect(m.touch(5)).toBe(0);
    expect([m.mm(ACCESS_EFFECT), m.mm(PMD) & PMD_DIRTY]).toEqual([PMD_YOUNG, 0]);
  });

  it('that writes under a read-only huge PMD needs a write-protect fault', () => {
    const m = machine(layout({ span: 512, pmd: 'huge', vma: { flags: ['shared', 'write'] } }));
    m.touch(5, { write: true });
    expect(outcome(m)).toBe('needs write-protect fault');
  });

  it('that writes under a writable huge PMD dirties it', () => {
    const parts = { span: 512, pmd: 'huge', vma: { flags: ['shared', 'write'] }, file: { kind: 'shmem' } } as const;
    const m = machine(layout({ ...parts, vma: { flags: [...parts.vma.flags] } }));
    m.touch(5, { write: true });
    expect([outcome(m), m.mm(PMD) & PMD_DIRTY]).toEqual(['done', PMD_DIRTY]);
  });
});

describe('a device without access-flag update', () => {
  it('takes one fault to map a page young', () => {
    const m = machine(layout());
    expect(m.touch(5, { by: BY_DEVICE })).toBe(1);
  });

  it('takes a second fault where the kernel installed the entry old: what the inverted test of v6.6 costs', () => {
    const right = machine(layout(single));
    const wrong = machine(layout(single), 'batched@v6.6');
    expect([right.touch(5, { by: BY_DEVICE }), wrong.touch(5, { by: BY_DEVICE })]).toEqual([1, 2]);
    expect(wrong.mm(ACCESS_FAULTS)).toBe(2);
    expect(wrong.image.marks[M.ACCESS_FLAG_FAULT]).toBe(1);
  });

  it('leaves no bits of its own', () => {
    const m = machine(layout());
    m.touch(5, { by: BY_DEVICE });
    expect(m.mm(ACCESS_EFFECT)).toBe(0);
  });
});

describe('get_user_pages()', () => {
  const protnone = layout({ vma: { flags: ['protnone'] }, steps: [{ read: 5, by: 'gup' }] });

  it('reaches a PROT_NONE mapping that a processor does not', () => {
    const m = machine(protnone);
    expect(m.touch(5, { by: BY_GUP })).toBe(1);
    expect(outcome(m)).toBe('done');
    m.touch(5, { by: BY_CPU });
    expect(outcome(m)).toBe('inaccessible');
  });

  it('is satisfied by a dirty private copy when it writes a read-only mapping', () => {
    const m = machine(layout({ steps: [{ write: 5, by: 'gup' }] }));
    expect(m.touch(5, { write: true, by: BY_GUP })).toBe(1);
    expect([outcome(m), m.row()[5]]).toEqual(['done', 'a']);
  });

  it('needs a write-protect fault for a clean file page', () => {
    const m = machine(layout({ row: 'y' }));
    m.touch(0, { write: true, by: BY_GUP });
    expect(outcome(m)).toBe('needs write-protect fault');
  });
});

describe('an access that gets nowhere', () => {
  it('is given up after MAX_FAULTS faults', () => {
    const m = machine(layout({ failures: ['fault-retry'], ...single }));
    expect(m.touch(5)).toBe(MAX_FAULTS);
    expect(outcome(m)).toBe('no progress');
  });

  it('is what finish_fault() of v6.12 makes of one populated neighbour', () => {
    const parts = { ...single, vma: { flags: ['shared' as const] }, file: { kind: 'anon-shmem' as const }, row: 'y' };
    const [before, after] = [machine(layout(parts), 'batched@v6.12'), machine(layout(parts), 'batched@reference')];
    expect([before.touch(5), after.touch(5)]).toEqual([MAX_FAULTS, 1]);
    expect([outcome(before), outcome(after)]).toEqual(['no progress', 'done']);
    expect([before.row(), after.row()]).toEqual(['y...............', 'y....y..........']);
  });
});

describe('a uffd-wp marker', () => {
  const marked = (flags: ('shared' | 'uffd-wp')[]) =>
    layout({ vma: { flags }, file: { kind: 'shmem' }, row: '.....u' });

  it('is cleared in a mapping that is not registered any more, and the access tried again', () => {
    const m = machine(marked(['shared']));
    expect(m.touch(5)).toBe(2);
    expect(m.image.marks[M.MARKER_CLEARED]).toBe(1);
    expect(outcome(m)).toBe('done');
  });

  it('write-protects the new entry in one that is', () => {
    const m = machine(marked(['shared', 'uffd-wp']));
    expect(m.touch(5)).toBe(1);
    expect(m.image.marks[M.BATCHED_UFFD_WP]).toBe(1);
  });
});

describe('the per-VMA lock', () => {
  const locked = layout({ vma: { vmaLock: true, mapPages: false } });

  it('costs a retry under mmap_lock where the file has no map_pages', () => {
    const m = machine(locked);
    expect(m.touch(5)).toBe(1);
    expect(m.mm(VMA_LOCK_RETRIES)).toBe(1);
  });

  it('is unknown to 6.1', () => {
    const m = machine(locked, 'legacy@v6.1');
    expect(m.touch(5)).toBe(1);
    expect(m.mm(VMA_LOCK_RETRIES)).toBe(0);
  });
});

describe('a contiguous block', () => {
  const block = layout({ arch: 'arm64-contpte', row: 'y'.repeat(15) });

  it('takes the access flag as a whole when the kernel sets it', () => {
    const m = machine(block);
    m.touch(15);
    expect(m.image.pte[0] & PTE_CONT).toBe(PTE_CONT);
    for (let i = 0; i < 16; i++) m.image.rewritePte(i, m.image.pte[i] & ~PTE_YOUNG);
    expect(m.touch(3, { by: BY_DEVICE })).toBe(1);
    expect(m.row()).toBe('y'.repeat(16));
  });
});
