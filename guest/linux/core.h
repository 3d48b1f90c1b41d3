/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * core.h - the parts of the driver's core, among themselves.
 *
 * core_request.c gives the machine away and gets it back, core_gate.c calls the gate for it;
 * core_device.c and core_keys.c are where requests come from.
 *
 * Functions named *_init() return 0 or a negative errno and have printed the reason; their
 * *_exit() undoes them.
 */
#ifndef SWITCHYARD_CORE_PARTS_H
#define SWITCHYARD_CORE_PARTS_H

#include <linux/ktime.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include "switchyard.h"
#include "switchyard_core.h"

/* The gate, and the top-level page table that is in CR3 while it is called. */
struct switchyard_gate {
	u64 entry;    /* physical address of the function */
	u64 identity; /* physical address of the table that maps the first 512 GiB to themselves */
	u64 *top;     /* a page of our own, filled at each call */
};

/* A moment, on the wall clock and on the time-stamp counter. */
struct switchyard_moment {
	u64 tsc;
	ktime_t real;
};

/* What goes on in the one switch that can be under way. */
struct switchyard_turn {
	struct mutex lock;
	const struct switchyard_way *way; /* of the hooks; NULL: not there yet, or gone */
	struct switchyard_lost lost;	  /* why the last request failed with -ENOTRECOVERABLE */
	struct task_struct *task;	  /* it calls suspend() for us; NULL: nobody does */
	bool entered;			  /* the gate was called */
	u32 op;				  /* enum switchyard_op */
	u32 slot;			  /* its argument */
	s64 result;			  /* what the gate returned */
	struct switchyard_moment begin;

	struct workqueue_struct *queue; /* for requests from interrupts */
	struct work_struct later;
	u32 later_slot; /* 0: the monitor */
};

/*
 * The core's state. There is one: callbacks of the PM core, of syscore and of SysRq take no
 * context.
 */
struct switchyard_core {
	struct switchyard_info *info; /* the monitor's; of it we write only notes */
	struct switchyard_gate gate;
	struct switchyard_turn turn;
	u64 returns;   /* how often the gate brought us back */
	u64 away_usec; /* how long we were parked, the last time */
};

extern struct switchyard_core switchyard_core;

int switchyard_gate_init(struct switchyard_gate *gate, const struct switchyard_info *info);
void switchyard_gate_exit(struct switchyard_gate *gate);

/*
 * Calls the gate, with interrupts off meanwhile. On the boot CPU only. Any context, NMI too.
 * Returns as switchyard.h says: 0 when this slot is resumed, or a negative enum switchyard_error.
 */
s64 switchyard_gate_call(const struct switchyard_gate *gate, u64 op, u64 arg);

int switchyard_request_init(struct switchyard_core *core);
void switchyard_request_exit(struct switchyard_core *core);

/*
 * Parks this kernel and switches to a slot, or to the monitor (op: SWITCHYARD_SWITCH or _MONITOR).
 * force: also if a device would not come back. Sleeps. Returns 0 with *result as the gate's (or, if the
 * slot can't be switched to, the error that the gate would give, without anything suspended); or the
 * PM core's negative errno, -EBUSY if another request is under way, -ENOTRECOVERABLE with turn.lost if a
 * device would not come back.
 */
int switchyard_request_run(struct switchyard_core *core, u32 op, u32 slot, bool force, s32 *result);

/*
 * The same from any context, some time soon; a failure goes to the kernel log. slot 0: the monitor.
 */
void switchyard_request_later(struct switchyard_core *core, u32 slot);

/* Where the clocks stand now. */
void switchyard_clock_mark(struct switchyard_moment *moment);

/* Microseconds from one reading of the time-stamp counter to another. */
u64 switchyard_clock_usec(u64 from, u64 to);

/* Sets the wall clock to what it would show had it run on since then. Process context. */
void switchyard_clock_correct(const struct switchyard_moment *moment);

int switchyard_keys_init(void);
void switchyard_keys_exit(void);

int switchyard_device_init(void);
void switchyard_device_exit(void);

#endif
