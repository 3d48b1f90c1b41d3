// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * quick.c - the quick switch: docs/GUEST-ABI.md, section 8, step by step. Tick uses no PCI function,
 * so its list of them is empty.
 */
#include "tick.h"

int64_t quick_prepare(struct tick *tick, uint64_t op, uint64_t arg)
{
	static struct switchyard_call call __attribute__((aligned(8)));
	int64_t result;

	call = (struct switchyard_call){
		.size = sizeof(call),
		.service = SWITCHYARD_PREPARE,
		.kind = (uint32_t)op,
		.slot = (uint32_t)arg,
	};
	result = gate_call(tick, SWITCHYARD_SERVICE, (uint64_t)&call);
	if (result == SWITCHYARD_EREFUSED)
		say(tick, "%s", call.text);
	return result;
}

int64_t quick_call(struct tick *tick, uint64_t op, uint64_t arg)
{
	int64_t result = quick_prepare(tick, op | SWITCHYARD_QUICK, arg);
	uint64_t others;

	if (result < 0)
		return result;
	others = second_cpu_park(tick);
	result = gate_call(tick, op | SWITCHYARD_QUICK, arg | others << SWITCHYARD_OTHERS_SHIFT);
	second_cpu_await(tick, result);
	return result;
}
