// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/selfcheck.h"
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

const void *selfcheck_damage(const struct selfcheck *check)
{
	for (uint32_t page = 0; page < check->pages; page++)
		if (sum_own_page(check, page) != check->sum[page])
			return check->base + page * PAGE_SIZE;
	return NULL;
}

bool selfcheck_descriptors(const struct selfcheck *check)
{
	return sum_descriptors() == check->descriptors;
}
