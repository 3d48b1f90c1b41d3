/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MONITOR_SNAPSHOT_FREE_PAGES_H
#define MONITOR_SNAPSHOT_FREE_PAGES_H
#include "lib/error.h"
#include "monitor/core/guest_memory.h"
#include "monitor/core/vmcoreinfo.h"
struct free_pages {
	int none;
};
bool free_pages_init(struct free_pages *pages, const struct guest_memory *memory,
		     const struct vmcoreinfo *info, struct error *error);
uint64_t free_pages_run(struct free_pages *pages, uint64_t page, uint64_t end, bool *is_free);
#endif
