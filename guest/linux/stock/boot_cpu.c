// SPDX-License-Identifier: GPL-2.0-only
/*
 * boot_cpu.c - if this kernel dies on another CPU, the boot CPU waits in the monitor.
 *
 * Then the monitor can end or crash this slot, whichever CPU asks. A crash kernel (kdump) runs on
 * the CPU that panicked, and ends the slot later from there. Linux would leave the boot CPU in a
 * HLT that nothing ends but INIT, and INIT resets the boot CPU.
 *
 * Linux stops the other CPUs by smp_ops.stop_other_cpus(), and by .crash_stop_other_cpus() before a
 * crash kernel. Both are replaced by functions that first send an NMI to the boot CPU, whose
 * handler calls the gate. So it comes although it spins with interrupts off. Then Linux's own
 * function stops the others. The boot CPU is marked offline, so Linux does not wait for it.
 *
 * A crash dump has the registers of each CPU. Linux's function would note them when it stops the
 * boot CPU, so the NMI handler does it.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/elfcore.h>
#include <linux/gfp.h>
#include <linux/kexec.h>
#include <linux/smp.h>
#include <linux/string.h>
#include <asm/apic.h>
#include <asm/io.h>
#include <asm/irq_vectors.h>
#include <asm/nmi.h>
#include <asm/smp.h>
#include "stock.h"
#include "switchyard_core.h"

#define NMI_NAME "switchyard"

/* The boot CPU must take the NMI within this time, in milliseconds. */
#define COMING_MSEC 100

struct boot_cpu {
	void (*stop)(int wait); /* Linux's own */
	void (*crash_stop)(void);
	void *notes; /* of a crash dump; NULL: this kernel makes none */
	bool wanted;
	bool came;
};

static struct boot_cpu boot_cpu;

/* The boot CPU's attribute "crash_notes", or NULL. */
static struct device_attribute *notes_attribute(const struct device *device)
{
	const struct attribute_group **group;
	struct attribute **attribute;

	for (group = device->groups; group && *group; group++)
		for (attribute = (*group)->attrs; attribute && *attribute; attribute++)
			if (!strcmp((*attribute)->name, "crash_notes"))
				return container_of(*attribute, struct device_attribute, attr);
	return NULL;
}

/*
 * The place where a crash dump has the registers of the boot CPU. Linux tells it to programs only,
 * as a number in a file of sysfs.
 */
static void *find_notes(void)
{
	struct device *device = get_cpu_device(SWITCHYARD_BOOT_CPU);
	struct device_attribute *attribute = device ? notes_attribute(device) : NULL;
	char *text = (char *)get_zeroed_page(GFP_KERNEL);
	u64 address = 0;

	if (text && attribute && attribute->show(device, attribute, text) > 0 &&
	    kstrtou64(text, 16, &address))
		address = 0;
	free_page((unsigned long)text);
	return address ? __va(address) : NULL;
}

/* Writes what crash_save_cpu() in the kernel would write: one note, and an empty one behind it. */
static void save_registers(struct pt_regs *regs)
{
	static struct elf_prstatus status;
	struct elf_note *note = boot_cpu.notes;
	const size_t name_size = sizeof(KEXEC_CORE_NOTE_NAME);

	if (!note)
		return;
	status.common.pr_pid = current->pid;
	memcpy(&status.pr_reg, regs, sizeof(*regs)); /* the segment bases behind it stay 0 */
	*note = (struct elf_note){name_size, sizeof(status), NT_PRSTATUS};
	memcpy(note + 1, KEXEC_CORE_NOTE_NAME, name_size);
	memcpy((void *)(note + 1) + ALIGN(name_size, 4), &status, sizeof(status));
	memset((void *)(note + 1) + ALIGN(name_size, 4) + ALIGN(sizeof(status), 4), 0,
	       sizeof(*note));
}

static int boot_cpu_nmi(unsigned int type, struct pt_regs *regs)
{
	if (!READ_ONCE(boot_cpu.wanted) || raw_smp_processor_id() != SWITCHYARD_BOOT_CPU)
		return NMI_DONE;
	save_registers(regs);
	cpumask_clear_cpu(SWITCHYARD_BOOT_CPU, &__cpu_online_mask);
	atomic_dec(&__num_online_cpus);
	smp_store_release(&boot_cpu.came, true);
	switchyard_wait();

	/* The gate has refused, so Linux stops this CPU. */
	atomic_inc(&__num_online_cpus);
	cpumask_set_cpu(SWITCHYARD_BOOT_CPU, &__cpu_online_mask);
	WRITE_ONCE(boot_cpu.wanted, false);
	return NMI_HANDLED;
}

void switchyard_fetch_boot_cpu(void)
{
	unsigned int msec;

	if (raw_smp_processor_id() == SWITCHYARD_BOOT_CPU || boot_cpu.wanted)
		return;
	WRITE_ONCE(boot_cpu.came, false); /* it may have come before, and been refused */
	WRITE_ONCE(boot_cpu.wanted, true);
	smp_wmb(); /* the NMI handler reads and writes them */
	apic->send_IPI(SWITCHYARD_BOOT_CPU, NMI_VECTOR);
	for (msec = 0; msec < COMING_MSEC && !smp_load_acquire(&boot_cpu.came); msec++)
		mdelay(1);
	if (!smp_load_acquire(&boot_cpu.came))
		pr_emerg("CPU %d does not come to the monitor\n", SWITCHYARD_BOOT_CPU);
}

static void boot_cpu_then_stop(int wait)
{
	switchyard_fetch_boot_cpu();
	boot_cpu.stop(wait);
}

static void boot_cpu_then_crash_stop(void)
{
	switchyard_fetch_boot_cpu();
	boot_cpu.crash_stop();
}

int switchyard_boot_cpu_init(void)
{
	int error = register_nmi_handler(NMI_LOCAL, boot_cpu_nmi, 0, NMI_NAME);

	if (error) {
		pr_err("no NMI handler, error %d\n", error);
		return error;
	}
	boot_cpu.notes = find_notes();
	boot_cpu.stop = smp_ops.stop_other_cpus;
	boot_cpu.crash_stop = smp_ops.crash_stop_other_cpus;
	WRITE_ONCE(smp_ops.stop_other_cpus, boot_cpu_then_stop);
	if (boot_cpu.crash_stop)
		WRITE_ONCE(smp_ops.crash_stop_other_cpus, boot_cpu_then_crash_stop);
	return 0;
}

void switchyard_boot_cpu_exit(void)
{
	WRITE_ONCE(smp_ops.stop_other_cpus, boot_cpu.stop);
	WRITE_ONCE(smp_ops.crash_stop_other_cpus, boot_cpu.crash_stop);
	unregister_nmi_handler(NMI_LOCAL, NMI_NAME);
}
