/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pool.h - the pool: RAM that no slot has. Images that are loaded while slots run come out of it,
 * and go back when no slot needs them. Nothing in it moves.
 */
#ifndef MONITOR_PLAN_POOL_H
#define MONITOR_PLAN_POOL_H

#include <stdint.h>
#include "lib/error.h"
#include "monitor/plan/plan.h"
#include "monitor/slot/slot.h"

/* Takes size bytes, in whole pages, in one piece. On failure, error says what the largest one is. */
bool pool_take(struct plan *plan, uint64_t size, uint64_t *base, struct error *error);

/* Gives a whole piece back that pool_take() has given. size is as it was there. */
void pool_give(struct plan *plan, uint64_t base, uint64_t size);

/* The largest piece that can be taken, in bytes. */
uint64_t pool_largest(const struct plan *plan);

/*
 * True if pool_drop_images() of any slot has room in the plan, and what is cut into so many pieces
 * more; error is not written then. Images that GRUB loaded lie in one region, which must be cut to
 * free one of them.
 */
bool pool_can_drop(const struct plan *plan, uint32_t more, struct error *error);

/*
 * Frees those images of slot that no slot in table uses, and its strings in the pool. slot is a copy
 * of what a slot had.
 */
void pool_drop_images(struct plan *plan, const struct slot_table *table, const struct slot *slot);

#endif
