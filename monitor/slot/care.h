/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * care.h - what becomes of a slot's crash. The slot that `on-crash=` names takes it, once, and
 * tells when it is done with it.
 *
 * The monitor remembers that, and not the slot that takes it: that one may crash in the middle of
 * it, and would otherwise begin again whenever it starts.
 */
#ifndef MONITOR_SLOT_CARE_H
#define MONITOR_SLOT_CARE_H

#include "lib/error.h"
#include "monitor/slot/slot.h"

/* Called when the slot crashes. */
void care_begin(struct slot *slot);

/* What the slot `reader` sees in the row of `slot`. */
enum switchyard_care care_seen(const struct slot *slot, const struct slot *reader);

/* Gives `taker` the crash that is the oldest of those that are for it. NULL: there is none. */
struct slot *care_take(struct slot_table *slots, const struct slot *taker);

/* `taker` tells what has become of the crash of that turn. False, with a reason: it may not. */
bool care_settle(struct slot *slot, const struct slot *taker, uint64_t turn, uint32_t care,
		 struct error *error);

#endif
