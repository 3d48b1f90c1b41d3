/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * interrupted.h - what a kernel tells that an NMI has stopped: struct switchyard_interrupted, in
 * its own RAM. Nothing of it is trusted.
 */
#ifndef MONITOR_CORE_INTERRUPTED_H
#define MONITOR_CORE_INTERRUPTED_H

#include "monitor/core/slot_memory.h"

/* False: no such structure, with all its registers, lies at that address in the slot's RAM. */
bool interrupted_read(const struct slot *slot, uint64_t address,
		      struct switchyard_interrupted *told);

/*
 * Finds the registers that the slot's kernel has told, at that address. They count instead of those
 * of CPUs in the gate, where only the NMI's handler was. 0: it has told none.
 */
void interrupted_find_registers(uint64_t address, struct slot_memory *from);

#endif
