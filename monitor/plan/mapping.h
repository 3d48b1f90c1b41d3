/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * mapping.h - how far the monitor's page tables have to reach, and what lies beyond that.
 */
#ifndef MONITOR_PLAN_MAPPING_H
#define MONITOR_PLAN_MAPPING_H

#include "lib/error.h"
#include "monitor/plan/plan.h"

/* Where RAM ends, or the framebuffer if that is higher. */
uint64_t mapping_end(const struct plan *plan, const struct boot_info *boot);

/* Physical address behind the framebuffer; 0: there is none. */
uint64_t mapping_framebuffer_end(const struct boot_info *boot);

/*
 * A framebuffer that the monitor can't use, or that lies above limit, is taken out of boot: false
 * then, with a line that says so. limit is where what can be mapped ends.
 */
bool mapping_check_framebuffer(struct boot_info *boot, uint64_t limit, struct error *error);

/* Takes RAM above limit out of boot's map: as good as reserved. Returns how many bytes that are. */
uint64_t mapping_cut_ram(struct boot_info *boot, uint64_t limit);

#endif
