// SPDX-License-Identifier: GPL-2.0-only
/*
 * stopped.c - stops all CPUs of a stock kernel for a quick switch.
 *
 * stop_machine() brings all CPUs to one function, with interrupts off. There, the boot CPU suspends
 * what Linux suspends last of all before it sleeps.
 */
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/smp.h>
#include <linux/stop_machine.h>
#include <linux/syscore_ops.h>
#include "stock.h"

/* What the CPUs tell each other. */
struct quick {
	bool enter; /* the boot CPU is ready to enter the gate */
	bool done;  /* it goes on, whether it was there or not */
};

static int stop_boot_cpu(struct quick *quick)
{
	int error = switchyard_quick_begin();

	if (error) {
		smp_store_release(&quick->done, true);
		return error;
	}
	system_state = SYSTEM_SUSPEND;
	error = syscore_suspend();
	if (!error) {
		smp_store_release(&quick->enter, true);
		switchyard_quick_enter();
		syscore_resume();
	}
	switchyard_quick_end(!error);
	system_state = SYSTEM_RUNNING;
	touch_softlockup_watchdog();
	smp_store_release(&quick->done, true);
	return error;
}

static void stop_other_cpu(struct quick *quick)
{
	while (!smp_load_acquire(&quick->enter) && !READ_ONCE(quick->done))
		cpu_relax();
	if (READ_ONCE(quick->enter))
		switchyard_request_park();
	while (!smp_load_acquire(&quick->done))
		cpu_relax();
	touch_softlockup_watchdog();
	if (READ_ONCE(quick->enter))
		switchyard_quick_back();
}

static int stop_cpu(void *data)
{
	if (raw_smp_processor_id() == SWITCHYARD_BOOT_CPU)
		return stop_boot_cpu(data);
	stop_other_cpu(data);
	return 0;
}

int switchyard_quick_stop(void)
{
	struct quick quick = {false};
	int error;

	switchyard_quick_find();
	cpu_hotplug_disable();
	/* All others wait for the boot CPU. */
	error = cpu_online(SWITCHYARD_BOOT_CPU) ? stop_machine(stop_cpu, &quick, cpu_online_mask)
						: -EBUSY;
	cpu_hotplug_enable();
	switchyard_quick_forget();
	return error;
}
