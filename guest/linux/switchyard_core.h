/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * switchyard_core.h - what the driver's core does for those who hook it into a kernel.
 *
 * The core (core_*.c) finds the monitor, takes requests from programs and keys, calls the gate and
 * corrects the clock. How Linux stops, ends and crashes it does not know: the hooks tell it. For a
 * stock kernel that is hooks_*.c, which borrow what such a kernel has for others. A patched kernel
 * calls the same functions from the proper places.
 */
#ifndef SWITCHYARD_CORE_H
#define SWITCHYARD_CORE_H

#include <linux/types.h>
#include "switchyard.h"
#include "switchyard_ioctl.h"

/* Linux numbers the CPU it boots on 0, and the gate wants to be called there. */
#define SWITCHYARD_BOOT_CPU 0

/* Returns 0, or a negative errno and has printed the reason. Requests are refused at first. */
int switchyard_core_init(void);
void switchyard_core_exit(void);

/* The number of the slot that this kernel runs in, counted from 1. */
u32 switchyard_self(void);

/* How to stop Linux. Both functions sleep. */
struct switchyard_way {
	/* Is there a device that would not come back? It is filled in then. Nothing is suspended yet. */
	bool (*find_lost)(struct switchyard_lost *lost);
	/*
	 * Suspends Linux, and returns when it is resumed: 0, or a negative errno. Meanwhile
	 * switchyard_request_begin(), _enter() and _end() are called, in this order.
	 */
	int (*suspend)(void);
};

/*
 * From now on requests take this way. NULL: they are refused, and none is under way when this
 * function returns. Sleeps.
 */
void switchyard_request_hook(const struct switchyard_way *way);

/* Does the calling task suspend Linux because of a request? */
bool switchyard_request_suspends(void);

/* Before devices are suspended. */
void switchyard_request_begin(void);

/*
 * All is suspended; on the boot CPU, interrupts off, the other CPUs offline. Calls the gate. Returns
 * 0 when this slot is resumed, -ECANCELED if the gate refuses.
 */
int switchyard_request_enter(void);

/* Devices are back, tasks are not yet: none of them sees the clock before it is right. */
void switchyard_request_end(void);

/*
 * This kernel ends, or it has crashed. On the boot CPU, in any context, NMI too. Both return only if
 * the gate refuses, and have printed why.
 */
void switchyard_end(enum switchyard_end reason);
void switchyard_crash(void);

/* Tells the monitor why this kernel is about to crash. */
void switchyard_crash_note(const char *message);

#endif
