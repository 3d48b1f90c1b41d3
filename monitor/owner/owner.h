/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * owner.h - which PCI functions are whose.
 *
 * A slot's devices= names those that are meant for it. What counts is what its kernel tells, which
 * may differ: devices= stands in for that only until the kernel has told.
 *
 * A kernel tells which functions it uses before it leaves the machine. If it leaves by a quick
 * switch, they go on working for it. Then no other kernel may touch them: not one that uses one of
 * them, too, and not one that starts, because that looks at all functions.
 */
#ifndef MONITOR_OWNER_OWNER_H
#define MONITOR_OWNER_OWNER_H

#include "lib/error.h"
#include "monitor/slot/slot.h"

/* What a slot is asked to do with the machine. */
struct owner_request {
	const struct slot *from; /* who leaves; NULL: nobody */
	const struct slot *to;	 /* who gets it; NULL: the monitor */
	bool quick;		 /* from's functions go on working */
	bool boot;		 /* to starts afresh */
};

/*
 * Notes the functions that the slot's kernel uses: count addresses from a guest. If the monitor does
 * not know one of them, it returns false with a reason. It can't mask the interrupts of that one.
 */
bool owner_tell(struct slot *slot, const uint16_t *addresses, uint32_t count, struct error *error);

/*
 * Finds the functions that the slot's devices= names. If another slot's names one of them, too, it
 * returns false with a reason that has both slots' names. missing() gets a line for each entry that
 * no function answers to.
 */
bool owner_claim(const struct slot_table *slots, struct slot *slot, report_fn missing,
		 void *context, struct error *error);

/* The same for all slots, before any of them runs. The second of two is reported and removed. */
void owner_claim_all(struct slot_table *slots, report_fn wrong, report_fn missing, void *context);

/*
 * The slot that the function with that number works for while it is parked; else that whose devices=
 * names it. NULL: none.
 */
const struct slot *owner_of(const struct slot_table *slots, uint32_t function);

/* Returns false if functions that work for a parked slot would be disturbed. The reason has names. */
bool owner_allows(const struct slot_table *slots, const struct owner_request *request,
		  struct error *error);

/*
 * The slot ends, crashes, or starts afresh. If its functions worked while it was parked, they stop
 * now, before its memory is used for anything else.
 */
void owner_end(struct slot *slot);

#endif
