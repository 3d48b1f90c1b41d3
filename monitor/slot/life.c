// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/slot/life.h"
#include <stddef.h>
#include "guest/linux/switchyard_names.h"
#include "monitor/slot/care.h"

#define STATES (SWITCHYARD_INTERRUPTED + 1)

/* An event that the table leaves out can't happen. Its next state is 0, which is no state. */
static const struct life_step steps[STATES][LIFE_EVENTS] = {
	[SWITCHYARD_EMPTY] =
		{
			[LIFE_LOAD] = {.next = SWITCHYARD_READY},
			[LIFE_RESTORE] = {.next = SWITCHYARD_PARKED},
			[LIFE_REMOVE] = {.next = SWITCHYARD_EMPTY},
		},
	[SWITCHYARD_READY] =
		{
			[LIFE_REMOVE] = {.next = SWITCHYARD_EMPTY},
			[LIFE_LOAD] = {.next = SWITCHYARD_READY},
			[LIFE_RESTORE] = {.next = SWITCHYARD_PARKED},
			[LIFE_RESET] = {.next = SWITCHYARD_READY},
			[LIFE_BOOT] = {.next = SWITCHYARD_RUNNING, .counts = true},
		},
	[SWITCHYARD_RUNNING] =
		{
			[LIFE_PARK] = {.next = SWITCHYARD_PARKED},
			[LIFE_INTERRUPT] = {.next = SWITCHYARD_INTERRUPTED},
			[LIFE_END] = {.next = SWITCHYARD_READY, .devices_running = true},
			[LIFE_CRASH] = {.next = SWITCHYARD_CRASHED, .devices_running = true},
		},
	[SWITCHYARD_PARKED] =
		{
			[LIFE_LOAD] = {.next = SWITCHYARD_PARKED},
			[LIFE_RESET] = {.next = SWITCHYARD_READY},
			[LIFE_RESUME] = {.next = SWITCHYARD_RUNNING, .counts = true},
			[LIFE_LOSE] = {.next = SWITCHYARD_CRASHED},
			[LIFE_KILL] = {.next = SWITCHYARD_READY},
		},
	[SWITCHYARD_CRASHED] =
		{
			[LIFE_LOAD] = {.next = SWITCHYARD_CRASHED},
			[LIFE_RESET] = {.next = SWITCHYARD_READY},
			[LIFE_KILL] = {.next = SWITCHYARD_READY},
		},
	[SWITCHYARD_INTERRUPTED] =
		{
			[LIFE_LOAD] = {.next = SWITCHYARD_INTERRUPTED},
			[LIFE_RESET] = {.next = SWITCHYARD_READY},
			[LIFE_RESUME] = {.next = SWITCHYARD_RUNNING, .counts = true},
			[LIFE_LOSE] = {.next = SWITCHYARD_CRASHED},
			[LIFE_KILL] = {.next = SWITCHYARD_READY},
		},
};

void life_begin(struct slot *slot)
{
	slot->state = SWITCHYARD_EMPTY;
}

const struct life_step *life_step(enum switchyard_state state, enum life_event event)
{
	const struct life_step *step;

	if ((unsigned int)state >= STATES || (unsigned int)event >= LIFE_EVENTS)
		return NULL;
	step = &steps[state][event];
	return step->next ? step : NULL;
}

static bool refuse(const struct slot *slot, enum life_event event, struct error *error)
{
	if (event == LIFE_KILL)
		return fail(error,
			    "slot %s is %s; only a parked, crashed or interrupted one "
			    "can be killed",
			    slot->name, switchyard_state_name(slot->state));
	if (event == LIFE_LOAD)
		return fail(error, "slot %s is %s; only a slot that does not run can be loaded",
			    slot->name, switchyard_state_name(slot->state));
	if (event == LIFE_REMOVE)
		return fail(error,
			    slot->state == SWITCHYARD_RUNNING
				    ? "slot %s is %s; only a ready or empty slot can be removed"
				    : "slot %s is %s; it can be removed when it is killed",
			    slot->name, switchyard_state_name(slot->state));
	switch (slot->state) {
	case SWITCHYARD_EMPTY:
		return fail(error, "slot %s is empty; \"syctl load %s\" gives it an image",
			    slot->name, slot->name);
	case SWITCHYARD_RUNNING:
		return fail(error, "slot %s runs already", slot->name);
	case SWITCHYARD_CRASHED:
		return fail(error, "slot %s has crashed (%s); \"boot %s\" starts it afresh",
			    slot->name, slot->crash, slot->name);
	default:
		return fail(error, "slot %s is %s; it can't be %s", slot->name,
			    switchyard_state_name(slot->state),
			    event == LIFE_RESUME ? "resumed" : "started");
	}
}

bool life_allows(const struct slot *slot, enum life_event event, struct error *error)
{
	return life_step(slot->state, event) || refuse(slot, event, error);
}

const struct life_step *life_apply(struct slot *slot, enum life_event event)
{
	const struct life_step *step = life_step(slot->state, event);

	if (step->next == SWITCHYARD_CRASHED && slot->state != SWITCHYARD_CRASHED)
		care_begin(slot);
	slot->state = step->next;
	/* It was put back to a snapshot while it had no image, so it has none to start from. */
	if (event != LIFE_LOAD && slot->state == SWITCHYARD_READY && !slot->kernel.size)
		slot->state = SWITCHYARD_EMPTY;
	slot->runs += step->counts;
	return step;
}
