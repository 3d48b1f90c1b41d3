/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_piece.h - a piece below 4 GiB for each slot whose range lies above.
 *
 * Devices and Linux's drivers of them that address 32 bits only (IDE, UHCI, AHCI without 64-bit
 * DMA) need such RAM, and so do Linux's bounce buffers for them (swiotlb) and crashkernel=.
 */
#ifndef MONITOR_PLAN_PLAN_PIECE_H
#define MONITOR_PLAN_PLAN_PIECE_H

#include "lib/error.h"
#include "monitor/plan/plan.h"
#include "monitor/slot/slot.h"

/*
 * Gives the slot, which has its range, what low= asks for. Without low=, it gets 80 MiB, or
 * 48 or 24 MiB if there is no such piece, or none. A range below 4 GiB gets none. False: there
 * is not as much as low= asks for, and error says which pieces there are.
 */
bool plan_piece(struct plan *plan, struct slot *slot, uint32_t index, struct error *error);

/*
 * False if a person should know how the slot's piece has come out: it is smaller than what Linux
 * takes, or there is none, or low= has no use. warning says what follows.
 */
bool plan_piece_enough(const struct slot *slot, struct error *warning);

#endif
