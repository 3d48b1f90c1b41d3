// SPDX-License-Identifier: GPL-2.0-only
/*
 * ending.c - this kernel ends or crashes, and the others go on.
 *
 * The monitor ends a kernel on the boot CPU. If Linux dies on another one, the boot CPU is sent an
 * NMI, and goes to the monitor from there, whatever it was doing. It is marked offline, so that
 * nobody waits for it. A crash dump needs its registers, so they are noted before.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <linux/smp.h>
#include <linux/switchyard.h>
#include <asm/apic.h>
#include <asm/irq_vectors.h>
#include "hooks.h"
#include "switchyard_core.h"

/* The boot CPU must take the NMI within this time, in milliseconds. */
#define COMING_MSEC 100

static bool wanted; /* the boot CPU shall come to the monitor */
static bool came;

void switchyard_nmi(struct pt_regs *regs)
{
	if (!READ_ONCE(wanted) || raw_smp_processor_id() != SWITCHYARD_BOOT_CPU)
		return;
	if (IS_ENABLED(CONFIG_CRASH_DUMP))
		crash_save_cpu(regs, SWITCHYARD_BOOT_CPU);
	set_cpu_online(SWITCHYARD_BOOT_CPU, false);
	/* Whoever waits for it may stop the other CPUs now. */
	smp_store_release(&came, true);
	switchyard_wait();

	/* The gate has refused, so Linux stops this CPU. */
	set_cpu_online(SWITCHYARD_BOOT_CPU, true);
	WRITE_ONCE(wanted, false);
}

void switchyard_fetch_boot_cpu(void)
{
	unsigned int msec;

	if (raw_smp_processor_id() == SWITCHYARD_BOOT_CPU || READ_ONCE(wanted))
		return;
	WRITE_ONCE(came, false); /* it may have come before, and been refused */
	/* Pairs with the handler of the NMI, which reads both. */
	smp_store_release(&wanted, true);
	apic->send_IPI(SWITCHYARD_BOOT_CPU, NMI_VECTOR);
	/* Pairs with the handler, which has left this kernel's structures by then. */
	for (msec = 0; msec < COMING_MSEC && !smp_load_acquire(&came); msec++)
		mdelay(1);
	if (!READ_ONCE(came))
		pr_emerg("CPU %d does not come to the monitor\n", SWITCHYARD_BOOT_CPU);
}

void switchyard_stop_cpus(void)
{
	if (switchyard_present())
		switchyard_fetch_boot_cpu();
}

void switchyard_leave(unsigned int how)
{
	enum switchyard_end reason = SWITCHYARD_END_REBOOT;

	if (!switchyard_present())
		return;
	if (how == SYS_HALT)
		reason = SWITCHYARD_END_HALT;
	if (how == SYS_POWER_OFF)
		reason = SWITCHYARD_END_POWEROFF;
	switchyard_fetch_boot_cpu();
	switchyard_end(reason);
}

bool switchyard_allows_kexec(void)
{
	return !switchyard_present() || !switchyard_others_work();
}

bool switchyard_panic(const char *message)
{
	static char line[160]; /* the line that Linux prints */

	if (!switchyard_present())
		return false;
	snprintf(line, sizeof(line), "Kernel panic - not syncing: %s", message);
	switchyard_crash_note(line);
	/* A crash kernel has this one's memory, and ends it. But it looks at all devices. */
	if (kexec_crash_loaded() && !switchyard_others_work())
		return true;
	switchyard_crash();
	return false;
}
