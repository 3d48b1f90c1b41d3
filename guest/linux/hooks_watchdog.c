// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_watchdog.c - tells the monitor of a watchdog that only its driver knows of: the IB700.
 *
 * It is a pair of I/O ports that can't be read, so nobody can find it, and writing there would hit
 * other hardware on a machine that has none. A person who loads the driver says that there is one.
 * The monitor stops it when this kernel leaves the machine. The driver starts it again whenever it
 * is fed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include "hooks.h"
#include "switchyard_core.h"

#define IB700 "ib700wdt"

static int watchdog_notify(struct notifier_block *notifier, unsigned long event, void *data)
{
	const struct device *device = data;

	if (strcmp(dev_name(device), IB700))
		return NOTIFY_DONE;
	if (event == BUS_NOTIFY_BOUND_DRIVER)
		switchyard_note_ib700(true);
	if (event == BUS_NOTIFY_UNBOUND_DRIVER)
		switchyard_note_ib700(false);
	return NOTIFY_DONE;
}

static struct notifier_block watchdog_notifier = {.notifier_call = watchdog_notify};

/* The driver may be there already. */
static void look_for_ib700(void)
{
	struct device *device = bus_find_device_by_name(&platform_bus_type, NULL, IB700);

	switchyard_note_ib700(device && device->driver);
	put_device(device);
}

int switchyard_watchdog_init(void)
{
	int error = bus_register_notifier(&platform_bus_type, &watchdog_notifier);

	if (error)
		pr_err("no notifier of platform devices, error %d\n", error);
	else
		look_for_ib700();
	return error;
}

void switchyard_watchdog_exit(void)
{
	bus_unregister_notifier(&platform_bus_type, &watchdog_notifier);
	switchyard_note_ib700(false);
}
