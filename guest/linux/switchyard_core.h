/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * switchyard_core.h - the functions of the driver's core for the hooks.
 *
 * The core (core_*.c) finds the monitor, takes requests from programs and keys, calls the gate, and
 * keeps the clock right. The hooks tell it when Linux stops, ends and crashes. For a stock kernel,
 * these are hooks_*.c, which use interfaces that such a kernel has for other purposes. A patched
 * kernel can call the same functions from the proper places.
 */
#ifndef SWITCHYARD_CORE_H
#define SWITCHYARD_CORE_H

#include <linux/types.h>
#include "switchyard.h"
#include "switchyard_ioctl.h"

/*
 * Linux gives number 0 to the CPU that it boots on. Machines are switched there. (A crash kernel
 * may have booted on another CPU, which can only end the slot.)
 */
#define SWITCHYARD_BOOT_CPU 0

/*
 * Finds the monitor. From then on, this kernel can end and crash, and the monitor is told so. All
 * of the core needs this first. Returns 0, or prints the reason and returns a negative errno.
 */
int switchyard_core_find(void);
void switchyard_core_lose(void);

/* The rest of the core, with the same result. Requests are refused at first. */
int switchyard_core_init(void);
void switchyard_core_exit(void);

/* Returns the number of the slot that this kernel runs in, counted from 1. */
u32 switchyard_self(void);

/* How to suspend Linux. Both functions sleep. */
struct switchyard_way {
	/*
	 * Called before anything is suspended. Returns true and fills *lost if there is a device
	 * that would not come back.
	 */
	bool (*find_lost)(struct switchyard_lost *lost);
	/* Returns true if Linux is to sync before it suspends. */
	bool (*wants_sync)(void);
	/*
	 * Suspends Linux, and returns 0 when it is resumed, or a negative errno. It calls
	 * switchyard_request_enter() and _end() in this order. It does not sync. keep_cpus: all
	 * other CPUs call switchyard_request_park() meanwhile. Otherwise they are offline.
	 */
	int (*suspend)(bool keep_cpus);
	bool can_keep_cpus;
	/* Fills name with the device that made the last suspend() fail. false: none did. */
	bool (*failed_device)(char *name, size_t size);
	/* Called when pm_system_wakeup() has called a suspend off. */
	void (*forget_wakeup)(void);
	/*
	 * Fills uses with the addresses of the PCI functions that have a driver (switchyard.h,
	 * PREPARE), SWITCHYARD_MOST_USES at most, and says how many. Returns SWITCHYARD_USES_*. If
	 * it could not list all of them, *reason says why.
	 */
	u32 (*find_uses)(u16 *uses, u32 *count, const char **reason);
	/* Returns why this kernel can't make a quick switch now, or NULL. */
	const char *(*why_not_quick)(void);
	/*
	 * Stops all CPUs for a quick switch, and returns 0 when they go on, or a negative errno:
	 * -EAGAIN if another function has got a driver since find_uses(). It calls
	 * switchyard_request_enter() on the boot CPU, and switchyard_request_park() on all others.
	 */
	int (*stop)(void);
};

#define SWITCHYARD_MOST_USES 128

/*
 * From now on, requests use this way. If it is NULL, requests are refused, and none is under way
 * when this function returns. It sleeps.
 */
void switchyard_request_hook(const struct switchyard_way *way);

/* Returns true if the calling task suspends Linux because of a request. */
bool switchyard_request_suspends(void);

/*
 * Called when everything is suspended, timekeeping too, on the boot CPU, with interrupts off and
 * the other CPUs offline. It calls the gate. Returns 0 when this slot is resumed, -ECANCELED if the
 * gate refuses. *left is true if the monitor has parked this slot, which it may do before it
 * refuses: it has used devices then, or stopped them.
 */
int switchyard_request_enter(bool *left);

/*
 * Called on another CPU, with interrupts off, while switchyard_request_enter() runs on the boot
 * CPU. It returns when the slot is resumed, or the gate refuses.
 */
void switchyard_request_park(void);

/* Called after devices are resumed, and before tasks. */
void switchyard_request_end(void);

/*
 * Around a deep switch, while tasks are frozen and devices work: whether USB disks are the same
 * afterwards. One that is not takes no more requests. They sleep, until disks answer, with a limit.
 */
void switchyard_media_note(void);
void switchyard_media_check(void);

/* Notes that this phase of the switch begins, and the one before ends. Callable in any context. */
void switchyard_phase(enum switchyard_phase phase);

/* Returns true if PCI functions work for a parked slot, which this kernel must leave alone. */
bool switchyard_others_work(void);

/*
 * Called when this kernel ends, or has crashed, in any context, even in an NMI. On another CPU, the
 * boot CPU has called switchyard_wait() or does it now. All three return only if the gate refuses;
 * then they have printed the reason.
 */
void switchyard_end(enum switchyard_end reason);
void switchyard_crash(void);
void switchyard_wait(void);

/*
 * Gives the machine to a person, because an NMI has stopped this kernel. On the boot CPU, with all
 * other CPUs in switchyard_request_park(), or lost. told is the physical address of a struct
 * switchyard_interrupted. It returns when this kernel goes on, or the gate refuses. _over() does
 * what is left to do then. It sleeps.
 */
void switchyard_interrupt(u64 told);
void switchyard_interrupt_over(void);

/*
 * Tells the monitor which PCI functions this kernel uses, as find_uses() of struct switchyard_way
 * says. It sleeps.
 */
void switchyard_tell_uses(u32 (*find_uses)(u16 *uses, u32 *count, const char **reason));

/*
 * Asks the monitor to come back if the machine is reset. The caller has locked the RTC. Linux
 * undoes it when it starts other CPUs.
 */
void switchyard_guard(void);

/*
 * Tells the monitor what it need not keep when the gate is called next: bits of enum
 * switchyard_spared.
 */
void switchyard_spare(u32 spared);

/* Tells the monitor why this kernel is about to crash. */
void switchyard_crash_note(const char *message);

/* Notes whether this kernel has a driver for an IB700, so that the monitor stops that watchdog. */
void switchyard_note_ib700(bool present);

struct file;

/* A file of init's root directory. Returns it or an ERR_PTR. */
struct file *switchyard_file_open(const char *name, int flags);

/* Fills text with the file's contents and a NUL. Returns their length, or a negative errno. */
ssize_t switchyard_file_read(const char *name, char *text, size_t size);

/* Returns 0 or a negative errno. */
int switchyard_file_write(const char *name, const char *text);

#endif
