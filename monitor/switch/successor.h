/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * successor.h - who gets the machine when a slot's kernel has ended.
 *
 * A machine that nobody looks at comes back by itself: if no person has shown up, or if the slot
 * that `on-end=` or `on-crash=` names can't run, a countdown leads to the slot that ran last.
 */
#ifndef MONITOR_SWITCH_SUCCESSOR_H
#define MONITOR_SWITCH_SUCCESSOR_H

#include <stdint.h>
#include "lib/error.h"
#include "monitor/slot/slot.h"

struct monitor;

struct succession {
	uint64_t turns;	      /* that slots have had so far */
	uint64_t since;	      /* clock_us() when the last one began */
	uint64_t automatic;   /* the turn that a successor got last */
	uint32_t quick_ends;  /* automatic turns in a row that ended soon */
	struct slot *faulted; /* the slot that the fault under report has ended, or NULL */
};

/* Notes that slot gets the machine. Each start and each resumption calls it. */
void succession_begin_turn(struct succession *succession, struct slot *slot);

/* Who comes next when the slot has crashed, or has ended. */
const struct successor *successor_of(const struct slot *slot, bool crashed);

/* True if another slot comes next after that crash, and can run. */
bool successor_is_there(struct monitor *monitor, const struct slot *crashed);

/*
 * Gives the machine to the successor of slot, which has just ended. It returns if the person is to
 * decide. The terminal is the monitor's, and the machine is quiet.
 */
void successor_start(struct monitor *monitor, struct slot *slot, const struct successor *successor);

/*
 * The same after a fault, for succession.faulted. A fault while a successor was started has ended
 * no slot. It returns then, because the successor must not be started once more.
 */
void successor_start_after_fault(struct monitor *monitor);

/*
 * No slot can run any more. A machine that nobody looks at is reset after a countdown, so that it
 * comes back. It returns if the person is to decide.
 */
void successor_reset(const struct monitor *monitor);

/* Reports each `on-end=` and `on-crash=` that names a slot that is not there. */
void successor_check(struct slot_table *slots, report_fn report, void *context);

#endif
