// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_suspend.c - a deep switch. Linux suspends itself, and our platform_suspend_ops call the
 * gate instead of firmware.
 *
 * Before the PM core calls switch_enter(), it freezes tasks, suspends every device, and takes all
 * CPUs except the first offline. It undoes that afterwards. Our operations accept only "standby",
 * which ACPI seldom uses. The machine's own sleep states can't be entered while our operations are
 * set. That is necessary, because other slots would sleep, too.
 *
 * The PM core has only one set of operations, and does not tell whose it is. ACPI sets its own at
 * boot if firmware has a sleep state, and nothing in Linux would set them again. So the module
 * can't be unloaded after ours have replaced them. If firmware has no sleep state, there were no
 * operations before, and the module can be unloaded.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/acpi.h>
#include <linux/module.h>
#include <linux/suspend.h>
#include "hooks.h"
#include "switchyard_core.h"

static int switch_valid(suspend_state_t state)
{
	return state == PM_SUSPEND_STANDBY;
}

/* Refuses "echo standby > /sys/power/state", because it names no target. */
static int switch_begin(suspend_state_t state)
{
	return switchyard_request_begin();
}

static int switch_enter(suspend_state_t state)
{
	return switchyard_request_enter();
}

static void switch_end(void)
{
	switchyard_request_end();
}

static const struct platform_suspend_ops switch_ops = {
	.valid = switch_valid,
	.begin = switch_begin,
	.enter = switch_enter,
	.end = switch_end,
};

static int switch_suspend(void)
{
	return pm_suspend(PM_SUSPEND_STANDBY);
}

/* acpi_sleep_init() in drivers/acpi/sleep.c sets operations under the same condition. */
static bool acpi_has_operations(void)
{
	u8 type_a, type_b;
	u8 state;

	for (state = ACPI_STATE_S1; state <= ACPI_STATE_S3; state++)
		if (ACPI_SUCCESS(acpi_get_sleep_type_data(state, &type_a, &type_b)))
			return true;
	return false;
}

void switchyard_suspend_init(void)
{
	if (acpi_has_operations()) {
		__module_get(THIS_MODULE);
		pr_info("takes the place of ACPI's sleep for good: can't be unloaded\n");
	}
	suspend_set_ops(&switch_ops);
	switchyard_request_hook(switch_suspend);
}

void switchyard_suspend_exit(void)
{
	switchyard_request_hook(NULL);
	suspend_set_ops(NULL);
}
