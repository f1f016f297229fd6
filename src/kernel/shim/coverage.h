/* SPDX-License-Identifier: GPL-2.0-only */
/** Counters of statements: SHIM_COUNTERS is how many there are, and only there where the text was given them. */
#ifdef SHIM_COUNTERS
unsigned int shim_hits[SHIM_COUNTERS];
#define SHIM_HIT(n) (shim_hits[n]++)
__attribute__((export_name("hits"))) void *shim_address_of_hits(void) { return shim_hits; }
#endif
