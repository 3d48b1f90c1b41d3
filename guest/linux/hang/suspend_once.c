// SPDX-License-Identifier: GPL-2.0-only
/*
 * suspend_once.c - asks the PM core to suspend Linux, and says why it did not. The PM core tells
 * or takes some of that only in files.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/kernel.h>
#include <linux/pci.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include "hooks.h"
#include "switchyard_core.h"

/*
 * Before it suspends, the PM core waits without limit for a sync, unless this file says 0. The core
 * has synced by then, with a limit. Linux exports neither the variable nor a function for it.
 */
#define SYNC_SETTING "/sys/power/sync_on_suspend"

/* How long Linux waits for tasks to freeze, in milliseconds. */
#define FREEZE_TIMEOUT "/sys/power/pm_freeze_timeout"

static unsigned int failures_before;
static bool only_freezes; /* no device is to be suspended */

bool switchyard_suspend_syncs(void)
{
	char text[4];

	return switchyard_file_read(SYNC_SETTING, text, sizeof(text)) <= 0 || text[0] != '0';
}

static int set_sync(const char *value)
{
	int error = switchyard_file_write(SYNC_SETTING, value);

	if (error)
		pr_warn_once(SYNC_SETTING " can't be set, error %d\n", error);
	return error;
}

/* Counts how often devices have made a suspend fail. Linux tells that to programs only. */
static unsigned int count_failures(void)
{
	static const char *const names[] = {
		"/sys/power/suspend_stats/failed_prepare",
		"/sys/power/suspend_stats/failed_suspend",
		"/sys/power/suspend_stats/failed_suspend_late",
		"/sys/power/suspend_stats/failed_suspend_noirq",
	};
	unsigned int value, count = 0;
	char text[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (switchyard_file_read(names[i], text, sizeof(text)) > 0 &&
		    !kstrtouint(text, 10, &value))
			count += value;
	return count;
}

/*
 * "0000:00:05.0" becomes "virtio-mem 0000:00:05.0": a person knows the kind of a PCI device, not
 * its place. virtio-pci is the driver of all kinds of virtio.
 */
static void add_driver(char *name, size_t size)
{
	struct device *card = bus_find_device_by_name(&pci_bus_type, NULL, name);
	struct device *virtio;
	bool driven;
	char text[48];

	if (!card)
		return;
	virtio = switchyard_virtio_of(card);
	driven = virtio && virtio->driver;
	snprintf(text, sizeof(text), "%s %s", dev_driver_string(driven ? virtio : card), name);
	if (driven)
		strreplace(text, '_', '-');
	strscpy(name, text, size);
	put_device(virtio);
	put_device(card);
}

bool switchyard_suspend_failed_device(char *name, size_t size)
{
	if (count_failures() == failures_before ||
	    switchyard_file_read("/sys/power/suspend_stats/last_failed_dev", name, size) <= 1)
		return false;
	strim(name);
	add_driver(name, size);
	return true;
}

static int suspend_without_sync(suspend_state_t state)
{
	bool person_syncs = switchyard_suspend_syncs() && !set_sync("0");
	int error = pm_suspend(state);

	if (person_syncs)
		set_sync("1");
	return error;
}

int switchyard_suspend_once(suspend_state_t state)
{
	failures_before = count_failures();
	return suspend_without_sync(state);
}

/*
 * A wakeup event that has called a suspend off stays noted until the next one begins to freeze
 * tasks, and syscore_suspend() fails meanwhile, in a quick switch, too. So a suspend begins that
 * ends at once.
 */
void switchyard_suspend_forget(suspend_state_t state)
{
	char person[16];

	if (switchyard_file_read(FREEZE_TIMEOUT, person, sizeof(person)) <= 0 ||
	    switchyard_file_write(FREEZE_TIMEOUT, "1"))
		return;
	only_freezes = true;
	suspend_without_sync(state);
	only_freezes = false;
	switchyard_file_write(FREEZE_TIMEOUT, person);
}

bool switchyard_suspend_only_freezes(void)
{
	return only_freezes;
}
