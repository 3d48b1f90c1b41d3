/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * new_slot.h - slots that come and go while the monitor runs.
 *
 * A slot that is added is empty. It gets all that a slot from GRUB's lines has: a slice below 1 MiB
 * and a range, RAM for what is kept of it, and RAM for its picture. All of that, and its images, go
 * back to the pool when it is removed, which any slot can be.
 */
#ifndef MONITOR_SWITCH_NEW_SLOT_H
#define MONITOR_SWITCH_NEW_SLOT_H

#include "monitor/switch/monitor.h"

/*
 * Adds the slot that text describes (parse_slot_text()). Returns it. NULL, with the reason: nothing
 * has changed.
 */
struct slot *new_slot_add(struct monitor *monitor, const char *text, struct error *error);

/* Removes a slot. False, with the reason: nothing has changed. */
bool new_slot_remove(struct monitor *monitor, struct slot *slot, struct error *error);

#endif
