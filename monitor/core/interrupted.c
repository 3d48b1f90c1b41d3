// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/core/interrupted.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"

#define TOLD_ALIGN 8
#define MOST_CPUS  64

bool interrupted_read(const struct slot *slot, uint64_t address,
		      struct switchyard_interrupted *told)
{
	if (address % TOLD_ALIGN || !slot_owns(slot, address, sizeof(*told)))
		return false;
	memcpy(told, phys(address), sizeof(*told));
	return told->size >= sizeof(*told) && told->size % TOLD_ALIGN == 0 &&
	       told->cpu_size >= sizeof(struct switchyard_registers) &&
	       told->cpu_size % TOLD_ALIGN == 0 && told->cpu_count <= MOST_CPUS &&
	       slot_owns(slot, address, told->size + (uint64_t)told->cpu_count * told->cpu_size);
}

/* The structure is read again, because another kernel may have changed it since. */
void interrupted_find_registers(uint64_t address, struct slot_memory *from)
{
	struct switchyard_interrupted told;

	if (!address || !interrupted_read(from->slot, address, &told))
		return;
	from->told = phys(address + told.size);
	from->told_count = told.cpu_count;
	from->told_size = told.cpu_size;
}
