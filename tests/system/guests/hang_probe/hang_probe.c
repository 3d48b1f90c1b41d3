// SPDX-License-Identifier: GPL-2.0-only
/*
 * hang_probe.c - hangs the kernel: each CPU in a set spins with interrupts off, for good. The set
 * is a bit mask that is written to the parameter.
 */
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/smp.h>

/* Registers that a test knows again. */
static noinline void hang_probe_spin(void *unused)
{
	asm volatile("mov $0x5157495443480000, %%r12\n\t"
		     "cli\n"
		     "1: jmp 1b" ::
			     : "r12", "memory");
}

static int hang(const char *text, const struct kernel_param *parameter)
{
	static struct cpumask set;
	unsigned long bits;
	unsigned int cpu;
	int error = kstrtoul(text, 0, &bits);

	if (error)
		return error;
	for (cpu = 0; cpu < BITS_PER_LONG; cpu++)
		if (bits >> cpu & 1)
			cpumask_set_cpu(cpu, &set);
	pr_info("hang_probe: CPUs %*pbl spin\n", cpumask_pr_args(&set));
	on_each_cpu_mask(&set, hang_probe_spin, NULL, 0);
	return 0;
}

static const struct kernel_param_ops hang_ops = {.set = hang};

module_param_cb(cpus, &hang_ops, NULL, 0200);
MODULE_PARM_DESC(cpus, "which CPUs hang, as a bit mask");

MODULE_DESCRIPTION("Hangs the kernel with interrupts off");
MODULE_LICENSE("GPL");
