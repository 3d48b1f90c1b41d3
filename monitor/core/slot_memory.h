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
	const uint8_t *told;		   /* registers that its kernel has told; NULL: none */
	uint32_t told_count, told_size;	   /* of how many CPUs, and bytes of each */
	const struct guest_memory *memory; /* of its Linux kernel; NULL: there is no note */
	uint64_t note;			   /* physical address of VMCOREINFO */
};

/* The page tables that CR3 and CR4 name, which may lie in the slot's block: EFI's services use those. */
struct page_walk slot_memory_tables(const struct slot *slot, uint64_t cr3, uint64_t cr4);

/* The CPUs whose registers are known, one after the other: it begins as {0}. */
struct slot_memory_cpus {
	struct switchyard_registers registers;
	uint32_t next, number;
};

/* Goes to the next one. Returns false if there is none. */
bool slot_memory_next_cpu(const struct slot_memory *from, struct slot_memory_cpus *cpus);

/*
 * Reads size bytes at a virtual address of the slot's kernel: by the page tables of each CPU whose
 * registers are known, then by those that the kernel's note names. Returns false if one of them
 * does not lie in the slot's RAM; *bad is its address.
 */
bool slot_memory_read(const struct slot_memory *from, uint64_t address, uint8_t *to, uint32_t size,
		      uint64_t *bad);

/* Writes it to memory. Returns how many bytes, or 0 if they are more than room. */
uint64_t slot_memory_tell(const struct slot_memory *from, void *to, uint64_t room);

#endif
