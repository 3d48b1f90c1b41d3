/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mapping.h - computes how far the monitor's page tables must reach, and handles memory beyond
 * them.
 */
#ifndef MONITOR_PLAN_MAPPING_H
#define MONITOR_PLAN_MAPPING_H

#include "lib/error.h"
#include "monitor/plan/plan.h"

/* The physical address behind RAM, or behind the framebuffer if that is higher. */
uint64_t mapping_end(const struct plan *plan, const struct boot_info *boot);

/* The physical address behind the framebuffer; 0: there is none. */
uint64_t mapping_framebuffer_end(const struct boot_info *boot);

/*
 * Removes from boot a framebuffer that the monitor can't use, or that reaches above limit, and
 * returns false with a line that says so. limit is the end of memory that can be mapped.
 */
bool mapping_check_framebuffer(struct boot_info *boot, uint64_t limit, struct error *error);

/* Removes RAM above limit from boot's map. Returns how many bytes it removed. */
uint64_t mapping_cut_ram(struct boot_info *boot, uint64_t limit);

#endif
