/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * switch.h - to whom the machine goes: what commands, the menu and the gate ask for.
 */
#ifndef MONITOR_SWITCH_SWITCH_H
#define MONITOR_SWITCH_SWITCH_H

#include "monitor/switch/monitor.h"

/*
 * Starts a slot afresh from its pristine image; its former state, if any, is forgotten. Does not
 * return if it succeeds; false with a reason if not: then the slot is ready, and its memory may
 * have been written.
 */
bool switch_boot(struct monitor *monitor, struct slot *slot, struct error *error);

/*
 * Resumes a parked slot, or boots one that is ready. Refuses one that has crashed, or whose memory
 * was changed while it was parked (integrity.h). Does not return if it succeeds.
 */
bool switch_to(struct monitor *monitor, struct slot *slot, struct error *error);

/* The same, but does not look for changes. */
bool switch_force(struct monitor *monitor, struct slot *slot, struct error *error);

/* Resumes a parked slot, whatever happened to it; result is what its call of the gate returns. */
void switch_resume(struct monitor *monitor, struct slot *slot, int64_t result)
	__attribute__((noreturn));

/* Forgets a parked or crashed slot's state: it is ready again. */
bool switch_kill(struct monitor *monitor, struct slot *slot, struct error *error);

#endif
