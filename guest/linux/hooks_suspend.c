// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_suspend.c - a deep switch. Linux suspends itself, and our platform_suspend_ops call the
 * gate instead of firmware.
 *
 * Before the PM core calls switch_enter(), it freezes tasks, suspends every device, and takes all
 * CPUs except the first offline. It undoes that afterwards. The machine's own sleep states can't be
 * entered while our operations are set. That is necessary, because other slots would sleep, too.
 *
 * A switch has to look to drivers like S3, which is suspend to RAM by firmware: other slots use the
 * devices meanwhile, so a device can be in any state when its driver resumes it. Some drivers would
 * otherwise do less: NVMe keeps its queues, amdgpu does nothing, and i8042 leaves the keyboard's
 * controller alone.
 *
 * The PM core has only one set of operations, and does not tell whose it is. ACPI sets its own at
 * boot if firmware has a sleep state, and nothing in Linux would set them again. So the module
 * can't be unloaded after ours have replaced them. If firmware has no sleep state, there were no
 * operations before, and the module can be unloaded.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/acpi.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/string.h>
#include <linux/suspend.h>
#include <linux/vt_kern.h>
#include "hooks.h"
#include "switchyard_core.h"

static bool operations_set;

/*
 * Only our requests can use our operations, because "echo mem > /sys/power/state" names no target.
 * The answer is no as well while we set the operations. Otherwise the PM core would make "mem" mean
 * suspend to RAM, where it meant suspend-to-idle before.
 */
static int switch_valid(suspend_state_t state)
{
	if (switchyard_request_suspends())
		return state == PM_SUSPEND_MEM;
	if (operations_set)
		switchyard_sleep_refused("suspend");
	return 0;
}

/* No device is to be suspended. */
static bool only_freezes;

static int switch_begin(suspend_state_t state)
{
	if (only_freezes)
		return -ECANCELED;
	pm_set_suspend_via_firmware();
	switchyard_phase(SWITCHYARD_PHASE_SUSPEND);
	return 0;
}

/* Devices are suspended. */
static int switch_prepare_late(void)
{
	switchyard_phase(SWITCHYARD_PHASE_CPUS_OFF);
	return 0;
}

/*
 * What Linux programs again when it resumes, so that the monitor need not keep it:
 *   - ioapic_resume(), lapic_resume() and i8259A_resume() (arch/x86/kernel/apic/io_apic.c, apic.c,
 *     and ../i8259.c) run in syscore_resume(), before interrupts are on;
 *   - pci_restore_msi_state() (drivers/pci/msi) writes all entries of MSI-X tables that a driver
 *     uses, and unmasks them after that.
 * The PIT is not here: Linux programs it only if it is the timer that Linux uses.
 */
#define RENEWED                                                                    \
	(SWITCHYARD_SPARE_IOAPIC | SWITCHYARD_SPARE_LAPIC | SWITCHYARD_SPARE_PIC | \
	 SWITCHYARD_SPARE_MSIX)

/* The console that people saw before Linux suspended itself. */
static int persons_console;

/*
 * Returns true if Linux draws the screen again. Before it suspends, the PM core shows the last
 * console instead of the one that people see, and shows theirs again after it (kernel/power/console.c).
 * It does not if a program has locked the console, or if all drivers of the screen restore it. If
 * people see the last console anyway, it stays, and nothing is drawn.
 */
static bool draws_screen(void)
{
#ifdef CONFIG_VT_CONSOLE_SLEEP
	return fg_console == MAX_NR_CONSOLES - 1 && persons_console != fg_console;
#else
	return false;
#endif
}

static u32 spared_of_screen(void)
{
	if (!draws_screen())
		return 0;
	return SWITCHYARD_SPARE_TEXT | SWITCHYARD_SPARE_PICTURE |
	       switchyard_font_spared(vc_cons[fg_console].d);
}

static int switch_enter(suspend_state_t state)
{
	bool left;
	int error;

	switchyard_spare(RENEWED | spared_of_screen());
	error = switchyard_request_enter(&left);
	switchyard_spare(0);

	/* If the gate refuses at once, nobody else has used the devices. */
	if (left) {
		pm_set_resume_via_firmware();
		switchyard_font_kept();
	}
	return error;
}

/* The CPUs are back. */
static void switch_wake(void)
{
	switchyard_phase(SWITCHYARD_PHASE_RESUME);
	switchyard_hotplug_wake();
	switchyard_quick_wake();
}

static void switch_end(void)
{
	switchyard_restart_guard();
	switchyard_timeout_spread();
	switchyard_request_end();
	switchyard_network_resume();
	switchyard_phase(SWITCHYARD_PHASE_THAW);
}

static const struct platform_suspend_ops switch_ops = {
	.valid = switch_valid,
	.begin = switch_begin,
	.prepare_late = switch_prepare_late,
	.enter = switch_enter,
	.wake = switch_wake,
	.end = switch_end,
};

/*
 * Before it suspends, the PM core waits without limit for a sync, unless this file says 0. The core
 * has synced by then, with a limit. Linux exports neither the variable nor a function for it.
 */
#define SYNC_SETTING "/sys/power/sync_on_suspend"

static bool wants_sync(void)
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

static unsigned int failures_before;

static bool failed_device(char *name, size_t size)
{
	if (count_failures() == failures_before ||
	    switchyard_file_read("/sys/power/suspend_stats/last_failed_dev", name, size) <= 1)
		return false;
	strim(name);
	return true;
}

static int suspend_without_sync(void)
{
	bool person_syncs = wants_sync() && !set_sync("0");
	int error = pm_suspend(PM_SUSPEND_MEM);

	if (person_syncs)
		set_sync("1");
	return error;
}

static int switch_suspend(void)
{
	failures_before = count_failures();
	persons_console = fg_console;
	return suspend_without_sync();
}

/*
 * A wakeup event that has called a suspend off stays noted until the next one begins to freeze tasks,
 * and syscore_suspend() fails meanwhile, in a quick switch, too. So a suspend begins that ends at
 * once. This file says how long Linux waits for tasks, in milliseconds.
 */
#define FREEZE_TIMEOUT "/sys/power/pm_freeze_timeout"

static void forget_wakeup(void)
{
	char person[16];

	if (switchyard_file_read(FREEZE_TIMEOUT, person, sizeof(person)) <= 0 ||
	    switchyard_file_write(FREEZE_TIMEOUT, "1"))
		return;
	only_freezes = true;
	suspend_without_sync();
	only_freezes = false;
	switchyard_file_write(FREEZE_TIMEOUT, person);
}

static const struct switchyard_way way = {
	.find_lost = switchyard_find_lost,
	.wants_sync = wants_sync,
	.suspend = switch_suspend,
	.failed_device = failed_device,
	.forget_wakeup = forget_wakeup,
	.find_uses = switchyard_find_uses,
	.why_not_quick = switchyard_why_not_quick,
	.stop = switchyard_quick_stop,
};

/* acpi_sleep_init() in drivers/acpi/sleep.c sets operations under the same condition. */
static bool acpi_has_operations(void)
{
	u8 type_a, type_b;
	u8 state;

	for (state = ACPI_STATE_S1; state <= ACPI_STATE_S3; state++)
		if (ACPI_SUCCESS(acpi_get_sleep_type_data(state, &type_a, &type_b)))
			return true;
	return false;
}

void switchyard_suspend_init(void)
{
	if (acpi_has_operations()) {
		__module_get(THIS_MODULE);
		pr_info("takes the place of ACPI's sleep for good: can't be unloaded\n");
	}
	suspend_set_ops(&switch_ops);
	operations_set = true;
	switchyard_request_hook(&way);
}

void switchyard_suspend_exit(void)
{
	switchyard_request_hook(NULL);
	operations_set = false;
	suspend_set_ops(NULL);
}
