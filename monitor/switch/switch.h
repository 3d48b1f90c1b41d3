/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * switch.h - starting, parking and resuming slots: what commands, the menu and the gate ask for.
 */
#ifndef MONITOR_SWITCH_SWITCH_H
#define MONITOR_SWITCH_SWITCH_H

#include "monitor/monitor.h"

/* From now on, the monitor answers calls of the gate. Before any slot runs. */
void switch_init(struct monitor *monitor);

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

/*
 * After a fault that was reported: if a slot had the machine, it is marked crashed, and the machine
 * is quiet.
 */
void switch_fault(struct monitor *monitor);

/* Forgets a parked or crashed slot's state: it is ready again. */
bool switch_kill(struct monitor *monitor, struct slot *slot, struct error *error);

#endif
