// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_crash.c - a panic marks this slot as crashed and opens the monitor; other slots go on.
 *
 * Our notifier runs last, when Linux has stopped the other CPUs: they are in HLT with interrupts
 * off and their local APICs disabled by software. The gate must be called on the boot CPU. If
 * another CPU panicked, it sends an NMI to the boot CPU: a disabled local APIC still sends IPIs and
 * receives NMIs (SDM volume 3, section 11.4.7.2, "Local APIC State After It Has Been Software
 * Disabled").
 *
 * If the boot CPU had interrupts off for a second, Linux has stopped it by an NMI. It stays in that
 * NMI and receives no other one. Then Linux's own panic goes on.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/limits.h>
#include <linux/notifier.h>
#include <linux/panic_notifier.h>
#include <linux/smp.h>
#include <asm/apic.h>
#include <asm/irq_vectors.h>
#include <asm/nmi.h>
#include "hooks.h"
#include "switchyard_core.h"

#define NMI_NAME "switchyard"

/* The boot CPU must call the gate within this time, in milliseconds. */
#define COMING_MSEC 1000

struct crash {
	struct notifier_block notifier;
	bool pending; /* the boot CPU has to call the gate */
};

static struct crash crash;

static int crash_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!crash.pending)
		return NMI_DONE;
	if (raw_smp_processor_id() == SWITCHYARD_BOOT_CPU)
		switchyard_crash();
	return NMI_HANDLED;
}

static int crash_panic(struct notifier_block *notifier, unsigned long event, void *message)
{
	switchyard_crash_note(message);
	if (raw_smp_processor_id() == SWITCHYARD_BOOT_CPU) {
		switchyard_crash();
		return NOTIFY_DONE;
	}

	crash.pending = true;
	/*
	 * A stopped CPU is marked offline, and an offline CPU ignores NMIs (exc_nmi() in
	 * arch/x86/kernel/nmi.c). The boot CPU does nothing else any more, so this is harmless.
	 */
	cpumask_set_cpu(SWITCHYARD_BOOT_CPU, &__cpu_online_mask);
	smp_wmb(); /* the NMI handler reads both */
	/*
	 * The shorthand needs no destination registers. A disabled APIC may have lost these.
	 */
	apic->send_IPI_allbutself(NMI_VECTOR);
	mdelay(COMING_MSEC);
	pr_emerg("the monitor did not take over: CPU %d does not come to the gate\n",
		 SWITCHYARD_BOOT_CPU);
	return NOTIFY_DONE;
}

static struct crash crash = {
	.notifier = {.notifier_call = crash_panic, .priority = INT_MIN},
};

int switchyard_panic_init(void)
{
	int error = register_nmi_handler(NMI_LOCAL, crash_nmi, 0, NMI_NAME);

	if (error) {
		pr_err("no NMI handler, error %d\n", error);
		return error;
	}
	atomic_notifier_chain_register(&panic_notifier_list, &crash.notifier);
	return 0;
}

void switchyard_panic_exit(void)
{
	atomic_notifier_chain_unregister(&panic_notifier_list, &crash.notifier);
	unregister_nmi_handler(NMI_LOCAL, NMI_NAME);
}
