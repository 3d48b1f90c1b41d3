// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_restart.c - emergency_restart() ends this slot instead of the machine.
 *
 * SysRq b, a panic that waits for its timeout, and drivers of watchdogs call that function. It calls
 * no notifier, and what it does is not exported. So a probe at its first instruction calls the gate.
 *
 * Other resets call nobody: a triple fault, or a watchdog. On some machines the monitor can come
 * back after them. It is asked for that when the driver is loaded and after each switch, because
 * Linux clears the shutdown status in CMOS when it starts other CPUs.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/mc146818rtc.h>
#include <linux/reboot.h>
#include <linux/spinlock.h>
#include "hooks.h"
#include "switchyard_core.h"

static int restart_probe(struct kprobe *probe, struct pt_regs *regs)
{
	switchyard_fetch_boot_cpu();
	switchyard_end(SWITCHYARD_END_REBOOT);
	return 0; /* the gate has refused: Linux goes on */
}

static struct kprobe restart = {
	.addr = (kprobe_opcode_t *)emergency_restart,
	.pre_handler = restart_probe,
};

void switchyard_restart_guard(void)
{
	unsigned long flags;

	spin_lock_irqsave(&rtc_lock, flags);
	switchyard_guard();
	spin_unlock_irqrestore(&rtc_lock, flags);
}

void switchyard_restart_init(void)
{
	int error = register_kprobe(&restart);

	switchyard_restart_guard();
	if (error)
		pr_warn("SysRq b would reset the machine: no probe, error %d\n", error);
}

void switchyard_restart_exit(void)
{
	unregister_kprobe(&restart);
}
