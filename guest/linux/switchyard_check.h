/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * switchyard_check.h - checks whether a slot may make a request at the gate.
 *
 * The monitor calls this function at each call of the gate. A guest may call it before. That helps
 * guests such as Linux, which suspends all devices before it calls the gate. The gate may still
 * refuse a request that is allowed here, for reasons that only the monitor knows.
 */
#ifndef SWITCHYARD_CHECK_H
#define SWITCHYARD_CHECK_H

#include "switchyard.h"

/* The number of the slot that SWITCH or BOOT names. */
static inline uint64_t switchyard_target(uint64_t op, uint64_t arg)
{
	return op == SWITCHYARD_BOOT ? arg & ~(uint64_t)SWITCHYARD_COME_BACK : arg;
}

/* True if a slot in that state (enum switchyard_state) has a kernel that does not run. */
static inline int switchyard_stands_still(uint32_t state)
{
	return state == SWITCHYARD_PARKED || state == SWITCHYARD_CRASHED ||
	       state == SWITCHYARD_INTERRUPTED;
}

/*
 * Checks a request of slot number self. slot, slot_count and self are as in struct switchyard_info.
 * Returns 0 or a negative enum switchyard_error.
 */
static inline int switchyard_check_plain(const struct switchyard_slot *slot, uint32_t slot_count,
					 uint32_t self, uint64_t op, uint64_t arg)
{
	uint64_t target = switchyard_target(op, arg);

	switch (op) {
	case SWITCHYARD_SWITCH:
	case SWITCHYARD_BOOT:
		if (target < 1 || target > slot_count || !slot[target - 1].state)
			return SWITCHYARD_ENOSLOT;
		if (target == self)
			return SWITCHYARD_ESELF;
		if (slot[target - 1].state == SWITCHYARD_EMPTY)
			return SWITCHYARD_EEMPTY;
		return op == SWITCHYARD_SWITCH && slot[target - 1].state == SWITCHYARD_CRASHED
			       ? SWITCHYARD_ECRASHED
			       : 0;
	case SWITCHYARD_END:
		return arg >= SWITCHYARD_END_POWEROFF && arg <= SWITCHYARD_END_HALT
			       ? 0
			       : SWITCHYARD_EBADOP;
	case SWITCHYARD_WAIT:
	case SWITCHYARD_GUARD:
	case SWITCHYARD_PARK:
		return arg ? SWITCHYARD_EBADOP : 0;
	case SWITCHYARD_MONITOR:
	case SWITCHYARD_CRASH:
	case SWITCHYARD_INTERRUPT:
	case SWITCHYARD_SNAPSHOT:
		return 0;
	}
	return SWITCHYARD_EBADOP;
}

/* The same for a request that may have flags. */
static inline int switchyard_check(const struct switchyard_slot *slot, uint32_t slot_count,
				   uint32_t self, uint64_t op, uint64_t arg)
{
	uint64_t flags = op & SWITCHYARD_FLAGS;
	uint64_t plain = op & ~flags;

	if (flags && plain != SWITCHYARD_SWITCH && plain != SWITCHYARD_MONITOR &&
	    plain != SWITCHYARD_BOOT && plain != SWITCHYARD_SNAPSHOT)
		return SWITCHYARD_EBADOP;
	if (flags & (SWITCHYARD_QUICK | SWITCHYARD_KEEP_CPUS))
		arg &= (1ull << SWITCHYARD_OTHERS_SHIFT) - 1;
	return switchyard_check_plain(slot, slot_count, self, plain, arg);
}

#endif
