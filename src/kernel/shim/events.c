/* SPDX-License-Identifier: GPL-2.0-only */
/** What code that counts tells whoever watches a fault: what happens, and at which statement. Others tell nothing. */

#ifdef SHIM_COUNTERS
/* stores to the PMD entry have no hook of their own */
static void watch_pmd(void)
{
	if (pmd_val(shim_pmd) == pmd_val(shim_watched_pmd))
		return;
	shim_watched_pmd = shim_pmd;
	host_event(SHIM_EVENT_set_pmd, 0, (int)shim_decode_pmd(shim_pmd), (int)shim_at);
}

static void shim_event(int kind, int at, int value)
{
	if (!shim_watched)
		return;
	watch_pmd();
	host_event(kind, at, value, (int)shim_at);
}

static void shim_entered(unsigned int counter)
{
	shim_at = counter;
	shim_event(SHIM_EVENT_enter, scene(FAULT_SLOT), 0);
}

static void shim_left(unsigned int *from)
{
	if (shim_watched)
		watch_pmd();
	shim_at = *from;
}

#define SHIM_EVENT(kind, at, value) shim_event(SHIM_EVENT_##kind, at, value)
#else
#define SHIM_EVENT(kind, at, value) ((void)0)
#endif
