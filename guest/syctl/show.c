// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * show.c - slots as a table for people and as JSON for programs.
 *
 * Names need no escaping in JSON: they are [a-z0-9._-] only.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include "switchyard_names.h"
#include "syctl.h"

#define KIB 1024u

/* enough for 64 bits in decimal, a blank and a unit */
#define SIZE_TEXT 32

/* "512 MiB": exact, in the largest unit that makes it a whole number. */
static const char *size_text(char text[SIZE_TEXT], uint64_t bytes)
{
	static const char *const unit[] = {"B", "KiB", "MiB", "GiB"};
	const unsigned last = sizeof(unit) / sizeof(unit[0]) - 1;
	unsigned i = 0;

	while (i < last && bytes && bytes % KIB == 0) {
		bytes /= KIB;
		i++;
	}
	snprintf(text, SIZE_TEXT, "%" PRIu64 " %s", bytes, unit[i]);
	return text;
}

/* A slot keeps its number when others are removed, so there are rows without a slot. */
static bool is_used(const struct switchyard_slot *slot)
{
	return slot->state != 0;
}

/* The table's columns are a contract, so this comes below it. */
static void list_driverless(const struct switchyard_list *list)
{
	const char *before = "\n";

	for (uint32_t i = 0; i < list->slot_count; i++) {
		if (!(list->slot[i].flags & SWITCHYARD_SLOT_NO_DRIVER))
			continue;
		printf("%s%s: its kernel has shown no driver; its panic or reboot takes parked "
		       "slots along\n",
		       before, list->slot[i].name);
		before = "";
	}
}

static void list_cares(const struct switchyard_list *list)
{
	const char *before = "\n";

	for (uint32_t i = 0; i < list->slot_count; i++) {
		enum switchyard_care care = care_of(&list->slot[i]);

		if (care != SWITCHYARD_CARE_TAKEN && care != SWITCHYARD_CARE_FAILED)
			continue;
		printf("%s%s: after its crash, programs in " SWITCHYARD_ON_CRASH " %s\n", before,
		       list->slot[i].name,
		       care == SWITCHYARD_CARE_TAKEN
			       ? "run, or were cut short"
			       : "have failed; they are not run again for it");
		before = "";
	}
}

static void list_table(const struct switchyard_list *list)
{
	char size[SIZE_TEXT];

	printf("%-16s  %-7s  %-8s  %-12s  %-10s  %s\n", "SLOT", "STATE", "MEMORY", "BASE", "TYPE",
	       "RUNS");
	for (uint32_t i = 0; i < list->slot_count; i++) {
		const struct switchyard_slot *slot = &list->slot[i];

		if (!is_used(slot))
			continue;
		printf("%-16s  %-7s  %-8s  0x%-10" PRIx64 "  %-10s  %" PRIu64 "\n", slot->name,
		       switchyard_state_name(slot->state), size_text(size, slot->size), slot->base,
		       slot->type ? switchyard_type_name(slot->type) : "-", slot->runs);
	}
	list_driverless(list);
	list_cares(list);
}

static void list_json(const struct switchyard_list *list)
{
	const char *before = "";

	printf("[");
	for (uint32_t i = 0; i < list->slot_count; i++) {
		const struct switchyard_slot *slot = &list->slot[i];
		const char *quote = slot->type ? "\"" : "";

		if (!is_used(slot))
			continue;
		printf("%s\n  {\"number\": %" PRIu32 ", \"slot\": \"%s\", \"state\": \"%s\", "
		       "\"memory\": %" PRIu64 ", \"base\": %" PRIu64 ", \"type\": %s%s%s, "
		       "\"runs\": %" PRIu64
		       ", \"driverless\": %s, \"crash\": \"%s\", \"self\": %s}",
		       before, i + 1, slot->name, switchyard_state_name(slot->state), slot->size,
		       slot->base, quote, slot->type ? switchyard_type_name(slot->type) : "null",
		       quote, slot->runs,
		       slot->flags & SWITCHYARD_SLOT_NO_DRIVER ? "true" : "false",
		       switchyard_care_name((int)care_of(slot)),
		       i + 1 == list->self ? "true" : "false");
		before = ",";
	}
	printf("\n]\n");
}

void show_list(const struct switchyard_list *list, bool json)
{
	if (json)
		list_json(list);
	else
		list_table(list);
}

static uint64_t whole_usec(const struct switchyard_turn_times *turn)
{
	uint64_t sum = 0;

	for (int phase = 0; phase < SWITCHYARD_PHASES_END; phase++)
		sum += turn->usec[phase];
	return sum;
}

static double milliseconds(uint64_t usec)
{
	return (double)usec / 1000;
}

static void times_table(const struct switchyard_times *times)
{
	if (!times->count)
		return;
	printf("\nThe last switches, the newest first, in milliseconds:\n\n%-16s  %-8s", "TO",
	       "ASKED");
	for (int phase = 0; phase < SWITCHYARD_PHASES_END; phase++)
		printf("  %8s", switchyard_phase_name(phase));
	printf("  %8s\n", "whole");
	for (uint32_t i = 0; i < times->count; i++) {
		const struct switchyard_turn_times *turn = &times->turn[i];
		time_t asked = (time_t)turn->asked;
		char clock[16] = "";

		strftime(clock, sizeof(clock), "%H:%M:%S", localtime(&asked));
		printf("%-16s  %-8s", turn->to, clock);
		for (int phase = 0; phase < SWITCHYARD_PHASES_END; phase++)
			printf("  %8.1f", milliseconds(turn->usec[phase]));
		printf("  %8.1f\n", milliseconds(whole_usec(turn)));
	}
}

static void times_json(const struct switchyard_times *times)
{
	printf("\"switches\": [");
	for (uint32_t i = 0; i < times->count; i++) {
		const struct switchyard_turn_times *turn = &times->turn[i];

		printf("%s{\"to\": \"%s\", \"asked\": %" PRIu64, i ? ", " : "", turn->to,
		       turn->asked);
		for (int phase = 0; phase < SWITCHYARD_PHASES_END; phase++)
			printf(", \"%s_us\": %" PRIu64, switchyard_phase_name(phase),
			       turn->usec[phase]);
		printf(", \"whole_us\": %" PRIu64 "}", whole_usec(turn));
	}
	printf("]");
}

void show_status(const struct switchyard_list *list, const struct switchyard_times *times,
		 bool json)
{
	const struct switchyard_slot *self = &list->slot[list->self - 1];
	const char *state = switchyard_state_name(self->state);
	uint32_t slots = 0;

	for (uint32_t i = 0; i < list->slot_count; i++)
		slots += is_used(&list->slot[i]);

	if (json) {
		printf("{\"number\": %" PRIu32 ", \"slot\": \"%s\", \"state\": \"%s\", "
		       "\"gate\": %" PRIu64 ", \"runs\": %" PRIu64 ", \"returns\": %" PRIu64 ", "
		       "\"away_ms\": %" PRIu64 ", ",
		       list->self, self->name, state, list->gate, self->runs, list->returns,
		       list->away_usec / 1000);
		times_json(times);
		printf("}\n");
		return;
	}
	printf("slot     %s (number %" PRIu32 "; there are %" PRIu32 ")\n", self->name, list->self,
	       slots);
	printf("state    %s\n", state);
	printf("gate     0x%" PRIx64 "\n", list->gate);
	printf("returns  %" PRIu64 "\n", list->returns);
	if (list->returns)
		printf("away     %" PRIu64 " ms, the last time\n", list->away_usec / 1000);
	times_table(times);
}
