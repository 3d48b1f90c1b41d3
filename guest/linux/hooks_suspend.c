// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_suspend.c - a deep switch: Linux suspends itself, and where firmware would put the machine
 * to sleep, our platform_suspend_ops call the gate.
 *
 * The PM core freezes tasks, suspends every device and takes all CPUs but the first offline
 * before it calls switch_enter(), and takes all that back after it. We answer to "standby" only,
 * which ACPI seldom uses; with our ops set, the machine's own sleep states can't be entered
 * from here, and must not be: other slots would sleep along.
 */
#include <linux/suspend.h>
#include "hooks.h"
#include "switchyard_core.h"

static int switch_valid(suspend_state_t state)
{
	return state == PM_SUSPEND_STANDBY;
}

/* Refuses "echo standby > /sys/power/state": it does not say where to go. */
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

void switchyard_suspend_init(void)
{
	suspend_set_ops(&switch_ops);
	switchyard_request_hook(switch_suspend);
}

void switchyard_suspend_exit(void)
{
	switchyard_request_hook(NULL);
	suspend_set_ops(NULL);
}
