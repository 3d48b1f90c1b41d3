/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * life.h - a slot's life: its states, what can happen to it, and what follows, as one table.
 *
 *          load           boot            park
 *   empty -----> ready <--------> running <----> parked
 *                ^   ^     end     |      resume   |
 *                |   |             | crash         |
 *                |   |    kill     v               |
 *                |   +-------- crashed             |
 *                |                                 |
 *                +---------------------------------+
 *                                kill
 *
 * A slot that an NMI took the machine from is interrupted: it is as one that is parked, but it was
 * in the middle of anything. To start afresh, a slot is reset to ready first, whatever it was.
 *
 * Only life_begin() and life_apply() change slot->state.
 */
#ifndef MONITOR_SLOT_LIFE_H
#define MONITOR_SLOT_LIFE_H

#include <stdbool.h>
#include "guest/linux/switchyard.h"
#include "lib/error.h"
#include "monitor/slot/slot.h"

enum life_event {
	LIFE_LOAD,   /* it gets an image */
	LIFE_RESET,  /* it is to start afresh: its memory is written, and what it was is gone */
	LIFE_BOOT,   /* its kernel starts */
	LIFE_RESUME, /* it goes on where it was */
	LIFE_PARK,   /* its state is complete, and it no longer runs */
	LIFE_END,    /* its kernel has powered off, rebooted or halted */
	LIFE_CRASH,  /* its kernel has panicked, or faulted before it could say so */
	LIFE_KILL,   /* a person wants its state forgotten */
	LIFE_EVENTS,
};

/* What follows from an event, beside the new state. */
struct life_step {
	enum switchyard_state next;
	bool counts;	      /* the slot has the machine once more */
	bool devices_running; /* its devices must be cut off before another kernel runs */
};

/* What a slot is before anything happened to it. */
void life_begin(struct slot *slot);

/* What follows if that happens to a slot in that state; NULL: it can't happen. */
const struct life_step *life_step(enum switchyard_state state, enum life_event event);

/*
 * Can that happen to this slot now? False with a reason that names the slot and, where there is
 * one, the way out.
 */
bool life_allows(const struct slot *slot, enum life_event event, struct error *error);

/*
 * It happens: changes the slot's state, and counts its runs. Returns what followed. The event must
 * be one that life_allows().
 */
const struct life_step *life_apply(struct slot *slot, enum life_event event);

#endif
