// SPDX-License-Identifier: GPL-2.0-only
/*
 * nmi_core.c - Linux's clocks, timers and watchdogs while an NMI has stopped it.
 */
#include <linux/cpumask.h>
#include <linux/irq_work.h>
#include <linux/kernel.h>
#include <linux/nmi.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/smp.h>
#include <linux/syscore_ops.h>
#include <linux/workqueue.h>
#include "hooks.h"
#include "nmi.h"
#include "switchyard_core.h"

/* RCU looks how old a grace period is. All that began before are over when a new one is. */
static struct {
	struct rcu_head over;
	int before;
	bool suppressed;
	bool waits; /* for the end of a grace period */
} stalls;

bool switchyard_nmi_core_off(bool quiet)
{
	if (quiet) {
		system_state = SYSTEM_SUSPEND;
		if (!syscore_suspend())
			return true;
		system_state = SYSTEM_RUNNING;
	}
	if (!stalls.suppressed) {
		stalls.before = rcu_cpu_stall_suppress;
		rcu_cpu_stall_suppress = 1;
		stalls.suppressed = true;
	}
	return false;
}

void switchyard_nmi_core_on(bool off)
{
	if (!off)
		return;
	syscore_resume();
	system_state = SYSTEM_RUNNING;
}

static void grace_period_over(struct rcu_head *head)
{
	rcu_cpu_stall_suppress = stalls.before;
	stalls.waits = false;
	stalls.suppressed = false;
}

static void over(struct work_struct *work)
{
	switchyard_interrupt_over();
}

static DECLARE_WORK(over_work, over);

/* With interrupts on where the NMI came, so nobody holds a lock that is needed here. */
static void go_on(struct irq_work *work)
{
	if (raw_smp_processor_id() != SWITCHYARD_BOOT_CPU) {
		switchyard_quick_back();
		return;
	}
	switchyard_quick_raise();
	schedule_work(&over_work);
	if (stalls.suppressed && !stalls.waits) {
		stalls.waits = true;
		call_rcu(&stalls.over, grace_period_over);
	}
}

static DEFINE_PER_CPU(struct irq_work, works);

void switchyard_nmi_back(void)
{
	touch_softlockup_watchdog();
	touch_nmi_watchdog();
	irq_work_queue(this_cpu_ptr(&works));
}

void switchyard_nmi_core_init(void)
{
	unsigned int cpu;

	for_each_possible_cpu (cpu)
		init_irq_work(per_cpu_ptr(&works, cpu), go_on);
}

void switchyard_nmi_core_exit(void)
{
	unsigned int cpu;

	for_each_possible_cpu (cpu)
		irq_work_sync(per_cpu_ptr(&works, cpu));
	cancel_work_sync(&over_work);
	rcu_barrier();
}
