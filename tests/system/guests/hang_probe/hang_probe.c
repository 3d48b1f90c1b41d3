// SPDX-License-Identifier: GPL-2.0-only
/*
 * hang_probe.c - hangs the kernel: each CPU in a set spins with interrupts off, for good.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/module.h>
#include <linux/smp.h>

static unsigned long cpus = 1;
module_param(cpus, ulong, 0444);
MODULE_PARM_DESC(cpus, "which CPUs, as a bit mask");

/* Registers that a test knows again. */
static void hang_probe_spin(void *unused)
{
	asm volatile("mov $0x5157495443480000, %%r12\n\t"
		     "cli\n"
		     "1: jmp 1b" ::
			     : "r12", "memory");
}

static int __init hang_init(void)
{
	static struct cpumask set;
	unsigned int cpu;

	for (cpu = 0; cpu < 8 * sizeof(cpus); cpu++)
		if (cpus >> cpu & 1)
			cpumask_set_cpu(cpu, &set);
	pr_info("CPUs %*pbl spin at %px\n", cpumask_pr_args(&set), hang_probe_spin);
	on_each_cpu_mask(&set, hang_probe_spin, NULL, 0);
	return 0;
}

module_init(hang_init);

MODULE_DESCRIPTION("Hangs the kernel with interrupts off");
MODULE_LICENSE("GPL");
