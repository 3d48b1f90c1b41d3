// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_timeout.c - a kernel that is only tried crashes when its time is over, and the monitor
 * opens.
 *
 * The parameter `timeout` is in seconds since this kernel's start. Each CPU has a timer for it,
 * because the kernel may hang on some CPUs only. The boot CPU is fetched by an NMI, so it may spin
 * with interrupts off. If all CPUs do that, no timer expires. A panic would do more than is needed
 * then: it prints, which can hang in a kernel that hangs.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/percpu.h>
#include <linux/timer.h>
#include "hooks.h"
#include "switchyard_core.h"

static unsigned int timeout;
module_param(timeout, uint, 0444);
MODULE_PARM_DESC(timeout, "seconds after which this kernel gives the machine back (0: never)");

/* The reason, for the monitor. */
static char line[40];

static DEFINE_PER_CPU(struct timer_list, timers);
static atomic_t expired;

static void timeout_expired(struct timer_list *timer)
{
	if (atomic_xchg(&expired, 1))
		return;
	snprintf(line, sizeof(line), "timeout after %u s", timeout);
	switchyard_fetch_boot_cpu();
	switchyard_crash_note(line);
	switchyard_crash();
}

/*
 * Also called when all CPUs are back after a switch: Linux gives the timers of a CPU that it takes
 * offline to another one, and they do not go back by themselves.
 */
void switchyard_timeout_spread(void)
{
	unsigned int cpu;

	if (!timeout || atomic_read(&expired))
		return;
	cpus_read_lock();
	for_each_online_cpu (cpu) {
		struct timer_list *timer = per_cpu_ptr(&timers, cpu);

		timer_delete_sync(timer);
		add_timer_on(timer, cpu);
	}
	cpus_read_unlock();
}

/* The module can't be unloaded then, so that no timer outlives it. */
void switchyard_timeout_init(void)
{
	unsigned long end = INITIAL_JIFFIES + timeout * (unsigned long)HZ;
	unsigned int cpu;

	if (!timeout)
		return;
	__module_get(THIS_MODULE);
	for_each_possible_cpu (cpu) {
		struct timer_list *timer = per_cpu_ptr(&timers, cpu);

		timer_setup(timer, timeout_expired, TIMER_PINNED);
		timer->expires = end;
	}
	switchyard_timeout_spread();
	pr_info("gives the machine back %u s after its start\n", timeout);
}
