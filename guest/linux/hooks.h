/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.h - what the driver borrows of a stock kernel, which offers no place of its own for a
 * switch. Of the core the hooks know switchyard_core.h alone.
 *
 * Functions named *_init() return 0 or a negative errno and have printed the reason; their
 * *_exit() undoes them.
 */
#ifndef SWITCHYARD_HOOKS_H
#define SWITCHYARD_HOOKS_H

#include "switchyard_core.h"

/* Reboot notifier and syscore shutdown. */
int switchyard_ending_init(void);
void switchyard_ending_exit(void);

/* Panic notifier and NMI handler. */
int switchyard_panic_init(void);
void switchyard_panic_exit(void);

/* As struct switchyard_way wants it. */
bool switchyard_find_lost(struct switchyard_lost *lost);

/* Notifier of network devices. _resume(): devices are back after a switch. Sleeps. */
int switchyard_network_init(void);
void switchyard_network_exit(void);
void switchyard_network_resume(void);

/*
 * The PM core's platform_suspend_ops. Can't fail, and comes last: what was there before can't be put
 * back.
 */
void switchyard_suspend_init(void);
void switchyard_suspend_exit(void);

#endif
