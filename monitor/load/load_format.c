// SPDX-License-Identifier: GPL-2.0-only
/*
 * load_format.c - sums that the loaders of all formats need.
 */
#include "monitor/load/load_format.h"

uint64_t load_extra_size(const struct slot *slot)
{
	uint64_t size = page_up(slot->initrd.size);

	for (uint32_t i = 0; i < slot->module_count; i++)
		size += page_up(slot->module[i].size);
	return size;
}
