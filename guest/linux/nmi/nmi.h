/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nmi.h - what the parts of the NMI's way to the monitor share.
 */
#ifndef SWITCHYARD_NMI_H
#define SWITCHYARD_NMI_H

#include <linux/types.h>
#include "switchyard.h"

struct pt_regs;

/* Linux exports it, but declares it only for itself: kernel/rcu/rcu.h. */
extern int rcu_cpu_stall_suppress;

/*
 * The structure for the gate, with room for every CPU. Its memory lies in one piece, so that it has
 * one physical address.
 */
extern struct switchyard_interrupted *switchyard_nmi_told;

int switchyard_nmi_told_init(void);
void switchyard_nmi_told_exit(void);

/* Notes what this CPU was doing. Each CPU has a place of its own. */
void switchyard_nmi_note(const struct pt_regs *regs);

/* Counts the CPUs that have noted something, and puts them in a row. The boot CPU calls it. */
void switchyard_nmi_gather(u32 others, u32 absent);

/*
 * Around the call of the gate. If all CPUs had interrupts on, nobody holds a lock that Linux's core
 * takes with interrupts off. So it is suspended, as in a quick switch, and its clocks stand still.
 * Otherwise its clocks see the time go by, and its watchdogs are told so.
 */
bool switchyard_nmi_core_off(bool quiet);
void switchyard_nmi_core_on(bool off);

/* On each CPU, when it goes on. The rest is done when interrupts are on again. */
void switchyard_nmi_back(void);

void switchyard_nmi_core_init(void);
void switchyard_nmi_core_exit(void);

#endif
