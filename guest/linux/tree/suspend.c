// SPDX-License-Identifier: GPL-2.0-only
/*
 * suspend.c - how the kernel stops itself for a switch: by a sleep state that is only for that
 * (PM_SUSPEND_SWITCH in kernel/power/suspend.c).
 */
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/suspend.h>
#include "hooks.h"
#include "switchyard_core.h"

static int switch_valid(suspend_state_t state)
{
	return state == PM_SUSPEND_SWITCH;
}

/* Another kernel may have switched the power of a hot-plug slot on, and may use what is there. */
static void switch_wake(void)
{
	struct pci_dev *port = NULL;

	switchyard_switch_wake();
	for_each_pci_dev (port)
		if (port->is_hotplug_bridge)
			pci_keep_pcie_power(port);
}

static const struct platform_suspend_ops switch_ops = {
	.valid = switch_valid,
	.begin = switchyard_switch_begin,
	.prepare_late = switchyard_switch_devices_off,
	.enter = switchyard_switch_enter,
	.wake = switch_wake,
	.end = switchyard_switch_end,
};

static bool keep_cpus = true;
module_param(keep_cpus, bool, 0444);
MODULE_PARM_DESC(keep_cpus, "CPUs stay online in a switch that suspends devices");

/* The other CPUs come along, and go on where they were. */
static int switch_enter_stopped(void)
{
	return switchyard_switch_enter(PM_SUSPEND_SWITCH);
}

static const struct pm_stopped_ops switch_stopped = {
	.enter = switch_enter_stopped,
	.park = switchyard_request_park,
	.back = switchyard_quick_back,
};

static int switch_suspend(bool keep)
{
	suspend_set_switch_ops(&switch_ops, keep ? &switch_stopped : NULL);
	switchyard_screen_note();
	return switchyard_suspend_once(PM_SUSPEND_SWITCH);
}

static void forget_wakeup(void)
{
	switchyard_suspend_forget(PM_SUSPEND_SWITCH);
}

static const struct pm_stopped_ops quick_stopped = {
	.begin = switchyard_quick_begin,
	.enter = switchyard_quick_enter,
	.park = switchyard_request_park,
	.end = switchyard_quick_end,
	.back = switchyard_quick_back,
};

static int quick_stop(void)
{
	int error;

	switchyard_quick_find();
	error = pm_enter_stopped(&quick_stopped);
	switchyard_quick_forget();
	return error;
}

static struct switchyard_way way = {
	.find_lost = switchyard_find_lost,
	.wants_sync = switchyard_suspend_syncs,
	.suspend = switch_suspend,
	.failed_device = switchyard_suspend_failed_device,
	.forget_wakeup = forget_wakeup,
	.find_uses = switchyard_find_uses,
	.why_not_quick = switchyard_why_not_quick,
	.stop = quick_stop,
};

void switchyard_suspend_init(void)
{
	way.can_keep_cpus = keep_cpus;
	switchyard_request_hook(&way);
}
