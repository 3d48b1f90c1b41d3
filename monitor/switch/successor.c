// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/successor.h"
#include "arch/x86/acpi/power.h"
#include "arch/x86/time/clock.h"
#include "guest/linux/switchyard_names.h"
#include "lib/print.h"
#include "monitor/slot/life.h"
#include "monitor/switch/monitor.h"
#include "monitor/switch/switch.h"

#define WHAT_SIZE (SWITCHYARD_NAME_SIZE + 32)

/*
 * A successor whose kernel ends again at once would be started for ever. So it is left to the
 * person, or, if nobody is there, it is tried only now and then.
 */
#define QUICK_US	60000000u
#define MOST_QUICK_ENDS 3

#define COUNTDOWN	10 /* seconds */
#define RETRY_COUNTDOWN 600
#define RESET_COUNTDOWN 60

void succession_begin_turn(struct succession *succession, struct slot *slot)
{
	slot->turn = ++succession->turns;
	succession->since = clock_us();
}

static bool ends_in_a_loop(struct succession *succession, const struct slot *slot)
{
	bool quick =
		slot->turn == succession->automatic && clock_us() - succession->since < QUICK_US;

	succession->quick_ends = quick ? succession->quick_ends + 1 : 0;
	return succession->quick_ends >= MOST_QUICK_ENDS;
}

/* It returns only if the slot can't run. Then the log has the reason. */
static void start_successor(struct monitor *monitor, struct slot *slot, bool afresh)
{
	struct error error;

	monitor->succession.automatic = monitor->succession.turns + 1;
	if (afresh ? switch_boot(monitor, slot, &error) : switch_to(monitor, slot, &error))
		__builtin_unreachable();
	monitor->succession.automatic = 0; /* a person starts the next turn */
	log_line(&monitor->log, LOG_ERROR, "%s", error.text);
}

/* It returns if the slot that was named can't run. */
static void start_named(struct monitor *monitor, const struct slot *ended, const char *name)
{
	struct slot *slot = slot_find(&monitor->slots, name);

	if (slot)
		start_successor(monitor, slot, slot == ended);
	else
		log_line(&monitor->log, LOG_ERROR, "slot %s: its successor %s is not there",
			 ended->name, name);
}

static bool can_run(const struct slot *slot)
{
	return slot->state == SWITCHYARD_PARKED || slot->state == SWITCHYARD_READY;
}

/* Slots that can run without losing anything. tried has a bit for each that could not. */
static struct slot *last_that_ran(struct monitor *monitor, const struct slot *ended, uint32_t tried)
{
	struct slot *last = NULL;

	for (uint32_t i = 0; i < monitor->slots.count; i++) {
		struct slot *slot = &monitor->slots.slot[i];

		if (slot == ended || tried & 1u << i || !slot->turn || !can_run(slot))
			continue;
		if (!last || slot->turn > last->turn)
			last = slot;
	}
	return last;
}

static bool count_down_to(const struct monitor *monitor, const char *does, const struct slot *slot,
			  uint32_t seconds)
{
	const struct frontend *frontend = &monitor->frontend;
	char what[WHAT_SIZE];

	format_text(what, sizeof(what), "%s %s", does, slot->name);
	return frontend->count_down(frontend->context, what, seconds);
}

/*
 * Tries the slots in the order in which they ran, the last one first. If none of them can run, the
 * slot that has ended starts afresh, but only if nobody is there who could want to see its memory.
 */
static void count_down_to_last(struct monitor *monitor, struct slot *ended, bool attended,
			       bool in_a_loop)
{
	uint32_t tried = 0;
	struct slot *slot;

	while ((slot = last_that_ran(monitor, ended, tried)) != NULL) {
		if (!count_down_to(monitor, "Going to", slot, COUNTDOWN))
			return;
		start_successor(monitor, slot, false);
		tried |= 1u << slot_index(&monitor->slots, slot);
	}
	if (attended ||
	    !count_down_to(monitor, "Starting", ended, in_a_loop ? RETRY_COUNTDOWN : COUNTDOWN))
		return;
	start_successor(monitor, ended, true);
}

const struct successor *successor_of(const struct slot *slot, bool crashed)
{
	if (slot->back.kind == SUCCESSOR_SLOT)
		return &slot->back;
	return crashed ? &slot->on_crash : &slot->on_end;
}

bool successor_is_there(struct monitor *monitor, const struct slot *crashed)
{
	const struct successor *successor = successor_of(crashed, true);
	const struct slot *next = successor->kind == SUCCESSOR_SLOT
					  ? slot_find(&monitor->slots, successor->slot)
					  : NULL;

	return next && next != crashed && can_run(next);
}

void successor_start(struct monitor *monitor, struct slot *slot, const struct successor *successor)
{
	bool in_a_loop = ends_in_a_loop(&monitor->succession, slot);
	bool attended = monitor->frontend.attended(monitor->frontend.context);

	if (in_a_loop)
		log_line(&monitor->log, LOG_ERROR,
			 "slot %s: the successors ended %u times in a row within %u s; no other "
			 "one is started at once",
			 slot->name, monitor->succession.quick_ends, QUICK_US / 1000000u);
	else if (successor->kind == SUCCESSOR_RESTART)
		start_successor(monitor, slot, true);
	else if (successor->kind == SUCCESSOR_SLOT)
		start_named(monitor, slot, successor->slot);

	if (!attended || (successor->kind == SUCCESSOR_SLOT && !in_a_loop))
		count_down_to_last(monitor, slot, attended, in_a_loop);
}

void successor_start_after_fault(struct monitor *monitor)
{
	struct slot *slot = monitor->succession.faulted;

	monitor->succession.faulted = NULL;
	if (slot)
		successor_start(monitor, slot, successor_of(slot, true));
	else
		monitor->succession.automatic = 0; /* a person starts the next turn */
}

void successor_reset(const struct monitor *monitor)
{
	const struct frontend *frontend = &monitor->frontend;

	if (!frontend->attended(frontend->context) &&
	    frontend->count_down(frontend->context, "Resetting the machine", RESET_COUNTDOWN))
		machine_reboot();
}

static void check_one(struct slot_table *slots, const struct slot *slot, const char *option,
		      const struct successor *successor, report_fn report, void *context)
{
	struct error error;

	if (successor->kind != SUCCESSOR_SLOT || slot_find(slots, successor->slot))
		return;
	fail(&error, "%s=%s: no slot has that name", option, successor->slot);
	slot_report(slot, &error, report, context);
}

void successor_check(struct slot_table *slots, report_fn report, void *context)
{
	for (uint32_t i = 0; i < slots->count; i++) {
		const struct slot *slot = &slots->slot[i];

		check_one(slots, slot, "on-end", &slot->on_end, report, context);
		check_one(slots, slot, "on-crash", &slot->on_crash, report, context);
	}
}
