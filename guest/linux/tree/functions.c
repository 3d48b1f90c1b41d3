// SPDX-License-Identifier: GPL-2.0-only
/*
 * functions.c - keeps this kernel from PCI functions of others.
 *
 * The monitor knows which functions work for a kernel that is parked, and which ones a person has
 * given to another kernel. It is asked once, before the kernel looks for devices.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cache.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/switchyard.h>
#include "core.h"
#include "intree.h"

/* The monitor takes physical addresses. What is built in lies in one piece. */
static u16 hidden[SWITCHYARD_MOST_USES];
static struct switchyard_call call __initdata = {
	.size = sizeof(call),
	.service = SWITCHYARD_FUNCTIONS,
	.length = sizeof(hidden),
};

static unsigned int hidden_count __ro_after_init;

void __init switchyard_functions_find(void)
{
	call.address = __pa_symbol(hidden);
	if (switchyard_gate_call(&switchyard_core.gate, SWITCHYARD_SERVICE, __pa_symbol(&call)))
		return; /* an older monitor gives no functions to anybody */
	hidden_count = min_t(u64, call.done, ARRAY_SIZE(hidden));
	if (hidden_count)
		pr_info("%u PCI functions of other slots are hidden\n", hidden_count);
}

bool switchyard_hides_function(int domain, u16 address)
{
	unsigned int i;

	if (domain)
		return false;
	for (i = 0; i < hidden_count; i++)
		if (hidden[i] == address)
			return true;
	return false;
}
