// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/new_slot.h"
#include <stddef.h>
#include "lib/string.h"
#include "monitor/config/parse_line.h"
#include "monitor/dump/dump_slot.h"
#include "monitor/owner/owner.h"
#include "monitor/plan/plan_piece.h"
#include "monitor/plan/plan_slots.h"
#include "monitor/plan/pool.h"
#include "monitor/slot/life.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/picture.h"
#include "monitor/switch/switch.h"

/* The kept state and the picture of a slot from GRUB's lines are cut out of larger regions. */
#define REMOVE_PIECES 4

/* What an added slot may cut out of free RAM. It must leave room to give every slot back. */
#define ADD_PIECES 10

/* Gives the slot all that a slot has. On failure, it has nothing. */
static bool equip(struct monitor *monitor, struct slot *slot, struct error *error)
{
	uint32_t index = slot_index(&monitor->slots, slot);
	struct error warning;

	if (!kept_state_add(monitor, index, error))
		return false;
	if (!plan_add_slot(&monitor->plan, &monitor->slots, slot, error)) {
		kept_state_drop(monitor, index);
		return false;
	}
	if (!picture_add(monitor, index))
		log_keep(&monitor->log, LOG_WARN,
			 "slot %s: no RAM for its picture; it will find a black screen when it is "
			 "resumed",
			 slot->name);
	if (!plan_piece_enough(slot, &warning))
		log_keep(&monitor->log, LOG_WARN, "slot %s: %s", slot->name, warning.text);
	return true;
}

struct slot *new_slot_add(struct monitor *monitor, const char *text, struct error *error)
{
	struct slot *slot;
	struct line line;

	if (!parse_slot_text(text, &line, error) ||
	    !pool_can_drop(&monitor->plan, REMOVE_PIECES + ADD_PIECES, error))
		return NULL;
	if (slot_find(&monitor->slots, line.slot)) {
		fail(error, "slot %s is there already", line.slot);
		return NULL;
	}
	slot = slot_new(&monitor->slots);
	if (!slot) {
		fail(error, "no room for another slot; %d is the most", SWITCHYARD_MAX_SLOTS);
		return NULL;
	}
	parse_make_slot(&line, slot);
	if (!owner_claim(&monitor->slots, slot, log_keep_warn, &monitor->log, error) ||
	    !equip(monitor, slot, error)) {
		slot_forget(&monitor->slots, slot);
		return NULL;
	}
	new_image_slots_changed(monitor);
	return slot;
}

/* Another slot may get the name later, which has not asked for the machine. */
static void forget_way_back(struct slot_table *slots, const char *name)
{
	for (uint32_t i = 0; i < slots->count; i++) {
		struct successor *back = &slots->slot[i].back;

		if (back->kind == SUCCESSOR_SLOT && !strcmp(back->slot, name))
			*back = (struct successor){.kind = SUCCESSOR_MONITOR};
	}
}

bool new_slot_remove(struct monitor *monitor, struct slot *slot, struct error *error)
{
	uint32_t index = slot_index(&monitor->slots, slot);
	const struct slot gone = *slot;

	if (!life_allows(slot, LIFE_REMOVE, error) ||
	    !pool_can_drop(&monitor->plan, REMOVE_PIECES, error))
		return false;
	switch_stop_ended_devices(monitor); /* they may still write to its memory */
	dump_slot_drop(&monitor->plan, slot);
	new_image_drop(monitor, index);
	new_image_drop_for(monitor, index);
	picture_drop(monitor, index);
	kept_state_drop(monitor, index);
	plan_drop_slot(&monitor->plan, slot);
	forget_way_back(&monitor->slots, slot->name);
	life_apply(slot, LIFE_REMOVE);
	slot_forget(&monitor->slots, slot);
	pool_drop_images(&monitor->plan, &monitor->slots, &gone);
	if (monitor->current == index)
		monitor->current = NO_SLOT;
	new_image_slots_changed(monitor);
	return true;
}
