// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_guard.c - asks the monitor to come back after a reset that calls nobody: a triple fault, or
 * a watchdog. On some machines it can.
 *
 * It is asked for that when the driver starts and after each switch, because Linux clears the
 * shutdown status in CMOS when it starts other CPUs.
 */
#include <linux/mc146818rtc.h>
#include <linux/spinlock.h>
#include "hooks.h"
#include "switchyard_core.h"

void switchyard_guard_again(void)
{
	unsigned long flags;

	spin_lock_irqsave(&rtc_lock, flags);
	switchyard_guard();
	spin_unlock_irqrestore(&rtc_lock, flags);
}
