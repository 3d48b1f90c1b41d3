// SPDX-License-Identifier: GPL-2.0-only
/*
 * nmi.c - an NMI that nobody else claims opens the monitor, whatever this kernel is doing.
 *
 * It comes from a button of the machine, from a watchdog, or from whoever emulates the machine. The
 * CPU that gets it sends an NMI to all others. Each notes its registers and comes to the gate, the
 * boot CPU last. A CPU that does not come within a second is absent: the monitor opens all the
 * same, but this kernel can't go on.
 *
 * The handlers may have interrupted anything, so they take no lock and print nothing before the
 * machine is given away.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/device/bus.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/nmi.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/workqueue.h>
#include <asm/apic.h>
#include <asm/irq_vectors.h>
#include <asm/processor-flags.h>
#include <asm/ptrace.h>
#include "hooks.h"
#include "nmi.h"
#include "switchyard_core.h"

#define CALL_NAME "switchyard-call" /* an NMI of our own */
#define NMI_NAME  "switchyard-nmi"

/* The other CPUs must take the NMI within this time, and the boot CPU within twice of it. */
#define COMING_MSEC 1000

static bool nmi = true;
module_param(nmi, bool, 0644);
MODULE_PARM_DESC(nmi, "an NMI that nobody else claims opens the monitor");

enum phase {
	NOTHING,
	CALLED,	 /* CPUs come */
	LEAVES,	 /* the boot CPU is there, and counts them */
	ENTERED, /* all that have come enter the gate */
	OVER,	 /* all that have come go on */
};

static atomic_t phase;
static atomic_t here;	/* CPUs that have come */
static atomic_t inside; /* those that have not gone on yet; the last one ends it */
static bool busy;	/* one of them had interrupts off */
static DEFINE_PER_CPU(bool, called);

/* What the monitor must know before an NMI comes: which PCI functions this kernel uses. */
static void tell(struct work_struct *work)
{
	switchyard_tell_uses(switchyard_find_uses);
}

static DECLARE_WORK(telling, tell);

static int driver_changed(struct notifier_block *notifier, unsigned long event, void *device)
{
	if (event == BUS_NOTIFY_BIND_DRIVER || event == BUS_NOTIFY_BOUND_DRIVER ||
	    event == BUS_NOTIFY_UNBOUND_DRIVER)
		schedule_work(&telling);
	return NOTIFY_DONE;
}

static struct notifier_block bus_notifier = {.notifier_call = driver_changed};

static void boot_cpu(void)
{
	u32 others = num_online_cpus() - 1, came;
	unsigned int msec;
	bool off;

	for (msec = 0; msec < COMING_MSEC && atomic_read(&here) < others; msec++)
		mdelay(1);
	if (atomic_cmpxchg(&phase, CALLED, LEAVES) != CALLED)
		return; /* the others have given up */
	came = atomic_read(&here);
	switchyard_nmi_gather(came, others - came);
	off = switchyard_nmi_core_off(!READ_ONCE(busy) && came == others);
	atomic_set_release(&phase, ENTERED);
	switchyard_interrupt(virt_to_phys(switchyard_nmi_told));
	switchyard_nmi_core_on(off);
	atomic_set_release(&phase, OVER);
}

/* It comes back when the slot is continued, or if the gate refuses. */
static void other_cpu(void)
{
	unsigned int msec;

	atomic_inc(&here);
	for (msec = 0; msec < 2 * COMING_MSEC && atomic_read(&phase) == CALLED; msec++)
		mdelay(1);
	if (atomic_cmpxchg(&phase, CALLED, OVER) == CALLED)
		pr_emerg("CPU %d does not take an NMI, so the monitor can't open\n",
			 SWITCHYARD_BOOT_CPU);
	while (atomic_read(&phase) == LEAVES)
		cpu_relax();
	if (atomic_read_acquire(&phase) == ENTERED)
		switchyard_request_park();
	while (atomic_read_acquire(&phase) != OVER)
		cpu_relax();
}

static void come(struct pt_regs *regs)
{
	atomic_inc(&inside);
	if (!user_mode(regs) && !(regs->flags & X86_EFLAGS_IF))
		WRITE_ONCE(busy, true);
	switchyard_nmi_note(regs);
	if (raw_smp_processor_id() == SWITCHYARD_BOOT_CPU)
		boot_cpu();
	else
		other_cpu();
	switchyard_nmi_back();
	if (!atomic_dec_and_test(&inside))
		return;
	atomic_set(&here, 0);
	WRITE_ONCE(busy, false);
	atomic_set_release(&phase, NOTHING);
}

static int called_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!this_cpu_xchg(called, false))
		return NMI_DONE;
	if (atomic_read(&phase) == CALLED)
		come(regs);
	return NMI_HANDLED;
}

static void call_others(void)
{
	int self = raw_smp_processor_id(), cpu;

	for_each_online_cpu (cpu) {
		if (cpu == self)
			continue;
		per_cpu(called, cpu) = true;
		smp_wmb(); /* the handler reads it */
		apic->send_IPI(cpu, NMI_VECTOR);
	}
}

static int unknown_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!READ_ONCE(nmi))
		return NMI_DONE;
	if (atomic_cmpxchg(&phase, NOTHING, CALLED) == NOTHING) {
		call_others();
		come(regs);
	}
	return NMI_HANDLED;
}

static int register_handlers(void)
{
	int error = register_nmi_handler(NMI_LOCAL, called_nmi, 0, CALL_NAME);

	if (error)
		return error;
	error = register_nmi_handler(NMI_UNKNOWN, unknown_nmi, 0, NMI_NAME);
	if (error)
		unregister_nmi_handler(NMI_LOCAL, CALL_NAME);
	return error;
}

int switchyard_nmi_init(void)
{
	int error = switchyard_nmi_told_init();

	if (error)
		return error;
	switchyard_nmi_core_init();
	bus_register_notifier(&pci_bus_type, &bus_notifier);
	schedule_work(&telling);
	error = register_handlers();
	if (!error)
		return 0;
	pr_err("no handlers of NMIs, error %d\n", error);
	switchyard_nmi_exit();
	return error;
}

void switchyard_nmi_exit(void)
{
	if (!switchyard_nmi_told)
		return;
	unregister_nmi_handler(NMI_UNKNOWN, NMI_NAME);
	unregister_nmi_handler(NMI_LOCAL, CALL_NAME);
	bus_unregister_notifier(&pci_bus_type, &bus_notifier);
	cancel_work_sync(&telling);
	switchyard_nmi_core_exit();
	switchyard_nmi_told_exit();
	switchyard_nmi_told = NULL;
}
