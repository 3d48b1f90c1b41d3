/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * life.h - a slot's life as one table: its states, the events, and what follows from them.
 *
 *          load           boot            park
 *   empty -----> ready <--------> running <----> parked
 *                ^   ^     end     |      resume   |
 *                |   |             | crash         |
 *                |   |    kill     v     lose      |
 *                |   +-------- crashed <-----------+
 *                |                                 |
 *                +---------------------------------+
 *                                kill
 *
 * A slot that is parked, crashed or interrupted can get another image, which counts when it starts
 * afresh. A slot that is removed must be ready or empty. A slot is interrupted if an NMI took the
 * machine from it. It is like a parked slot, but it could have been in the middle of anything. A
 * slot that starts afresh is reset to ready first, from any state.
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
	LIFE_LOAD,   /* it gets an image, or another one; what it was doing is kept */
	LIFE_RESET,  /* it starts afresh: its memory is written again, and its old state is lost */
	LIFE_BOOT,   /* its kernel starts */
	LIFE_RESUME, /* it goes on where it was */
	LIFE_PARK,   /* its state is complete, and it no longer runs */
	LIFE_INTERRUPT, /* an NMI has taken the machine from it */
	LIFE_END,	/* its kernel has powered off, rebooted or halted */
	LIFE_CRASH,	/* its kernel has panicked, or faulted before it could say so */
	LIFE_LOSE, /* it does not run, and has lost devices that worked for it: the machine was reset */
	LIFE_RESTORE, /* it is put back to a snapshot */
	LIFE_KILL,    /* a person wants its state forgotten */
	LIFE_REMOVE,  /* it gives back its image, and then all that it has */
	LIFE_EVENTS,
};

/* What follows from an event: the new state, and more. */
struct life_step {
	enum switchyard_state next;
	bool counts;	      /* the slot has the machine once more */
	bool devices_running; /* its devices must be cut off before another kernel runs */
};

/* Sets the state that a slot has before its first event. */
void life_begin(struct slot *slot);

/* What follows from an event in a state. NULL if the event can't happen in that state. */
const struct life_step *life_step(enum switchyard_state state, enum life_event event);

/*
 * True if the event can happen to this slot now. Otherwise error names the slot and the reason, and
 * the way out if there is one.
 */
bool life_allows(const struct slot *slot, enum life_event event, struct error *error);

/*
 * Changes the slot's state as the event demands, and counts its runs. Returns what follows from the
 * event. life_allows() must allow it.
 */
const struct life_step *life_apply(struct slot *slot, enum life_event event);

#endif
