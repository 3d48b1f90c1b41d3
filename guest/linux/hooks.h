/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.h - the hooks into a stock kernel, which has no interface for a switch, so other interfaces
 * are used. The hooks use only switchyard_core.h of the core.
 *
 * Functions named *_init() return 0 or a negative errno, and print the reason. *_exit() undoes
 * them.
 */
#ifndef SWITCHYARD_HOOKS_H
#define SWITCHYARD_HOOKS_H

#include "switchyard_core.h"

struct vc_data;

/* Reboot notifier and syscore shutdown. */
int switchyard_ending_init(void);
void switchyard_ending_exit(void);

/* Functions of smp_ops, and NMI handler. */
int switchyard_boot_cpu_init(void);
void switchyard_boot_cpu_exit(void);

/*
 * Called on a CPU on which this kernel ends or crashes. If that is another CPU, the boot CPU stops
 * what it does, for good, and waits in the monitor. Callable in any context.
 */
void switchyard_fetch_boot_cpu(void);

/* Panic notifier. It can't fail. */
void switchyard_panic_init(void);
void switchyard_panic_exit(void);

/* Timers for the parameter `timeout`. They can't fail. */
void switchyard_timeout_init(void);
void switchyard_timeout_spread(void); /* called when all CPUs are back after a switch */

/* Probe at emergency_restart(). Without it, the driver goes on. */
void switchyard_restart_init(void);
void switchyard_restart_exit(void);

/* Called when all CPUs are back after a switch. */
void switchyard_restart_guard(void);

/* Probes at what changes the fonts of a VGA. Without them, the monitor reads the fonts at each switch. */
void switchyard_font_init(void);
void switchyard_font_exit(void);

/*
 * Called before a switch with the console that is shown then. Returns SWITCHYARD_SPARE_SAME_FONTS
 * if fonts and colours are as they were before the last switch, else 0. _kept() is called after a
 * switch.
 */
u32 switchyard_font_spared(const struct vc_data *shown);
void switchyard_font_kept(void);

/* The same as the first one for a quick switch, while all CPUs are stopped. */
u32 switchyard_font_spared_running(void);

/* Timers for the CPUs that a quick switch stops, and notifier of PCI drivers. They can't fail. */
void switchyard_quick_init(void);
void switchyard_quick_exit(void);

/* Functions for struct switchyard_way. */
bool switchyard_find_lost(struct switchyard_lost *lost);
u32 switchyard_find_uses(u16 *uses, u32 *count, const char **reason);
const char *switchyard_why_not_quick(void);
int switchyard_quick_stop(void);

/* Notifier of network devices. _resume() is called when devices are back after a switch. It sleeps. */
int switchyard_network_init(void);
void switchyard_network_exit(void);
void switchyard_network_resume(void);

/* Called after a switch, before any device is resumed. */
void switchyard_hotplug_wake(void);

/* The same: functions that this kernel does not use are left as they are. */
void switchyard_quick_wake(void);

/* Notifier of platform devices. */
int switchyard_watchdog_init(void);
void switchyard_watchdog_exit(void);

/* Notifier of suspend and hibernation. */
int switchyard_sleep_init(void);
void switchyard_sleep_exit(void);

/* Tells in the log that this kernel may not sleep in that way. */
void switchyard_sleep_refused(const char *what);

/*
 * Sets the PM core's platform_suspend_ops. It can't fail. It comes last, because the former
 * operations can't be restored.
 */
void switchyard_suspend_init(void);
void switchyard_suspend_exit(void);

#endif
