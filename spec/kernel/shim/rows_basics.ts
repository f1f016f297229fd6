/** What the stubs for compiler, arithmetic, assertions, atomics, locks and machines do. */
import { expect } from 'vitest';
import type { Row } from './bench.js';

export const BASICS: readonly Row[] = [
  { does: 'are the condition as 0 or 1', c: 'return likely(5) == 1 && unlikely(0) == 0 && unlikely(8) == 1;' },
  {
    does: 'read and write once, and keep an order that one thread has anyway',
    c: 'int x = 1; WRITE_ONCE(x, READ_ONCE(x) + 1); barrier(); smp_wmb(); smp_rmb(); smp_mb(); return x;',
    gives: 2,
  },
  {
    does: 'check nothing: what is false at compile time compiles',
    c: 'might_sleep(); BUILD_BUG_ON(1); EXPORT_SYMBOL(x) EXPORT_SYMBOL_GPL(x) return 1;',
  },
  { does: 'fires where it is reached', c: 'BUILD_BUG(); return 0;', gives: 'dies' },
  {
    does: 'make constants of 64 bits',
    c: `return _AC(1, UL) << 40 == 1ULL << 40 && _UL(1) << 40 == UL(1) << 40 && _ULL(1) << 40 == ULL(1) << 40 &&
      BIT(40) == BIT_ULL(40) && _BITUL(40) == _BITULL(40) && BIT(40) == 1ULL << 40 && _AT(u8, 257) == 1;`,
  },
  {
    does: 'have both ends in a mask',
    c: 'return GENMASK(11, 4) == 0xff0 && GENMASK(63, 0) == ~0ULL && GENMASK_ULL(63, 63) == 1ULL << 63;',
  },
  {
    does: 'are the smallest and largest of their arguments',
    c: `return min(2, 1) == 1 && max(1, 2) == 2 && min3(3, 1, 2) == 1 && max3(2, 3, 1) == 3 &&
      min_t(u8, 256, 1) == 0 && max_t(int, 7, 4) == 7;`,
  },
  { does: 'evaluate an argument once', c: 'int i = 0; return min(i++, 5) == 0 && max(i++, 0) == 1 && i == 2;' },
  {
    does: 'round and align in 64 bits',
    c: `int four[4]; return DIV_ROUND_UP(7, 2) == 4 && rounddown_pow_of_two(100ULL) == 64 && ARRAY_SIZE(four) == 4 &&
      ALIGN((1ULL << 40) + 1, 16) == (1ULL << 40) + 16 && ALIGN_DOWN((1ULL << 40) + 17, 16) == (1ULL << 40) + 16 &&
      IS_ALIGNED(64ULL, 16) && !IS_ALIGNED(65ULL, 16) && PTR_ALIGN_DOWN((char *)0x1234, 16) == (char *)0x1230;`,
  },
  { does: 'is 1 for an option that is set', c: 'return IS_ENABLED(CONFIG_THERE) == 1 && IS_ENABLED(CONFIG_NOT) == 0;' },
  ...['BUG()', 'BUG_ON(1)', 'VM_BUG_ON(1)', 'VM_BUG_ON_PAGE(1, P(0))', 'VM_BUG_ON_FOLIO(1, F(0))'].map(
    (c): Row => ({ does: 'ends the fault', c: `${c}; return 0;`, gives: 'dies' }),
  ),
  ...['VM_BUG_ON_VMA(1, 0)', 'VM_BUG_ON_PGFLAGS(1, P(0))'].map(
    (c): Row => ({ does: 'ends the fault', c: `${c}; return 0;`, gives: 'dies' }),
  ),
  {
    does: 'go on where the condition is false',
    c: 'BUG_ON(0); VM_BUG_ON(0); VM_BUG_ON_PAGE(0, P(0)); VM_BUG_ON_FOLIO(0, F(0)); VM_BUG_ON_VMA(0, 0); return 1;',
  },
  {
    does: 'have the value of the condition, count, and go on',
    c: `VM_WARN_ON(1); VM_WARN_ON_FOLIO(1, F(0)); pr_err("x"); pr_warn_once("x");
      return WARN_ON(2) + WARN_ON_ONCE(1) + VM_WARN_ON_ONCE(1) + VM_WARN_ON_ONCE_FOLIO(1, F(0)) +
        VM_WARN_ON_ONCE_PAGE(1, P(0)) + VM_WARN_ONCE(1, "x") + WARN_ONCE(1, "x") + WARN(1, "x") + WARN_ON(0);`,
    gives: 8,
    after: ({ warnings }) => expect(warnings).toBe(10),
  },
  {
    does: 'are steps on an integer, with its new value',
    c: `atomic_t v = ATOMIC_INIT(1); atomic_inc(&v); atomic_add(5, &v); atomic_sub(2, &v); atomic_dec(&v);
      if (atomic_read(&v) != 4 || atomic_inc_return(&v) != 5 || atomic_add_return(-5, &v) != 0) return 0;
      if (atomic_add_return_relaxed(2, &v) != 2 || atomic_inc_return_relaxed(&v) != 3) return 0;
      atomic_set(&v, -1); return atomic_inc_and_test(&v) && !atomic_inc_and_test(&v);`,
  },
  {
    does: 'reach every bit of a long',
    c: `ulong word = 0; set_bit(40, &word); __set_bit(3, &word); if (word != (1ULL << 40 | 8)) return 0;
      clear_bit(40, &word); __clear_bit(2, &word); return test_bit(3, &word) && !test_bit(40, &word);`,
  },
  {
    does: 'let everybody in: one thread runs',
    c: `spinlock_t *lock = pmd_lock(NULL, NULL); rcu_read_lock(); spin_lock(lock); spin_unlock(lock); pte_unmap(NULL);
      pte_unmap_unlock(NULL, lock); lock_page_memcg(P(0)); unlock_page_memcg(P(0)); vma_end_read(NULL);
      rcu_read_unlock(); return lock == &shim_lock;`,
  },
  {
    does: 'keep mmap_lock, and pass on the file that is to be put',
    c: 'fput(&shim_file); return maybe_unlock_mmap_for_io(NULL, NULL) == NULL;',
  },
  {
    does: 'wrap a word',
    c: `return pte_val(__pte(5)) == 5 && pmd_val(__pmd(6)) == 6 && pgprot_val(__pgprot(7)) == 7 &&
      !pmd_devmap(__pmd(~0ULL));`,
  },
  {
    does: 'has the access flag set by hardware if the case says so',
    c: 'return cpu_has_hw_af();',
    on: ['new'],
  },
  {
    does: 'is a machine without tags and large addresses, and an mm of user space',
    c: `return !system_supports_mte() && !lpa2_is_enabled() && system_uses_lse_atomics() && mm_is_user(&shim_mm) &&
      !mm_is_efi(&shim_mm);`,
    on: ['new'],
  },
  {
    does: 'do nothing, but for the mm of a structure',
    c: `struct vm_area_struct vma = TLB_FLUSH_VMA(&shim_mm, 0); dsb(ishst); isb(); __flush_tlb_range(&vma, 0, 0);
      mte_sync_tags(__pte(0), 1); __check_safe_pte_update(1); __check_racy_pte_update(1);
      return vma.vm_mm == &shim_mm;`,
    on: ['new'],
  },
  { does: 'stores, and has what was there', c: 'u64 x = 5; return xchg_relaxed(&x, 7) == 5 && x == 7;', on: ['new'] },
  {
    does: 'is a processor without features, defects and fifth level',
    c: `return !cpu_feature_enabled(1) && !boot_cpu_has(1) && !boot_cpu_has_bug(1) && !pgtable_l5_enabled() &&
      __sme_set(5) == 5 && __sme_clr(5) == 5 && !pmd_devmap(__pmd(~0ULL));`,
    on: ['x86'],
  },
  {
    does: 'wrap a word',
    c: 'pte_t pte = native_make_pte(5); return pte.pte == 5 && pgprot_val(__pgprot(7)) == 7;',
    on: ['x86'],
  },
  {
    does: 'looks the flags up in the table of the architecture, others do not count',
    c: `return vm_get_page_prot(VM_READ | VM_EXEC | VM_OTHER).pgprot == 7 &&
      vm_get_page_prot(VM_READ | VM_WRITE | VM_SHARED).pgprot == 9 && vm_get_page_prot(0).pgprot == 0;`,
    on: ['old'],
  },
  {
    does: 'are a machine without memory types and large entries, and flush nothing',
    c: `u64 x = 5; ALT_SVPBMT(x, NOCACHE); ALT_THEAD_PMA(x); ALT_THEAD_PBMT(x); flush_icache_all();
      flush_icache_mm(&shim_mm, true); return x == 0 && riscv_page_mtmask() == 0 && riscv_page_nocache() == 0 &&
      riscv_page_io() == 0 && !has_svnapot();`,
    on: ['old'],
  },
];
