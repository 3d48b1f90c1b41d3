/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * store.h - the store of pristine images: every slot's files, as the loader read them, in RAM of
 * the monitor's, so that a slot can be started afresh without firmware or disk.
 */
#ifndef MONITOR_PLAN_STORE_H
#define MONITOR_PLAN_STORE_H

#include "monitor/monitor.h"

/*
 * Copies the images of all slots into monitor->plan.store, with progress on the console, and points
 * the slots at them. Nobody needs the places where the loader put them after that.
 */
void store_fill(struct monitor *monitor);

/* Are a slot's images still what they were? If not, error names the one that changed. */
bool store_check(const struct slot *slot, struct error *error);

#endif
