/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parking.h - what is kept of a slot that has called the gate and leaves the machine, and what the
 * person is told of it. These lines may go to the slot's screen and serial port, so those are saved
 * before.
 */
#ifndef MONITOR_CALL_PARKING_H
#define MONITOR_CALL_PARKING_H

#include <stdbool.h>
#include <stdint.h>
#include "monitor/switch/kept_state.h"
#include "monitor/switch/monitor.h"

/*
 * After this, the machine is quiet, and the slot's state is complete. Other CPUs may have been in
 * the gate. platform_save() has stopped them, so they are marked as idle. A slot that ends or
 * crashes may have done so in the middle of anything (kept_state_save()).
 */
void parking_keep(struct monitor *monitor, const struct slot *slot, struct kept_state *kept,
		  enum kept_how how);

/* Takes checksums of the parked slot, and warns of kernel text that has changed. */
void parking_take_checksums(struct monitor *monitor, const struct slot *slot,
			    struct kept_state *kept, bool quick);

/* Warns of a watchdog that nobody can stop. */
void parking_warn_of_watchdog(struct monitor *monitor, const struct slot *slot);

/* Says so if fewer CPUs, the bits of `crew`, have come along than were to: `others`. */
void parking_warn_of_lost_cpus(struct monitor *monitor, const struct slot *slot, uint32_t others,
			       uint64_t crew);

#endif
