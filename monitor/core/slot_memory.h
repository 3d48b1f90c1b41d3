/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * slot_memory.h - what a reader of the memory of a slot that does not run needs to know:
 * SWITCHYARD_MEMORY in switchyard.h.
 */
#ifndef MONITOR_CORE_SLOT_MEMORY_H
#define MONITOR_CORE_SLOT_MEMORY_H

#include "arch/x86/gate/cpu_context.h"
#include "monitor/core/guest_memory.h"
#include "monitor/slot/slot.h"

struct slot_memory {
	const struct slot *slot;
	struct cpu_context *const *cpu;	   /* the slot's CPUs; NULL: it lacks that one */
	uint32_t cpu_count;		   /* entries of cpu[], 64 at most */
	uint64_t registers;		   /* those of them whose contexts count, bit by bit */
	const struct guest_memory *memory; /* of its Linux kernel; NULL: there is no note */
	uint64_t note;			   /* physical address of VMCOREINFO */
};

/* Writes it to memory. Returns how many bytes, or 0 if they are more than room. */
uint64_t slot_memory_tell(const struct slot_memory *from, void *to, uint64_t room);

#endif
