/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernel_symbols.h - what a Linux kernel that does not run calls an address: the table of
 * /proc/kallsyms (kernel/kallsyms.c), which VMCOREINFO names since Linux 6.0. Modules are not in
 * it.
 *
 * The kernel's memory holds it, so nothing in it is trusted.
 */
#ifndef MONITOR_CORE_KERNEL_SYMBOLS_H
#define MONITOR_CORE_KERNEL_SYMBOLS_H

#include <stdbool.h>
#include "monitor/core/guest_memory.h"
#include "monitor/core/vmcoreinfo.h"

#define KERNEL_SYMBOL_TEXT 96 /* "name+0x1f"; a longer name is cut */

/* Writes the name of the symbol at the address or before it. False: there is none that can be read. */
bool kernel_symbols_name(const struct guest_memory *memory, const struct vmcoreinfo *info,
			 uint64_t address, char text[KERNEL_SYMBOL_TEXT]);

#endif
