// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/slot/care.h"
#include <stddef.h>
#include "guest/linux/switchyard_names.h"
#include "lib/string.h"

static bool is_for(const struct slot *slot, const struct slot *taker)
{
	return slot->on_crash.kind == SUCCESSOR_SLOT &&
	       strcmp(slot->on_crash.slot, taker->name) == 0;
}

void care_begin(struct slot *slot)
{
	slot->care = SWITCHYARD_CARE_OPEN;
}

enum switchyard_care care_seen(const struct slot *slot, const struct slot *reader)
{
	bool hidden = slot->care == SWITCHYARD_CARE_OPEN && !is_for(slot, reader);

	return slot->state != SWITCHYARD_CRASHED || hidden ? SWITCHYARD_CARE_NONE : slot->care;
}

struct slot *care_take(struct slot_table *slots, const struct slot *taker)
{
	struct slot *oldest = NULL;

	for (uint32_t i = 0; i < slots->count; i++) {
		struct slot *slot = &slots->slot[i];

		if (slot_is_used(slot) && care_seen(slot, taker) == SWITCHYARD_CARE_OPEN &&
		    (!oldest || slot->turn < oldest->turn))
			oldest = slot;
	}
	if (oldest)
		oldest->care = SWITCHYARD_CARE_TAKEN;
	return oldest;
}

bool care_settle(struct slot *slot, const struct slot *taker, uint64_t turn, uint32_t care,
		 struct error *error)
{
	if (care_seen(slot, taker) != SWITCHYARD_CARE_TAKEN || !is_for(slot, taker) ||
	    (uint32_t)slot->turn != turn)
		return fail(error, "slot %s: %s has not taken such a crash of it", slot->name,
			    taker->name);
	if (care != SWITCHYARD_CARE_NONE && care != SWITCHYARD_CARE_FAILED)
		return fail(error, "slot %s: its crash can't become %s; expected %s or %s",
			    slot->name, switchyard_care_name((int)care),
			    switchyard_care_name(SWITCHYARD_CARE_NONE),
			    switchyard_care_name(SWITCHYARD_CARE_FAILED));
	slot->care = (enum switchyard_care)care;
	return true;
}
