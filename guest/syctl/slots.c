// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * slots.c - adds a slot out of free RAM, and gives one back. This kernel goes on.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include "switchyard_names.h"
#include "syctl.h"

/* The monitor's names for them are the same without the dashes. */
static const char *const options[ADD_OPTIONS] = {"--mem", "--cpus",   "--on-crash", "--on-end",
						 "--efi", "--switch", "--devices",  "--low"};

bool add_option(struct add *add, const char *option, const char *value)
{
	for (int i = 0; i < ADD_OPTIONS; i++) {
		if (strcmp(option, options[i]) != 0)
			continue;
		if (add->value[i])
			return false;
		add->value[i] = value;
		return true;
	}
	return false;
}

static bool parse_option_of_add(void *add, const char *option, char *value)
{
	return add_option(add, option, value);
}

bool add_parse(struct add *add, int count, char **word)
{
	const struct words words = {.context = add,
				    .named = &add->slot,
				    .json = &add->json,
				    .option = parse_option_of_add};

	return read_words(&words, count, word) && add->slot && add->value[ADD_MEM];
}

/* "slot=NAME mem=SIZE ...". False: it is too long. */
static bool describe(const struct add *add, char *text, size_t size)
{
	size_t length = (size_t)snprintf(text, size, "slot=%s", add->slot);

	for (int i = 0; i < ADD_OPTIONS && length < size; i++)
		if (add->value[i])
			length += (size_t)snprintf(text + length, size - length, " %s=%s",
						   options[i] + strlen("--"), add->value[i]);
	return length < size;
}

/* The text is the buffer of the request. False: it is too long. */
static bool make_ask(const struct add *add, struct switchyard_ask *ask,
		     char text[SWITCHYARD_ADD_TEXT + 1])
{
	if (!describe(add, text, SWITCHYARD_ADD_TEXT + 1))
		return false;
	*ask = (struct switchyard_ask){.service = SWITCHYARD_ADD,
				       .buffer = (uintptr_t)text,
				       .length = strlen(text)};
	return true;
}

bool add_if_possible(int device, const struct add *add)
{
	char text[SWITCHYARD_ADD_TEXT + 1];
	struct switchyard_ask ask;

	return make_ask(add, &ask, text) && ioctl(device, SWITCHYARD_IOC_ASK, &ask) == 0 &&
	       !ask.error;
}

int ask_to_add(int device, const struct add *add, uint32_t *number)
{
	char text[SWITCHYARD_ADD_TEXT + 1];
	struct switchyard_ask ask;

	if (!make_ask(add, &ask, text))
		return fail("%s: its options are too long", add->slot);
	if (ask_monitor(device, add->slot, &ask) != EXIT_DONE)
		return EXIT_FAILED;
	*number = (uint32_t)ask.done;
	return EXIT_DONE;
}

int add_slot(int device, const struct add *add)
{
	const struct switchyard_slot *slot;
	struct switchyard_list list;
	uint32_t number;

	if (ask_to_add(device, add, &number) != EXIT_DONE)
		return EXIT_FAILED;
	if (!add->json)
		return EXIT_DONE;
	if (!get_list(device, &list))
		return EXIT_FAILED;
	slot = &list.slot[number - 1];
	printf("{\"number\": %" PRIu32 ", \"slot\": \"%s\", \"state\": \"%s\", "
	       "\"memory\": %" PRIu64 ", \"base\": %" PRIu64 "}\n",
	       number, slot->name, switchyard_state_name(slot->state), slot->size, slot->base);
	return EXIT_DONE;
}

int remove_slot(int device, const char *name, bool json)
{
	struct switchyard_list list;
	uint32_t slot;

	if (ask_about_slot(device, SWITCHYARD_REMOVE, name, &list, &slot) != EXIT_DONE)
		return EXIT_FAILED;
	if (json)
		printf("{\"number\": %" PRIu32 ", \"slot\": \"%s\", \"removed\": true}\n", slot,
		       name);
	return EXIT_DONE;
}
