// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/check/selfcheck.h"
#include <stddef.h>
#include "arch/x86/gate/descriptors.h"
#include "lib/xxh64.h"
#include "lib/units.h"

extern const uint8_t monitor_start[], const_end[]; /* linker/monitor.ld */

/* The last page may end with data that changes, so its sum covers only the constants. */
static uint64_t sum_own_page(const struct selfcheck *check, uint32_t page)
{
	const uint8_t *at = check->base + page * PAGE_SIZE;
	uint64_t left = (uint64_t)(const_end - at);

	return xxh64(at, left < PAGE_SIZE ? left : PAGE_SIZE, 0);
}

static uint64_t sum_descriptors(void)
{
	struct descriptor_area area = descriptors_area();

	return xxh64(area.base, area.size, 0);
}

void selfcheck_init(struct selfcheck *check)
{
	uint64_t size = (uint64_t)(const_end - monitor_start);

	check->base = monitor_start;
	check->pages = (uint32_t)units_up(size, PAGE_SIZE);
	for (uint32_t page = 0; page < check->pages; page++)
		check->sum[page] = sum_own_page(check, page);
	check->descriptors = sum_descriptors();
}

/* The page's address if it changed, otherwise NULL. */
static const void *changed_page(const struct selfcheck *check, uint32_t page)
{
	return sum_own_page(check, page) == check->sum[page] ? NULL
							     : check->base + page * PAGE_SIZE;
}

const void *selfcheck_damage(const struct selfcheck *check)
{
	const void *changed = NULL;

	for (uint32_t page = 0; !changed && page < check->pages; page++)
		changed = changed_page(check, page);
	return changed;
}

const void *selfcheck_damage_in_turn(struct selfcheck *check)
{
	uint32_t pages = (uint32_t)units_up(check->pages, SELFCHECK_CALLS);
	const void *changed = NULL;

	for (uint32_t i = 0; !changed && i < pages; i++) {
		changed = changed_page(check, check->next);
		if (!changed)
			check->next = (check->next + 1) % check->pages;
	}
	return changed;
}

bool selfcheck_descriptors(const struct selfcheck *check)
{
	return sum_descriptors() == check->descriptors;
}
