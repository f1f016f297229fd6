/* SPDX-License-Identifier: GPL-2.0-only */
/** What code that counts tells whoever watches a fault: what happens, and at which statement. Others tell nothing. */

#ifdef SHIM_COUNTERS
__attribute__((import_module("host"), import_name("event")))
void host_event(int kind, int at, int value, int place);

/* Stores to the PMD entry have no hook of their own. The tree's accessors must not tell of themselves meanwhile. */
static void watch_pmd(void)
{
	void (*watcher)(bool) = shim_watcher;
	int place = (int)shim_at;

	if (shim_pmd.pmd == shim_watched_pmd.pmd)
		return;
	shim_watched_pmd = shim_pmd;
	shim_watcher = NULL;
	host_event(SHIM_EVENT_set_pmd, 0, (int)shim_decode_pmd(shim_pmd), place);
	shim_watcher = watcher;
}

static void shim_event(int kind, int at, int value)
{
	if (!shim_watcher)
		return;
	watch_pmd();
	host_event(kind, at, value, (int)shim_at);
}

static void shim_watch(bool entered)
{
	if (entered)
		shim_event(SHIM_EVENT_enter, scene(FAULT_SLOT), 0);
	else
		watch_pmd();
}

__attribute__((export_name("watch"))) void shim_watch_begins(int on)
{
	shim_watcher = on ? shim_watch : NULL;
}

#define SHIM_EVENT(kind, at, value) shim_event(SHIM_EVENT_##kind, at, value)
#else
#define SHIM_EVENT(kind, at, value) ((void)0)
#endif
