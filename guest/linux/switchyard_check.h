/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * switchyard_check.h - may a slot ask this of the gate?
 *
 * The monitor asks this function at each call of the gate. A guest asks it first if its way to the
 * gate is long, as Linux's is, which suspends all devices: a refusal then costs nothing. The gate
 * may still refuse what is allowed here, for reasons that only the monitor can see.
 */
#ifndef SWITCHYARD_CHECK_H
#define SWITCHYARD_CHECK_H

#include "switchyard.h"

/*
 * Looks at a call of the gate by slot number self. slot, slot_count, self: as in struct
 * switchyard_info. 0, or a negative enum switchyard_error.
 */
static inline int switchyard_check(const struct switchyard_slot *slot, uint32_t slot_count,
				   uint32_t self, uint64_t op, uint64_t arg)
{
	switch (op) {
	case SWITCHYARD_SWITCH:
		if (arg < 1 || arg > slot_count)
			return SWITCHYARD_ENOSLOT;
		if (arg == self)
			return SWITCHYARD_ESELF;
		return slot[arg - 1].state == SWITCHYARD_CRASHED ? SWITCHYARD_ECRASHED : 0;
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

#endif
