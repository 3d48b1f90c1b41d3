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

void print_json_text(const char *text, size_t length)
{
	putchar('"');
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"' || text[i] == '\\')
			putchar('\\');
		putchar(text[i]);
	}
	putchar('"');
}

static void print_json_lines(const char *text, size_t size)
{
	const char *end = text + size, *line = text, *newline;

	printf("{\"lines\": [");
	while (line < end && (newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
		printf("%s\n  ", line == text ? "" : ",");
		print_json_text(line, (size_t)(newline - line));
		line = newline + 1;
	}
	printf("\n]}\n");
}

int show_log(int device, bool json)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_LOG, .length = LOG_ROOM};
	char *text = malloc(LOG_ROOM);
	int status;

	if (!text)
		return fail("log: %s", strerror(errno));
	ask.buffer = (uintptr_t)text;
	status = ask_monitor(device, "log", &ask);
	if (status == EXIT_DONE && json)
		print_json_lines(text, ask.done);
	else if (status == EXIT_DONE)
		fwrite(text, 1, ask.done, stdout);
	free(text);
	return status;
}
