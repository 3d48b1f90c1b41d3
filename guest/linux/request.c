// SPDX-License-Identifier: GPL-2.0-only
/*
 * request.c - a deep switch: Linux suspends itself, and where firmware would put the machine
 * to sleep, our platform_suspend_ops call the gate.
 *
 * The PM core freezes tasks, suspends every device and takes all CPUs but the first offline
 * before it calls switch_enter(), and takes all that back after it. We answer to "standby" only,
 * which ACPI seldom uses; with our ops set, the machine's own sleep states can't be entered
 * from here, and must not be: other slots would sleep along.
 */
#include <linux/kernel.h>
#include <linux/suspend.h>
#include <asm/msr.h>
#include <asm/tsc.h>
#include "driver.h"
#include "switchyard_check.h"
#include "switchyard_ioctl.h"
#include "switchyard_names.h"

static int switch_valid(suspend_state_t state)
{
	return state == PM_SUSPEND_STANDBY;
}

/* Refuses "echo standby > /sys/power/state": it does not say where to go. */
static int switch_begin(suspend_state_t state)
{
	if (!driver.request.active)
		return -EPERM;

	clock_mark(&driver.request.begin);
	return 0;
}

static int switch_enter(suspend_state_t state)
{
	struct request *request = &driver.request;
	u64 left = rdtsc_ordered();

	request->entered = true;
	request->result = gate_call(&driver.gate, request->op, request->slot);
	if (request->result)
		return -ECANCELED;

	driver.returns++;
	driver.away_usec = clock_usec(left, rdtsc_ordered());
	return 0;
}

/* Devices are back, tasks still frozen: none of them sees the clock before it is right. */
static void switch_end(void)
{
	if (driver.request.entered)
		clock_correct(&driver.request.begin);
}

static const struct platform_suspend_ops switch_ops = {
	.valid = switch_valid,
	.begin = switch_begin,
	.enter = switch_enter,
	.end = switch_end,
};

int request_run(struct driver *driver, u32 op, u32 slot, s32 *result)
{
	const struct switchyard_info *info = driver->info;
	struct request *request = &driver->request;
	int error;

	/* What the gate would refuse is refused here, so that nothing is suspended for it. */
	*result = switchyard_check(info->slot, info->slot_count, info->self, op, slot);
	if (*result)
		return 0;

	/* Not mutex_lock(): a task that waits there can't be frozen, so the switch would fail. */
	if (!mutex_trylock(&request->lock))
		return -EBUSY;

	request->op = op;
	request->slot = slot;
	request->entered = false;
	request->active = true;
	error = pm_suspend(PM_SUSPEND_STANDBY);
	request->active = false;

	if (request->entered) {
		*result = request->result;
		error = 0;
	} else if (!error) {
		/* /sys/power/pm_test made the PM core turn back half-way. */
		error = -ECANCELED;
	}
	mutex_unlock(&request->lock);
	return error;
}

static void request_work(struct work_struct *work)
{
	struct driver *driver = container_of(work, struct driver, request.later);
	u32 slot = READ_ONCE(driver->request.later_slot);
	const char *text;
	s32 result;
	int error;

	error = request_run(driver, slot ? SWITCHYARD_SWITCH : SWITCHYARD_MONITOR, slot, &result);
	text = switchyard_suspend_text(-error);
	if (error)
		pr_notice("switchyard: not switched: Linux could not be suspended, error %d: %s\n",
			  error, text ? text : "the lines above say why");
	else if (result)
		pr_notice("switchyard: not switched to slot %u: %s\n", slot,
			  switchyard_error_text(result));
}

void request_later(struct driver *driver, u32 slot)
{
	WRITE_ONCE(driver->request.later_slot, slot);
	queue_work(driver->request.queue, &driver->request.later);
}

int request_init(struct driver *driver)
{
	struct request *request = &driver->request;

	mutex_init(&request->lock);
	INIT_WORK(&request->later, request_work);
	/*
	 * Our own queue: not freezable, or it would freeze itself; not bound to a CPU, as CPUs go
	 * offline under it; and not a shared one, which a suspending device may wait for.
	 */
	request->queue = alloc_workqueue("switchyard", WQ_UNBOUND, 1);
	if (!request->queue) {
		pr_err("switchyard: no memory for a work queue\n");
		return -ENOMEM;
	}

	suspend_set_ops(&switch_ops);
	return 0;
}

void request_exit(struct driver *driver)
{
	destroy_workqueue(driver->request.queue);
	suspend_set_ops(NULL);
}
