/* SPDX-License-Identifier: GPL-2.0-only */
/** Counters of statements and branches: SHIM_COUNTERS is how many there are, and only there where the text has them. */
#ifdef SHIM_COUNTERS
unsigned int shim_hits[SHIM_COUNTERS];
/* a switch has begun, and none of its labels was taken yet */
static unsigned int shim_switched;
#define SHIM_HIT(n) (shim_hits[n]++)
#define SHIM_SWITCH(...) (shim_switched = 1, (__VA_ARGS__))
#define SHIM_CASE(n) (shim_hits[n] += shim_switched, shim_switched = 0)
/* Counts the outcome, and notes in a list of their own which conditions are constants for the compiler. */
#define SHIM_TEST(n, ...) ({                                                           \
	static const unsigned int _folded __attribute__((used, section("shim_folded"))) = \
		(n) << 1 | __builtin_constant_p(!!(__VA_ARGS__));                          \
	bool _test = !!(__VA_ARGS__);                                                  \
	shim_hits[(n) + !_test]++;                                                     \
	_test;                                                                         \
})
extern const unsigned int __start_shim_folded[], __stop_shim_folded[];
#pragma weak __start_shim_folded
#pragma weak __stop_shim_folded
__attribute__((export_name("hits"))) void *shim_address_of_hits(void) { return shim_hits; }
__attribute__((export_name("folded"))) const void *shim_address_of_folded(void) { return __start_shim_folded; }
__attribute__((export_name("folds"))) int shim_folds(void) { return __stop_shim_folded - __start_shim_folded; }
#endif
