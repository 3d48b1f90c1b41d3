// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/call/answer.h"
#include <stddef.h>
#include "arch/x86/memory/phys.h"
#include "monitor/switch/slot_block.h"

struct slot *answer_self(const struct answer *answer)
{
	return &answer->monitor->slots.slot[answer->monitor->current];
}

bool answer_in_own_ram(const struct monitor *monitor, uint64_t address, uint64_t size)
{
	return slot_owns(&monitor->slots.slot[monitor->current], address, size);
}

void *answer_buffer(struct answer *answer)
{
	const struct switchyard_call *call = &answer->call;

	if (call->length && answer_in_own_ram(answer->monitor, call->address, call->length))
		return phys(call->address);
	fail(&answer->error, "a buffer of %lu bytes at %#lx; expected all of it in this slot's RAM",
	     call->length, call->address);
	return NULL;
}

int64_t answer_result(bool done)
{
	return done ? 0 : SWITCHYARD_EREFUSED;
}

void answer_publish(const struct answer *answer)
{
	slot_block_publish(&answer->monitor->slots, answer->monitor->current);
}
