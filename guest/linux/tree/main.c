// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - starts the driver if Switchyard started this kernel. It can't be unloaded: the kernel
 * itself calls it (linux/switchyard.h).
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/init.h>
#include <linux/switchyard.h>
#include "hooks.h"
#include "switchyard_core.h"

static int __init switchyard_init(void)
{
	int error;

	if (!switchyard_present())
		return 0;
	error = switchyard_core_init();
	if (error)
		return error;
	/* What these lack harms nobody else, and each has said so in the log. */
	switchyard_network_init();
	switchyard_watchdog_init();
	switchyard_sleep_init();
	switchyard_timeout_init();
	switchyard_font_watch(true);
	switchyard_quick_init();
	switchyard_plug_init();
	switchyard_nmi_init();
	switchyard_suspend_init();
	return 0;
}
device_initcall(switchyard_init);
