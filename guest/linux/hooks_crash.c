// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_crash.c - a panic marks this slot as crashed and opens the monitor; other slots go on. So
 * does the end of the time that a kernel has which is only tried.
 *
 * Our notifier runs first. Others end the whole machine (pvpanic and Hyper-V tell the host, which
 * switches it off or resets it), or talk for seconds to hardware that may not answer (IPMI). What
 * the rest of them would print is lost: the place of a relocated kernel, and the ring buffer of
 * ftrace. So is what Linux does after its notifiers: it gives the log to pstore. A crash kernel
 * (kdump) keeps all of that. If one is loaded, Linux starts it before the notifiers, or after them
 * with crash_kexec_post_notifiers. It has this slot's memory, and so is this slot, and ends it. It is
 * not started beside devices that work for a parked slot, if Linux asks the notifiers first.
 *
 * When notifiers run, Linux has stopped the other CPUs, and the boot CPU is in the monitor
 * (hooks_boot_cpu.c).
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
#include <linux/kexec.h>
#include <linux/limits.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include "hooks.h"
#include "switchyard_core.h"

/* The line that Linux prints. */
static char line[160];

static int crash_panic(struct notifier_block *notifier, unsigned long event, void *message)
{
	snprintf(line, sizeof(line), "Kernel panic - not syncing: %s", (const char *)message);
	switchyard_crash_note(line);
	if (kexec_crash_loaded() && !switchyard_others_work())
		return NOTIFY_STOP; /* Linux starts the crash kernel next */
	switchyard_crash();
	return NOTIFY_DONE;
}

static struct notifier_block crash_notifier = {.notifier_call = crash_panic, .priority = INT_MAX};

/*
 * Of notifiers with the highest priority, the one that was registered first would be called first.
 * Ours is put in front of the list, so that it comes before one that is there already.
 */
void switchyard_panic_init(void)
{
	struct atomic_notifier_head *list = &panic_notifier_list;
	unsigned long flags;

	spin_lock_irqsave(&list->lock, flags);
	crash_notifier.next = list->head;
	rcu_assign_pointer(list->head, &crash_notifier);
	spin_unlock_irqrestore(&list->lock, flags);
}

void switchyard_panic_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &crash_notifier);
}

static unsigned int timeout;
module_param(timeout, uint, 0444);
MODULE_PARM_DESC(timeout, "seconds after which this kernel gives the machine back (0: never)");

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
