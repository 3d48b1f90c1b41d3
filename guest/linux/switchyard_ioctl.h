/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * switchyard_ioctl.h - /dev/switchyard: what programs in a Linux guest ask of the driver.
 */
#ifndef SWITCHYARD_IOCTL_H
#define SWITCHYARD_IOCTL_H

#include <linux/ioctl.h>
#include "switchyard.h"

#define SWITCHYARD_DEVICE "/dev/switchyard"

/* All slots, as of the last switch, and what the driver knows of its own. */
struct switchyard_list {
	uint32_t self;	     /* number of this slot, counted from 1 */
	uint32_t slot_count; /* entries used of slot[] */
	uint64_t gate;	     /* physical address of the gate */
	uint64_t returns;    /* how often this kernel was parked and came back */
	uint64_t away_usec;  /* how long it was parked, the last time */
	struct switchyard_slot slot[SWITCHYARD_MAX_SLOTS];
};

/*
 * One request to give the machine away. The call returns -1 with errno if Linux could not be
 * suspended (EBUSY: another request, or a task or device that would not stop). Otherwise it
 * returns 0, when this slot is resumed or when the request is refused, and error says which.
 */
struct switchyard_request {
	uint32_t slot; /* in: number of the slot, counted from 1; SWITCHYARD_IOC_MONITOR: ignored */
	int32_t error; /* out: 0, or enum switchyard_error */
};

#define SWITCHYARD_IOC_LIST    _IOR('Y', 1, struct switchyard_list)
#define SWITCHYARD_IOC_SWITCH  _IOWR('Y', 2, struct switchyard_request)
#define SWITCHYARD_IOC_MONITOR _IOWR('Y', 3, struct switchyard_request)

/* What an enum switchyard_error means, for people. */
static inline const char *switchyard_error_text(int error)
{
	switch (error) {
	case SWITCHYARD_EBADOP:
		return "the monitor does not know this operation";
	case SWITCHYARD_ENOSLOT:
		return "no slot has that number";
	case SWITCHYARD_ESELF:
		return "that slot is this one";
	case SWITCHYARD_ECRASHED:
		return "that slot has crashed; start it afresh with \"boot\" at the monitor's console";
	case SWITCHYARD_EIMAGE:
		return "that slot's image could not be started; \"log\" at the monitor's console says why";
	case SWITCHYARD_ENOTBOOTCPU:
		return "the gate was not called on the boot CPU";
	case SWITCHYARD_ESTATE:
		return "this kernel uses CPU state that the monitor can't keep; "
		       "\"log\" at the monitor's console says which";
	case SWITCHYARD_EDAMAGED:
		return "that slot's memory was changed while it was parked; "
		       "\"switch SLOT\" at the monitor's console says where";
	default:
		return "the monitor gave an error that this program does not know";
	}
}

#endif
