// SPDX-License-Identifier: GPL-2.0-only
/*
 * module.c - loads and unloads the core and the hooks into a stock kernel.
 */
#include <linux/module.h>
#include "stock.h"
#include "switchyard_core.h"
#include "version.h"

static int __init switchyard_init(void)
{
	int error = switchyard_core_find();

	if (error)
		return error;
	error = switchyard_core_init();
	if (error)
		goto undo_find;
	error = switchyard_ending_init();
	if (error)
		goto undo_core;
	error = switchyard_boot_cpu_init();
	if (error)
		goto undo_ending;
	error = switchyard_network_init();
	if (error)
		goto undo_boot_cpu;
	error = switchyard_watchdog_init();
	if (error)
		goto undo_network;
	error = switchyard_sleep_init();
	if (error)
		goto undo_watchdog;
	switchyard_panic_init();
	switchyard_restart_init();
	switchyard_guard_again();
	switchyard_timeout_init();
	switchyard_font_init();
	switchyard_quick_init();
	switchyard_plug_init();
	error = switchyard_nmi_init();
	if (error)
		goto undo_quick;
	switchyard_suspend_init();
	return 0;

undo_quick:
	switchyard_plug_exit();
	switchyard_quick_exit();
	switchyard_font_exit();
	switchyard_restart_exit();
	switchyard_panic_exit();
	switchyard_sleep_exit();

undo_watchdog:
	switchyard_watchdog_exit();
undo_network:
	switchyard_network_exit();
undo_boot_cpu:
	switchyard_boot_cpu_exit();
undo_ending:
	switchyard_ending_exit();
undo_core:
	switchyard_core_exit();
undo_find:
	switchyard_core_lose();
	return error;
}

static void __exit switchyard_exit(void)
{
	switchyard_suspend_exit();
	switchyard_nmi_exit();
	switchyard_plug_exit();
	switchyard_quick_exit();
	switchyard_font_exit();
	switchyard_restart_exit();
	switchyard_panic_exit();
	switchyard_sleep_exit();
	switchyard_watchdog_exit();
	switchyard_network_exit();
	switchyard_boot_cpu_exit();
	switchyard_ending_exit();
	switchyard_core_exit();
	switchyard_core_lose();
}

module_init(switchyard_init);
module_exit(switchyard_exit);

MODULE_DESCRIPTION("Switchyard guest driver: gives the machine to another kernel");
MODULE_VERSION(SWITCHYARD_VERSION);
MODULE_LICENSE("GPL");
