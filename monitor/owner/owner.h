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

/* What a kernel tells of itself. All of it is from a guest. */
struct owner_told {
	const uint16_t *addresses; /* of the functions that it uses */
	uint32_t count;
	uint64_t besides; /* SWITCHYARD_USES_* */
};

/*
 * Notes the functions that the slot's kernel uses. If the monitor does not know one of them, it
 * returns false with a reason. It can't mask the interrupts of that one.
 */
bool owner_tell(struct slot *slot, const struct owner_told *told, struct error *error);

/*
 * Finds the functions that the slot's devices= names. If another slot's names one of them, too, it
 * returns false with a reason that has both slots' names. missing() gets a line for each entry that
 * no function answers to.
 */
bool owner_claim(const struct slot_table *slots, struct slot *slot, report_fn missing,
		 void *context, struct error *error);

/* The same for all slots, before any of them runs. The second of two is reported and removed. */
void owner_claim_all(struct slot_table *slots, report_fn wrong, report_fn missing, void *context);

/* By this number, functions that work for the slot are known (pci.h). */
uint32_t owner_number(const struct slot_table *slots, const struct slot *slot);

/*
 * The slot that the function with that number works for while it is parked; else that whose
 * devices= names it. NULL: none.
 */
const struct slot *owner_of(const struct slot_table *slots, uint32_t function);

/*
 * Writes the functions that the slot's devices= names, as lines like "0000:00:10.0", as far as size
 * bytes hold whole lines. Returns how many bytes that are; there is no NUL.
 */
uint32_t owner_list(const struct slot *slot, char *to, uint32_t size);

/*
 * Returns false, with the reason, if an NMI has interrupted the slot, and it can't go on where it
 * was: a CPU was lost, or another kernel has used its devices since.
 */
bool owner_goes_on(const struct slot *slot, struct error *error);

/*
 * Returns false if functions that work for a parked slot would be disturbed. The reason has names.
 * A person interrupts a slot to get at the machine, so that one's functions do not keep others
 * away.
 */
bool owner_allows(const struct slot_table *slots, const struct owner_request *request,
		  struct error *error);

/*
 * The slot has left its devices working. Returns false, with the reason, if the monitor could not
 * mask one of those that its kernel has told, because another one is there, or none.
 */
bool owner_all_work(const struct slot_table *slots, const struct slot *slot, struct error *error);

/*
 * The slot ends, crashes, or starts afresh. If its functions worked while it was parked, they stop
 * now, before its memory is used for anything else.
 */
void owner_end(const struct slot_table *slots, struct slot *slot);

/*
 * A slot gets the machine. If that was forced, or another slot is interrupted, it may use functions
 * that work for that one: all of them if it starts afresh, or has not told. They stop now, and are
 * nobody's. A parked slot that lost some is resumed by force only, and an interrupted one not at
 * all. report() gets a line for each such slot.
 */
void owner_take(struct slot_table *slots, const struct slot *to, bool boot, report_fn report,
		void *context);

#endif
