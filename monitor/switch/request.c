// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/request.h"
#include "guest/linux/switchyard_check.h"

int64_t request_check(const struct slot_table *slots, uint32_t current, uint64_t op, uint64_t arg)
{
	struct switchyard_slot rows[SWITCHYARD_MAX_SLOTS] = {0};

	/* The list is made here, because the guest can write to its own copy. */
	for (uint32_t i = 0; i < slots->count; i++)
		rows[i].state = (uint8_t)slots->slot[i].state;
	return switchyard_check(rows, slots->count, current + 1, op, arg);
}

void request_copy_message(char *to, uint32_t size, const char *from)
{
	uint32_t i = 0;

	for (; i < size - 1 && from[i]; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : ' ';
	to[i] = '\0';
}
