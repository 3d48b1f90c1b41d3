/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * picture.h - keeps the framebuffer's contents of a parked slot, so that each slot finds its own
 * screen again, as it does in text mode (arch/x86/screen/vga_text.h).
 *
 * All slots share one framebuffer in one mode. Without a framebuffer, these functions do nothing.
 */
#ifndef MONITOR_SWITCH_PICTURE_H
#define MONITOR_SWITCH_PICTURE_H

#include "monitor/switch/monitor.h"

/*
 * Takes RAM for a picture of each slot. It is called after kept_state_init(). If there is not enough
 * RAM, the log says so, and a slot finds a black screen when it is resumed.
 */
void picture_init(struct monitor *monitor);

/*
 * The same for slot number index, which comes later. False: it will find a black screen. The RAM of
 * its picture is given back when it is removed.
 */
bool picture_add(struct monitor *monitor, uint32_t index);
void picture_drop(struct monitor *monitor, uint32_t index);

/* A mirrored pair, for slot number index (from 0) when it is parked or resumed. */
void picture_save(const struct monitor *monitor, uint32_t index);
void picture_restore(const struct monitor *monitor, uint32_t index);

#endif
