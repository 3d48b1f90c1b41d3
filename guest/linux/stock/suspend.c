// SPDX-License-Identifier: GPL-2.0-only
/*
 * suspend.c - a deep switch. Linux suspends itself, and our platform_suspend_ops call the
 * gate instead of firmware.
 *
 * Before the PM core calls switch_enter(), it freezes tasks, suspends every device, and takes all
 * CPUs except the first offline. It undoes that afterwards. The machine's own sleep states can't be
 * entered while our operations are set. That is necessary, because other slots would sleep, too.
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
#include "stock.h"
#include "switchyard_core.h"

static bool operations_set;

/*
 * Only our requests can use our operations, because "echo mem > /sys/power/state" names no target.
 * The answer is no as well while we set the operations. Otherwise the PM core would make "mem" mean
 * suspend to RAM, where it meant suspend-to-idle before.
 */
static int switch_valid(suspend_state_t state)
{
	if (switchyard_request_suspends())
		return state == PM_SUSPEND_MEM;
	if (operations_set)
		switchyard_sleep_refused("suspend");
	return 0;
}

static void switch_wake(void)
{
	switchyard_switch_wake();
	switchyard_hotplug_wake();
}

static const struct platform_suspend_ops switch_ops = {
	.valid = switch_valid,
	.begin = switchyard_switch_begin,
	.prepare_late = switchyard_switch_devices_off,
	.enter = switchyard_switch_enter,
	.wake = switch_wake,
	.end = switchyard_switch_end,
};

/* It has no way to keep CPUs. */
static int switch_suspend(bool keep)
{
	switchyard_screen_note();
	return switchyard_suspend_once(PM_SUSPEND_MEM);
}

static void forget_wakeup(void)
{
	switchyard_suspend_forget(PM_SUSPEND_MEM);
}

static const struct switchyard_way way = {
	.find_lost = switchyard_find_lost,
	.wants_sync = switchyard_suspend_syncs,
	.suspend = switch_suspend,
	.failed_device = switchyard_suspend_failed_device,
	.forget_wakeup = forget_wakeup,
	.find_uses = switchyard_find_uses,
	.why_not_quick = switchyard_why_not_quick,
	.stop = switchyard_quick_stop,
};

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
	operations_set = true;
	switchyard_request_hook(&way);
}

void switchyard_suspend_exit(void)
{
	switchyard_request_hook(NULL);
	operations_set = false;
	suspend_set_ops(NULL);
}
