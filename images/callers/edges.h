/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * edges.h - pins of the IO-APIC while the slot is away by a quick switch.
 */
#ifndef CALLERS_EDGES_H
#define CALLERS_EDGES_H

#include "../tick/tick.h"

/* What the CPU pushes: SDM volume 3, figure 6-9. GCC needs the type, but no code here reads it. */
struct pushed;

/* Sets the handler of a vector, on the boot CPU. */
void callers_set_gate(uint32_t vector, void (*handler)(struct pushed *));

/*
 * Unmasks pins to which no device is connected, leaves to the monitor's console by a quick switch,
 * and says afterwards how often each pin has interrupted.
 */
void edges_while_away(struct tick *tick);

#endif
