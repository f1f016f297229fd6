/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * Compiler, arithmetic, atomics and locks as extracted kernel text expects them. One thread runs: nobody contends a
 * lock, and an atomic is a plain integer.
 */
#ifndef SHIM_BASICS_H
#define SHIM_BASICS_H

#include "types.h"

/* --- compiler --- */
#undef inline
#define inline __inline__ __attribute__((unused))
#define __always_inline inline
#define noinline
#define __read_mostly
#define __ro_after_init
#define __init
#define __force
#define __bitwise
#define __rcu
#define __user
#define __pure
#define __must_check
#define __maybe_unused __attribute__((unused))
#define __always_unused __attribute__((unused))
#define __attribute_const__
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define READ_ONCE(x) (x)
#define WRITE_ONCE(x, val) ((x) = (val))
#define barrier() ((void)0)
#define smp_wmb() ((void)0)
#define smp_rmb() ((void)0)
#define smp_mb() ((void)0)
#define might_sleep() ((void)0)
#define EXPORT_SYMBOL(x)
#define EXPORT_SYMBOL_GPL(x)
#define BUILD_BUG_ON(x) ((void)0)
#define BUILD_BUG() shim_bug(__FILE__, __LINE__)
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define fallthrough __attribute__((__fallthrough__))
#define BITS_PER_LONG 64
#define BITS_PER_XA_VALUE 63
#define _AC(x, suffix) ((shim_ac_##suffix)(x))
#define _AT(type, x) ((type)(x))
#define _UL(x) ((ulong)(x))
#define _ULL(x) ((ulong)(x))
#define UL(x) ((ulong)(x))
#define ULL(x) ((ulong)(x))
#define _BITUL(n) (1ULL << (n))
#define _BITULL(n) (1ULL << (n))
#define BIT(n) (1ULL << (n))
#define BIT_ULL(n) (1ULL << (n))
#define GENMASK(h, l) ((~0ULL << (l)) & (~0ULL >> (63 - (h))))
#define GENMASK_ULL(h, l) GENMASK(h, l)
typedef unsigned long long shim_ac_UL;
typedef unsigned long long shim_ac_ULL;
typedef unsigned long long shim_ac_U;
typedef long long shim_ac_L;
#define shim_type_of(x) __typeof__((x) + 0)
#define min(x, y) ({ __auto_type _x = (x); __auto_type _y = (y); _x < _y ? _x : _y; })
#define max(x, y) ({ __auto_type _m = (x); __auto_type _n = (y); _m > _n ? _m : _n; })
#define min3(x, y, z) min(min(x, y), z)
#define max3(x, y, z) max(max(x, y), z)
#define min_t(type, x, y) min((type)(x), (type)(y))
#define max_t(type, x, y) max((type)(x), (type)(y))
#define rounddown_pow_of_two(n) (1ULL << (63 - __builtin_clzll(n)))
#define DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
#define ALIGN(x, a) (((x) + (a) - 1) & ~((__typeof__(x))(a) - 1))
#define PTR_ALIGN_DOWN(p, a) ((__typeof__(p))((uintptr_t)(p) & ~((uintptr_t)(a) - 1)))
#define ALIGN_DOWN(x, a) ((x) & ~((__typeof__(x))(a) - 1))
#define IS_ALIGNED(x, a) (((x) & ((__typeof__(x))(a) - 1)) == 0)
#define IS_ENABLED(option) shim_enabled(option)
#define shim_enabled(x) shim_enabled_(x)
#define shim_enabled_(x) shim_second(shim_is_##x 1, 0)
#define shim_second_(ignored, value, ...) value
#define shim_second(...) shim_second_(__VA_ARGS__)
#define shim_is_1 0,

/* --- assertions: a fired one ends the fault --- */
_Noreturn void shim_bug(const char *file, int line);
void shim_warn(const char *file, int line);
#define BUG() shim_bug(__FILE__, __LINE__)
#define BUG_ON(cond) do { if (unlikely(cond)) BUG(); } while (0)
#define VM_BUG_ON(cond) BUG_ON(cond)
#define VM_BUG_ON_PAGE(cond, page) BUG_ON(cond)
#define VM_BUG_ON_FOLIO(cond, folio) BUG_ON(cond)
#define VM_BUG_ON_VMA(cond, vma) BUG_ON(cond)
#define VM_BUG_ON_PGFLAGS(cond, page) BUG_ON(cond)
#define WARN_ON(cond) ({ bool _w = !!(cond); if (_w) shim_warn(__FILE__, __LINE__); _w; })
#define WARN_ON_ONCE(cond) WARN_ON(cond)
#define VM_WARN_ON(cond) ((void)WARN_ON(cond))
#define VM_WARN_ON_ONCE(cond) WARN_ON(cond)
#define VM_WARN_ON_FOLIO(cond, folio) ((void)WARN_ON(cond))
#define VM_WARN_ON_ONCE_FOLIO(cond, folio) WARN_ON(cond)
#define VM_WARN_ON_ONCE_PAGE(cond, page) WARN_ON(cond)
#define VM_WARN_ONCE(cond, ...) WARN_ON(cond)
#define WARN_ONCE(cond, ...) WARN_ON(cond)
#define WARN(cond, ...) WARN_ON(cond)
#define pr_err(...) ((void)0)
#define pr_warn_once(...) ((void)0)

/* --- fuel: a fault that repeats something this often never ends --- */
#define SHIM_FULL 1000000
extern int shim_fuel;
_Noreturn void shim_endless(const char *file, int line);
#define SHIM_FUEL do { if (unlikely(--shim_fuel < 0)) shim_endless(__FILE__, __LINE__); } while (0)

/* --- atomics and bits: one thread --- */
#define ATOMIC_INIT(i) { (i) }
static inline int atomic_read(const atomic_t *v) { return v->counter; }
static inline void atomic_set(atomic_t *v, int i) { v->counter = i; }
static inline void atomic_inc(atomic_t *v) { v->counter++; }
static inline void atomic_dec(atomic_t *v) { v->counter--; }
static inline void atomic_add(int i, atomic_t *v) { v->counter += i; }
static inline void atomic_sub(int i, atomic_t *v) { v->counter -= i; }
static inline int atomic_inc_return(atomic_t *v) { return ++v->counter; }
static inline bool atomic_inc_and_test(atomic_t *v) { return ++v->counter == 0; }
static inline int atomic_add_return(int i, atomic_t *v) { return v->counter += i; }
#define atomic_add_return_relaxed atomic_add_return
#define atomic_inc_return_relaxed atomic_inc_return
static inline bool test_bit(int nr, const ulong *addr) { return (*addr >> nr) & 1; }
static inline void set_bit(int nr, ulong *addr) { *addr |= 1ULL << nr; }
static inline void clear_bit(int nr, ulong *addr) { *addr &= ~(1ULL << nr); }
#define __set_bit set_bit
#define __clear_bit clear_bit

/* --- locks --- */
#define rcu_read_lock() ((void)0)
#define rcu_read_unlock() ((void)0)
#define spin_lock(ptl) ((void)(ptl))
#define spin_unlock(ptl) ((void)(ptl))
extern spinlock_t shim_lock;
#define pte_unmap(pte) ((void)(pte))
#define pte_unmap_unlock(pte, ptl) ((void)(pte), (void)(ptl))
#define vma_end_read(vma) ((void)(vma))
#define lock_page_memcg(page) ((void)(page))
#define unlock_page_memcg(page) ((void)(page))
#define fput(file) ((void)(file))

#endif
