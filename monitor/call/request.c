// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/call/request.h"
#include <stddef.h>
#include "arch/x86/platform/platform.h"
#include "guest/linux/switchyard_check.h"
#include "monitor/dump/dump_slot.h"
#include "monitor/owner/owner.h"
#include "monitor/switch/slot_block.h"

int64_t request_check(const struct slot_table *slots, uint32_t current, uint64_t op, uint64_t arg)
{
	struct switchyard_slot rows[SWITCHYARD_MAX_SLOTS] = {0};

	/* The list is made here, because the guest can write to its own copy. */
	for (uint32_t i = 0; i < slots->count; i++)
		rows[i].state = (uint8_t)slots->slot[i].state;
	return switchyard_check(rows, slots->count, current + 1, op, arg);
}

uint64_t request_op(const struct request *request)
{
	return request->op & ~(uint64_t)SWITCHYARD_FLAGS;
}

uint32_t request_slot(const struct request *request)
{
	return (uint32_t)switchyard_target(request_op(request), (uint32_t)request->arg);
}

/* The slot that the request names; NULL: the monitor. The request is one that request_check() allows. */
static const struct slot *slot_of(const struct monitor *monitor, const struct request *request)
{
	return request_op(request) == SWITCHYARD_SWITCH || request_op(request) == SWITCHYARD_BOOT
		       ? &monitor->slots.slot[request_slot(request) - 1]
		       : NULL;
}

bool request_allowed(const struct monitor *monitor, const struct slot *slot,
		     const struct request *request, struct error *error)
{
	const struct slot *to = slot_of(monitor, request);
	struct owner_request asks = {
		.from = slot,
		.to = to,
		.quick = request->op & SWITCHYARD_QUICK,
		.boot = to && (request_op(request) == SWITCHYARD_BOOT || !slot_waits(to)),
	};

	if (to && (!dump_slot_allows(&monitor->slots, to, error) ||
		   (asks.boot && !slot_block_allows(monitor, to, error))))
		return false;
	if (asks.quick && platform_translates())
		return fail(error, "an IOMMU translates what its devices write; only a deep switch "
				   "stops them");
	if (request->op & SWITCHYARD_FORCED && !asks.quick)
		return true;
	if (request->op & SWITCHYARD_FORCED)
		asks.to = NULL;
	else if (to && !asks.boot &&
		 !storage_goes_on(&monitor->storage, slot_index(&monitor->slots, to), to, error))
		return false;
	return owner_allows(&monitor->slots, &asks, error);
}

void request_copy_message(char *to, uint32_t size, const char *from)
{
	uint32_t i = 0;

	for (; i < size - 1 && from[i]; i++)
		to[i] = from[i] >= ' ' && from[i] <= '~' ? from[i] : ' ';
	to[i] = '\0';
}
