/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * driver.h - the parts of switchyard.ko, the guest driver for stock Linux kernels.
 *
 * request.c gives the machine away and gets it back (a "deep" switch, by way of the PM
 * core); ending.c and crash.c give it away for good. All of them call the gate in gate.c.
 * device.c and keys.c are where requests come from.
 *
 * Functions named *_init() return 0 or a negative errno and have printed the reason; their
 * *_exit() undoes them.
 */
#ifndef SWITCHYARD_DRIVER_H
#define SWITCHYARD_DRIVER_H

#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "switchyard.h"

/* Linux numbers the CPU it boots on 0, and the gate wants to be called there. */
#define BOOT_CPU 0

/* The gate, and the top-level page table that is in CR3 while it is called. */
struct gate {
	u64 entry;    /* physical address of the function */
	u64 identity; /* physical address of the table that maps the first 512 GiB to themselves */
	u64 *top;     /* a page of our own, filled at each call */
};

/* A moment, on the wall clock and on the time-stamp counter. */
struct clock_mark {
	u64 tsc;
	ktime_t real;
};

/* What goes on in the one switch that can be under way. */
struct request {
	struct mutex lock;
	bool active;  /* pm_suspend() was called by us */
	bool entered; /* the gate was called */
	u32 op;	      /* enum switchyard_op */
	u32 slot;     /* its argument */
	s64 result;   /* what the gate returned */
	struct clock_mark begin;

	struct workqueue_struct *queue; /* for requests from interrupts */
	struct work_struct later;
	u32 later_slot; /* 0: the monitor */
};

/*
 * The driver's state. There is one: callbacks of the PM core, of syscore and of SysRq take no
 * context.
 */
struct driver {
	struct switchyard_info *info; /* the monitor's; of it we write only notes */
	struct gate gate;
	struct request request;
	u64 returns;   /* how often the gate brought us back */
	u64 away_usec; /* how long we were parked, the last time */
};

extern struct driver driver;

int gate_init(struct gate *gate, const struct switchyard_info *info);
void gate_exit(struct gate *gate);

/*
 * Calls the gate, with interrupts off meanwhile. On the boot CPU only. Any context, NMI too.
 * Returns as switchyard.h says: 0 when this slot is resumed, or a negative enum switchyard_error.
 */
s64 gate_call(const struct gate *gate, u64 op, u64 arg);

int request_init(struct driver *driver);
void request_exit(struct driver *driver);

/*
 * Parks this kernel and switches to a slot, or to the monitor (op: SWITCHYARD_SWITCH or _MONITOR).
 * Sleeps. Returns 0 with *result as the gate's (or, if the slot can't be switched to, the error
 * that the gate would give, without anything suspended); or the PM core's negative errno, -EBUSY if
 * another request is under way.
 */
int request_run(struct driver *driver, u32 op, u32 slot, s32 *result);

/*
 * The same from any context, some time soon; a failure goes to the kernel log. slot 0: the monitor.
 */
void request_later(struct driver *driver, u32 slot);

/* Where the clocks stand now. */
void clock_mark(struct clock_mark *mark);

/* Microseconds from one reading of the time-stamp counter to another. */
u64 clock_usec(u64 from, u64 to);

/* Sets the wall clock to what it would show had it run on since mark. Process context. */
void clock_correct(const struct clock_mark *mark);

int ending_init(void);
void ending_exit(void);

int crash_init(void);
void crash_exit(void);

int keys_init(void);
void keys_exit(void);

int device_init(void);
void device_exit(void);

#endif
