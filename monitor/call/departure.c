// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/call/departure.h"
#include "arch/x86/gate/crew.h"
#include "guest/linux/switchyard_check.h"
#include "guest/linux/switchyard_names.h"
#include "monitor/call/request.h"
#include "monitor/owner/owner.h"
#include "monitor/slot/life.h"
#include "monitor/switch/new_image.h"
#include "monitor/switch/slot_block.h"
#include "monitor/switch/slot_log.h"
#include "monitor/switch/successor.h"
#include "monitor/switch/switch.h"

static void slot_ends(struct monitor *monitor, struct slot *slot, uint64_t how)
{
	monitor->devices_running |= life_apply(slot, LIFE_END)->devices_running;
	slot->end = (enum switchyard_end)how;
	storage_end(&monitor->storage, slot_index(&monitor->slots, slot), slot, false);
	owner_end(&monitor->slots, slot);
	monitor->current = NO_SLOT;
	new_image_drop(monitor, slot_index(&monitor->slots, slot));
	log_line(&monitor->log, LOG_INFO, "slot %s has %s; it is ready to be started again",
		 slot->name, switchyard_end_name((int)how));
}

static void slot_crashes(struct monitor *monitor, struct slot *slot,
			 const struct switchyard_notes *notes)
{
	monitor->devices_running |= life_apply(slot, LIFE_CRASH)->devices_running;
	storage_end(&monitor->storage, slot_index(&monitor->slots, slot), slot, true);
	owner_end(&monitor->slots, slot);
	new_image_drop(monitor, slot_index(&monitor->slots, slot));
	request_copy_message(slot->crash, sizeof(notes->message),
			     notes->message[0] ? notes->message : "it gave no reason");
	/* In the shell of another slot, the person can read it. */
	if (monitor->boot_cpu_lost || !successor_is_there(monitor, slot))
		slot_log_show_last(monitor, slot);
	log_line(&monitor->log, LOG_ERROR, "slot %s has crashed: %s", slot->name, slot->crash);
}

static void slot_is_interrupted(struct monitor *monitor, const struct slot *slot)
{
	slot_log_show_last(monitor, slot);
	log_line(&monitor->log, LOG_WARN,
		 "slot %s was interrupted by an NMI; \"regs %s\" shows where, \"switch %s\" "
		 "continues it",
		 slot->name, slot->name, slot->name);
	if (slot->crash[0])
		log_line(&monitor->log, LOG_ERROR, "slot %s can't be continued: %s", slot->name,
			 slot->crash);
}

static void slot_leaves(struct monitor *monitor, struct slot *slot, uint64_t op, uint64_t arg)
{
	if (op == SWITCHYARD_END)
		slot_ends(monitor, slot, arg);
	else if (op == SWITCHYARD_CRASH)
		slot_crashes(monitor, slot, &slot_block(slot)->info.notes);
	else if (op == SWITCHYARD_INTERRUPT)
		slot_is_interrupted(monitor, slot);
	else
		log_line(&monitor->log, LOG_INFO, "slot %s is parked", slot->name);
}

/* Takes the person's terminal back after a slot had the machine. Only the boot CPU is needed. */
static void take_over(const struct frontend *frontend)
{
	crew_dismiss(0);
	frontend->take(frontend->context);
	frontend->clear_screen(frontend->context);
	frontend->write(frontend->context, "\n");
}

void departure_tell(struct monitor *monitor, struct slot *slot, uint64_t op, uint64_t arg,
		    const void *damage)
{
	take_over(&monitor->frontend);
	if (damage)
		log_line(&monitor->log, LOG_ERROR,
			 "the monitor's code or constants changed in the page at %#lx; "
			 "save what you can, and reboot",
			 (uintptr_t)damage);
	slot_leaves(monitor, slot, op, arg);
}

/*
 * The slot's options say who is next. An NMI is a person's, who presses a button, or a watchdog's,
 * which barks while nobody is there.
 */
static bool has_successor(const struct monitor *monitor, uint64_t op)
{
	return op == SWITCHYARD_END || op == SWITCHYARD_CRASH ||
	       (op == SWITCHYARD_INTERRUPT &&
		!monitor->frontend.attended(monitor->frontend.context));
}

void departure_to_next(struct monitor *monitor, struct slot *slot, uint64_t op, uint64_t arg,
		       const void *damage)
{
	departure_tell(monitor, slot, op, arg, damage);
	if (!damage && has_successor(monitor, op))
		successor_start(monitor, slot, successor_of(slot, op != SWITCHYARD_END));
	monitor->frontend.talk(monitor->frontend.context);
}

void departure_to_target(struct monitor *monitor, struct slot *slot, uint64_t op, uint64_t arg)
{
	struct slot *next = &monitor->slots.slot[switchyard_target(op, (uint32_t)arg) - 1];
	struct error error;
	bool left;

	if (op == SWITCHYARD_SWITCH)
		left = switch_force(monitor, next, &error);
	else if (arg & SWITCHYARD_COME_BACK)
		left = switch_try(monitor, next, slot, &error);
	else
		left = switch_boot_force(monitor, next, &error);
	if (left)
		__builtin_unreachable();
	log_line(&monitor->log, LOG_ERROR, "%s", error.text);
	switch_resume(monitor, slot, SWITCHYARD_EIMAGE);
}
