/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * multiboot2_info.h - writing a Multiboot2 kernel's boot information: Multiboot2 Specification 2.0,
 * section 3.6.
 */
#ifndef MONITOR_LOAD_MULTIBOOT2_INFO_H
#define MONITOR_LOAD_MULTIBOOT2_INFO_H

#include "monitor/load/multiboot.h"

/* load_base: where a relocatable kernel was put, 0 for others. */
bool multiboot2_write_info(const struct slot *slot, const struct load_context *context,
			   const struct multiboot_layout *layout, uint32_t load_base,
			   struct error *error);

#endif
