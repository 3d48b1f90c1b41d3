// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_sleep.c - keeps this kernel from sleeping by itself, and says what to do instead.
 *
 * Hibernation ends with ACPI's power-off, which takes all other slots along. Suspend-to-idle would
 * harm no slot, but the machine would seem dead: no key or serial line reaches the monitor, because
 * this kernel does not give the machine away. Suspend to RAM and standby are not possible while our
 * operations are set (stock/suspend.c).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/notifier.h>
#include <linux/suspend.h>
#include "hooks.h"
#include "switchyard_core.h"

static bool allow_freeze;
module_param(allow_freeze, bool, 0644);
MODULE_PARM_DESC(allow_freeze, "Let this kernel enter suspend-to-idle, and keep the machine");

#define REFUSED \
	"%s is refused, other slots need the machine: \"syctl switch\" leaves this one as it is"

void switchyard_sleep_refused(const char *what)
{
	pr_notice_ratelimited(REFUSED "\n", what);
}

static int sleep_notify(struct notifier_block *notifier, unsigned long event, void *none)
{
	switch (event) {
	case PM_HIBERNATION_PREPARE:
		switchyard_sleep_refused("hibernation");
		return notifier_from_errno(-EPERM);
	case PM_SUSPEND_PREPARE:
		if (allow_freeze || switchyard_request_suspends())
			return NOTIFY_DONE;
		switchyard_sleep_refused("suspend-to-idle");
		return notifier_from_errno(-EPERM);
	}
	return NOTIFY_DONE;
}

/* It comes before notifiers that prepare for the sleep. */
static struct notifier_block sleep_notifier = {
	.notifier_call = sleep_notify,
	.priority = INT_MAX,
};

int switchyard_sleep_init(void)
{
	int error = register_pm_notifier(&sleep_notifier);

	if (error)
		pr_err("no notifier of suspend and hibernation, error %d\n", error);
	return error;
}

void switchyard_sleep_exit(void)
{
	unregister_pm_notifier(&sleep_notifier);
}
