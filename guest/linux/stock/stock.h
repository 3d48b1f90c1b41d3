/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stock.h - the hooks that a stock kernel needs, because it has no interface for a switch. They
 * borrow interfaces that it has for other purposes.
 */
#ifndef SWITCHYARD_STOCK_H
#define SWITCHYARD_STOCK_H

#include "hooks.h"

/* Reboot notifier and syscore shutdown. */
int switchyard_ending_init(void);
void switchyard_ending_exit(void);

/* Functions of smp_ops, and NMI handler. */
int switchyard_boot_cpu_init(void);
void switchyard_boot_cpu_exit(void);

/* Panic notifier. It can't fail. */
void switchyard_panic_init(void);
void switchyard_panic_exit(void);

/* Probe at emergency_restart(). Without it, the driver goes on. */
void switchyard_restart_init(void);
void switchyard_restart_exit(void);

/* Probes at what changes the fonts of a VGA. Without them, the monitor reads the fonts at each switch. */
void switchyard_font_init(void);
void switchyard_font_exit(void);

/* Called after a switch, before any device is resumed. */
void switchyard_hotplug_wake(void);

/* For struct switchyard_way. */
int switchyard_quick_stop(void);

#endif
