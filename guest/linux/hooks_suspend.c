// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_suspend.c - a deep switch: Linux suspends itself, and where firmware would put the machine
 * to sleep, our platform_suspend_ops call the gate.
 *
 * The PM core freezes tasks, suspends every device and takes all CPUs but the first offline
 * before it calls switch_enter(), and takes all that back after it. With our ops set, the machine's
 * own sleep states can't be entered from here, and must not be: other slots would sleep along.
 *
 * For drivers a switch has to be what S3 is, suspend to RAM by firmware: when they are resumed,
 * their device may be in any state, because others had it. Some of them otherwise leave it as it is,
 * or spare themselves the suspending: NVMe keeps its queues, amdgpu does nothing, i8042 leaves the
 * keyboard's controller alone.
 *
 * The PM core knows one set of operations and tells no one whose it is. ACPI sets its own at boot if
 * firmware knows a sleep state, and nothing in Linux would set them again. So once ours have taken
 * their place, the module stays. Where firmware knows none, there was nothing before us, and
 * unloading leaves nothing.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/acpi.h>
#include <linux/module.h>
#include <linux/suspend.h>
#include "hooks.h"
#include "switchyard_core.h"

/*
 * Nobody else can sleep by our ops: "echo mem > /sys/power/state" does not say where to go. While we
 * set them, too, the answer is no. Else the PM core would take suspend to RAM for what "mem" means,
 * where it meant suspend-to-idle before.
 */
static int switch_valid(suspend_state_t state)
{
	return state == PM_SUSPEND_MEM && switchyard_request_suspends();
}

static int switch_begin(suspend_state_t state)
{
	pm_set_suspend_via_firmware();
	switchyard_request_begin();
	return 0;
}

static int switch_enter(suspend_state_t state)
{
	int error = switchyard_request_enter();

	/* If the gate has refused, nobody else had the devices. */
	if (!error)
		pm_set_resume_via_firmware();
	return error;
}

static void switch_end(void)
{
	switchyard_request_end();
	switchyard_network_resume();
}

static const struct platform_suspend_ops switch_ops = {
	.valid = switch_valid,
	.begin = switch_begin,
	.enter = switch_enter,
	.end = switch_end,
};

static int switch_suspend(void)
{
	return pm_suspend(PM_SUSPEND_MEM);
}

static const struct switchyard_way way = {
	.find_lost = switchyard_find_lost,
	.suspend = switch_suspend,
};

/* As acpi_sleep_init() in drivers/acpi/sleep.c decides whether to set operations. */
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
	switchyard_request_hook(&way);
}

void switchyard_suspend_exit(void)
{
	switchyard_request_hook(NULL);
	suspend_set_ops(NULL);
}
