// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * ask.c - services of the monitor: kill and log. This kernel goes on.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include "switchyard_names.h"
#include "syctl.h"

#define LOG_ROOM 65536u /* the monitor's log is smaller */

int ask_monitor(int device, const char *what, struct switchyard_ask *ask)
{
	if (ioctl(device, SWITCHYARD_IOC_ASK, ask) < 0)
		return fail("%s: %s", what,
			    errno == EBUSY ? "another program loads an image; wait for its end"
					   : strerror(errno));
	if (ask->error == SWITCHYARD_EREFUSED)
		return fail("%s: %s", what, ask->text);
	if (ask->error)
		return fail("%s: %s", what, switchyard_error_text(ask->error));
	return EXIT_DONE;
}

int kill_slot(int device, const char *name, bool json)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_KILL};
	struct switchyard_list list;

	if (!get_list(device, &list))
		return EXIT_FAILED;
	ask.slot = named_slot(&list, name);
	if (!ask.slot || ask_monitor(device, name, &ask) != EXIT_DONE)
		return EXIT_FAILED;
	if (!json)
		return EXIT_DONE;
	if (!get_list(device, &list))
		return EXIT_FAILED;
	printf("{\"slot\": \"%s\", \"state\": \"%s\"}\n", name,
	       switchyard_state_name(list.slot[ask.slot - 1].state));
	return EXIT_DONE;
}

/* A log's characters are printable ASCII and tabs: three of them need an escape. */
void print_json_text(const char *text, size_t length)
{
	putchar('"');
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"' || text[i] == '\\' || text[i] == '\t')
			putchar('\\');
		putchar(text[i] == '\t' ? 't' : text[i]);
	}
	putchar('"');
}

/* How the text of a log is written: as it is, or as members of a list. */
struct log_output {
	bool json;
	bool begun; /* there is a member before the next one */
};

static void print_text(struct log_output *output, const char *text, size_t size)
{
	const char *end = text + size, *line = text, *newline;

	if (!output->json) {
		fwrite(text, 1, size, stdout);
		return;
	}
	while (line < end && (newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
		printf("%s\n  ", output->begun ? "," : "");
		print_json_text(line, (size_t)(newline - line));
		output->begun = true;
		line = newline + 1;
	}
}

/* A slot's log comes in parts, the monitor's at once. slot is a number from 1; 0: the monitor. */
static int print_log(int device, const char *what, uint32_t slot, char *text,
		     struct log_output *output)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_LOG,
				     .slot = slot,
				     .buffer = (uintptr_t)text,
				     .length = LOG_ROOM};
	int status;

	do {
		status = ask_monitor(device, what, &ask);
		if (status != EXIT_DONE)
			return status;
		if (output->json && !ask.bytes)
			printf("{\"lines\": [");
		print_text(output, text, (uint32_t)ask.done);
		ask.bytes += ask.done >> 32;
	} while (ask.done >> 32);
	if (output->json)
		printf("\n]}\n");
	return EXIT_DONE;
}

int show_log(int device, const char *name, bool json)
{
	struct log_output output = {.json = json};
	struct switchyard_list list;
	uint32_t slot = 0;
	char *text;
	int status;

	if (name && (!get_list(device, &list) || !(slot = named_slot(&list, name))))
		return EXIT_FAILED;
	text = malloc(LOG_ROOM);
	if (!text)
		return fail("log: %s", strerror(errno));
	status = print_log(device, name ? name : "log", slot, text, &output);
	free(text);
	return status;
}
