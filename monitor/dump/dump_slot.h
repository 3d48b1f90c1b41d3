/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dump_slot.h - a dump slot: one whose Linux kernel shows another slot's memory as /proc/vmcore, as
 * a crash kernel of kdump does. The kernel finds ELF headers by elfcorehdr= on its command line,
 * and they say where the memory is. They lie in RAM of the pool, which is reserved in its memory
 * map.
 */
#ifndef MONITOR_DUMP_DUMP_SLOT_H
#define MONITOR_DUMP_DUMP_SLOT_H

#include <stdbool.h>
#include "lib/error.h"
#include "monitor/core/slot_memory.h"
#include "monitor/plan/plan.h"
#include "monitor/slot/slot.h"

/* False, with the reason: via can't start as a dump slot of that slot. */
bool dump_slot_possible(const struct slot *slot, const struct slot *via, struct error *error);

/*
 * Makes via the dump slot of a slot, when it starts the next time. On failure, with the reason, it
 * is no dump slot.
 */
bool dump_slot_make(struct plan *plan, const struct slot_memory *from, struct slot *via,
		    struct error *error);

/*
 * True if a 32-bit kernel's memory is shown by a 64-bit one: Linux takes no headers for the i386
 * there, so they say x86-64.
 */
bool dump_slot_changes_kind(const struct slot_memory *from, const struct slot *via);

/* The slot is a dump slot no more. Its kernel must not run, nor be one that can go on. */
void dump_slot_drop(struct plan *plan, struct slot *via);

/*
 * False, with the reason: a dump slot has this slot's memory, and runs or can go on. Until it is
 * over, the memory must not change.
 */
bool dump_slot_allows(const struct slot_table *slots, const struct slot *slot, struct error *error);

#endif
