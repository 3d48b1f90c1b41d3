// SPDX-License-Identifier: GPL-2.0-only
/*
 * restart.c - emergency_restart() ends this slot instead of the machine.
 *
 * SysRq b, a panic that waits for its timeout, and drivers of watchdogs call that function. It
 * calls no notifier, and what it does is not exported. So a probe at its first instruction calls
 * the gate.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/reboot.h>
#include "stock.h"
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

void switchyard_restart_init(void)
{
	int error = register_kprobe(&restart);

	if (error)
		pr_warn("SysRq b would reset the machine: no probe, error %d\n", error);
}

void switchyard_restart_exit(void)
{
	unregister_kprobe(&restart);
}
