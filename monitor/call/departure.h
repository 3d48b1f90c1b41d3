/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * departure.h - who gets the machine when a slot has left it by a call of the gate. The slot is
 * parked, or has ended, and its screen and serial port are saved.
 *
 * op and arg are those of the call (guest/linux/switchyard.h). damage: where the monitor's own code
 * or constants have changed; NULL: nowhere.
 */
#ifndef MONITOR_CALL_DEPARTURE_H
#define MONITOR_CALL_DEPARTURE_H

#include <stdint.h>
#include "monitor/switch/monitor.h"

/* Takes the person's terminal, and says there how the slot has left. */
void departure_tell(struct monitor *monitor, struct slot *slot, uint64_t op, uint64_t arg,
		    const void *damage);

/*
 * After a slot has ended or asked for the monitor: the successor gets the machine, or the person
 * decides, who always does if the monitor is damaged.
 */
__attribute__((noreturn)) void departure_to_next(struct monitor *monitor, struct slot *slot,
						 uint64_t op, uint64_t arg, const void *damage);

/* The slot is parked, and has named the next one. If that can't run, the slot goes on. */
__attribute__((noreturn)) void departure_to_target(struct monitor *monitor, struct slot *slot,
						   uint64_t op, uint64_t arg);

#endif
