/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * picture.h - what a slot showed on the framebuffer, kept while it is parked: each slot finds its
 * own screen again, as it does in text mode (arch/x86/screen/vga_text.h).
 *
 * All slots share one framebuffer in one mode. None of this does anything without one.
 */
#ifndef MONITOR_SWITCH_PICTURE_H
#define MONITOR_SWITCH_PICTURE_H

#include "monitor/switch/monitor.h"

/*
 * Takes RAM for a picture of each slot, after plan_slots(). Where there is none, the log says so,
 * and a slot that returns finds a black screen.
 */
void picture_init(struct monitor *monitor);

/* A mirrored pair: for the slot number index (from 0) that is parked, or resumed. */
void picture_save(const struct monitor *monitor, uint32_t index);
void picture_restore(const struct monitor *monitor, uint32_t index);

#endif
