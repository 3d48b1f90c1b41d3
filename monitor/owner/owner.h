/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * owner.h - which PCI functions are whose.
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

/* Returns false if functions that work for a parked slot would be disturbed. The reason has names. */
bool owner_allows(const struct slot_table *slots, const struct owner_request *request,
		  struct error *error);

/*
 * The slot ends, crashes, or starts afresh. If its functions worked while it was parked, they stop
 * now, before its memory is used for anything else.
 */
void owner_end(struct slot *slot);

#endif
