// SPDX-License-Identifier: GPL-2.0-only
/*
 * faulty.c - a module with a bug, which ends the kernel that loads it. With how=hang, the CPU that
 * loads it never comes back, and takes no interrupts. Otherwise it reads from an address that is not
 * mapped.
 */
#include <linux/irqflags.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/processor.h>
#include <linux/string.h>

static char *how = "oops";
module_param(how, charp, 0444);
MODULE_PARM_DESC(how, "oops or hang");

static int __init faulty_init(void)
{
	if (strcmp(how, "hang") == 0) {
		local_irq_disable();
		for (;;)
			cpu_relax();
	}
	return *(volatile int *)sizeof(int);
}

module_init(faulty_init);

MODULE_DESCRIPTION("A bug");
MODULE_LICENSE("GPL");
