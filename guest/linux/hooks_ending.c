// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_ending.c - poweroff, reboot and halt end this slot and not the machine.
 *
 * Linux tells the reason to reboot notifiers, shuts devices down, moves to the boot CPU and
 * calls the syscore operations' shutdown(), last registered first; only then would it touch the
 * machine. There is no later place: x86 asks no restart handlers.
 *
 * kexec calls the same notifiers and must go through: its new kernel stays within this slot's
 * memory. Not seen here is emergency_restart() (SysRq b), which asks no one.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/notifier.h>
#include <linux/reboot.h>
#include <linux/string.h>
#include "compat.h"
#include "hooks.h"
#include "switchyard_core.h"

/* What kernel_kexec() in kernel/kexec_core.c gives as a restart's command. */
#define KEXEC_COMMAND "kexec reboot"

struct ending {
	struct notifier_block notifier;
	struct shutdown_hook shutdown;
	u64 reason; /* enum switchyard_end, 0: none */
};

static struct ending ending;

static int ending_notify(struct notifier_block *notifier, unsigned long event, void *command)
{
	struct ending *ending = container_of(notifier, struct ending, notifier);

	switch (event) {
	case SYS_RESTART:
		ending->reason = SWITCHYARD_END_REBOOT;
		if (command && !strcmp(command, KEXEC_COMMAND))
			ending->reason = 0;
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
	if (ending.reason)
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
