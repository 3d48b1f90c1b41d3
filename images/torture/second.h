/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * second.h - the second CPU of a switch to which it comes. It fills what a CPU has of its own,
 * parks itself, and reads all of it when it is back. The boot CPU compares and prints.
 */
#ifndef TORTURE_SECOND_H
#define TORTURE_SECOND_H

#include "torture.h"

/* Starts it. Interrupts must be on. False, with the reason said, if the slot has none. */
struct multiboot2_info;
bool second_init(struct torture *torture, const struct multiboot2_info *information);

/* It fills its state, up to the general registers. Returns when that is done. */
void second_fill(const struct torture *torture);

/* It fills these, and calls the gate, as the boot CPU does next. */
void second_park(void);

/*
 * After the boot CPU's call: waits until it is back, and compares. torture counts its differences.
 * Returns what the gate returned there.
 */
int64_t second_compare(struct torture *torture);

#endif
