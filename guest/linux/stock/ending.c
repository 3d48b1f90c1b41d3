// SPDX-License-Identifier: GPL-2.0-only
/*
 * ending.c - poweroff, reboot and halt end this slot instead of the machine.
 *
 * Linux tells the reason to reboot notifiers, shuts devices down, moves to the boot CPU, and calls
 * the syscore operations' shutdown(), the last registered one first. After that it would reset the
 * machine or switch it off. There is no later hook, because x86 calls no restart handlers.
 *
 * kexec calls the same notifiers. It is allowed, because its new kernel stays within this slot's
 * memory, but not beside devices that work for a parked slot: before the jump, Linux takes "bus
 * master" from all PCI functions. emergency_restart() calls none of them (restart.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/string.h>
#include "compat.h"
#include "stock.h"
#include "switchyard_core.h"

/* kernel_kexec() in kernel/kexec_core.c passes it as the command of a restart. */
#define KEXEC_COMMAND "kexec reboot"

struct ending {
	struct notifier_block notifier;
	struct shutdown_hook shutdown;
	u64 reason; /* enum switchyard_end, 0: none */
};

static struct ending ending;

/* Linux does not ask if it may go on, so this slot ends. */
static void kexec_notify(void)
{
	if (!switchyard_others_work())
		return;
	pr_emerg("this slot ends: kexec would stop devices that work for a parked slot\n");
	switchyard_fetch_boot_cpu();
	switchyard_end(SWITCHYARD_END_REBOOT);
}

static int ending_notify(struct notifier_block *notifier, unsigned long event, void *command)
{
	struct ending *ending = container_of(notifier, struct ending, notifier);

	switch (event) {
	case SYS_RESTART:
		ending->reason = SWITCHYARD_END_REBOOT;
		if (command && !strcmp(command, KEXEC_COMMAND)) {
			ending->reason = 0;
			kexec_notify();
		}
		break;
	case SYS_HALT:
		ending->reason = SWITCHYARD_END_HALT;
		break;
	case SYS_POWER_OFF:
		ending->reason = SWITCHYARD_END_POWEROFF;
		break;
	}
	return NOTIFY_DONE;
}

static void ending_shutdown(SHUTDOWN_ARGUMENTS)
{
	if (!ending.reason)
		return;
	switchyard_fetch_boot_cpu(); /* "reboot=smp1" asks for another CPU */
	switchyard_end(ending.reason);
}

static struct ending ending = {
	.notifier = {.notifier_call = ending_notify},
	.shutdown = {.ops.shutdown = ending_shutdown},
};

int switchyard_ending_init(void)
{
	int error = register_reboot_notifier(&ending.notifier);

	if (error) {
		pr_err("no reboot notifier, error %d\n", error);
		return error;
	}
	shutdown_hook_add(&ending.shutdown);
	return 0;
}

void switchyard_ending_exit(void)
{
	shutdown_hook_remove(&ending.shutdown);
	unregister_reboot_notifier(&ending.notifier);
}
