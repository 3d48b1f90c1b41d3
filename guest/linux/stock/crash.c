// SPDX-License-Identifier: GPL-2.0-only
/*
 * crash.c - a panic marks this slot as crashed and opens the monitor; other slots go on.
 *
 * Our notifier runs first. Others end the whole machine (pvpanic and Hyper-V tell the host, which
 * switches it off or resets it), or talk for seconds to hardware that may not answer (IPMI). What
 * the rest of them would print is lost: the place of a relocated kernel, and the ring buffer of
 * ftrace. So is what Linux does after its notifiers: it gives the log to pstore. A crash kernel
 * (kdump) keeps all of that. If one is loaded, Linux starts it before the notifiers, or after them
 * with crash_kexec_post_notifiers. It has this slot's memory, and so is this slot, and ends it. It
 * is not started beside devices that work for a parked slot, if Linux asks the notifiers first.
 *
 * When notifiers run, Linux has stopped the other CPUs, and the boot CPU is in the monitor
 * (boot_cpu.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/kexec.h>
#include <linux/limits.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/spinlock.h>
#include "stock.h"
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
