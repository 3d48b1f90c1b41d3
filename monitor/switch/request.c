// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/request.h"

static int64_t check_switch(const struct slot_table *slots, uint32_t current, uint64_t number)
{
	if (number < 1 || number > slots->count)
		return SWITCHYARD_ENOSLOT;
	if (number - 1 == current)
		return SWITCHYARD_ESELF;
	return slots->slot[number - 1].state == SWITCHYARD_CRASHED ? SWITCHYARD_ECRASHED : 0;
}

int64_t request_check(const struct slot_table *slots, uint32_t current, uint64_t op, uint64_t arg)
{
	switch (op) {
	case SWITCHYARD_SWITCH:
		return check_switch(slots, current, arg);
	case SWITCHYARD_END:
		return arg >= SWITCHYARD_END_POWEROFF && arg <= SWITCHYARD_END_HALT
			       ? 0
			       : SWITCHYARD_EBADOP;
	case SWITCHYARD_MONITOR:
	case SWITCHYARD_CRASH:
		return 0;
	}
	return SWITCHYARD_EBADOP;
}

void request_copy_message(char *to, uint32_t size, const char *from)
{
	uint32_t i = 0;

	for (; i < size - 1 && from[i]; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : ' ';
	to[i] = '\0';
}
