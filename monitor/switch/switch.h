/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * switch.h - starts and resumes slots, for commands, the menu and the gate.
 */
#ifndef MONITOR_SWITCH_SWITCH_H
#define MONITOR_SWITCH_SWITCH_H

#include "monitor/switch/monitor.h"

/*
 * Starts a slot afresh from its pristine image, and forgets its former state. It does not return if
 * it succeeds. On failure it returns false with a reason; the slot is ready then, and its memory
 * may have been written. It refuses if devices work for a parked slot (owner.h). The second
 * function does not look at that.
 */
bool switch_boot(struct monitor *monitor, struct slot *slot, struct error *error);
bool switch_boot_force(struct monitor *monitor, struct slot *slot, struct error *error);

/* The same. When the slot ends or crashes, the slot that tries it gets the machine. */
bool switch_try(struct monitor *monitor, struct slot *slot, const struct slot *tries,
		struct error *error);

/*
 * The same for the slot `via`, whose kernel gets the memory of a slot that does not run as its
 * /proc/vmcore (dump_slot.h).
 */
bool switch_dump(struct monitor *monitor, const struct slot *slot, struct slot *via,
		 struct error *error);

/*
 * Resumes a parked slot, or boots one that is ready. It refuses a slot that has crashed, one whose
 * memory was changed while it was parked (integrity.h), and one that would disturb devices of
 * another slot (owner.h). It does not return if it succeeds.
 */
bool switch_to(struct monitor *monitor, struct slot *slot, struct error *error);

/* The same, but it does not look for changes, or at devices. */
bool switch_force(struct monitor *monitor, struct slot *slot, struct error *error);

/*
 * If a slot has ended with its devices active, they stop now. It is called before the memory that
 * they write to gets another owner.
 */
void switch_stop_ended_devices(struct monitor *monitor);

/* Resumes a parked slot without any check. Its call of the gate returns result. */
void switch_resume(struct monitor *monitor, struct slot *slot, int64_t result)
	__attribute__((noreturn));

/* Forgets the state of a parked or crashed slot. The slot is ready after it. */
bool switch_kill(struct monitor *monitor, struct slot *slot, struct error *error);

#endif
