// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * ask.c - services of the monitor: kill, log and devices. This kernel goes on.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include "switchyard_names.h"
#include "syctl.h"

#define DEVICES_ROOM 4096u	 /* a line for each of more PCI functions than the monitor knows */
#define LOG_ROOM     65536u	 /* the monitor's log is smaller */
#define LOG_MOST     (16u << 20) /* a damaged log may seem to have no end */

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

int ask_about_slot(int device, uint32_t service, const char *name, struct switchyard_list *list,
		   uint32_t *slot)
{
	struct switchyard_ask ask = {.service = service};

	if (!get_list(device, list) || !(*slot = named_slot(list, name)))
		return EXIT_FAILED;
	ask.slot = *slot;
	return ask_monitor(device, name, &ask);
}

int kill_slot(int device, const char *name, bool json)
{
	struct switchyard_list list;
	uint32_t slot;

	if (ask_about_slot(device, SWITCHYARD_KILL, name, &list, &slot) != EXIT_DONE)
		return EXIT_FAILED;
	if (!json)
		return EXIT_DONE;
	if (!get_list(device, &list))
		return EXIT_FAILED;
	printf("{\"slot\": \"%s\", \"state\": \"%s\"}\n", name,
	       switchyard_state_name(list.slot[slot - 1].state));
	return EXIT_DONE;
}

void print_json_text(const char *text, size_t length)
{
	putchar('"');
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '"' || text[i] == '\\')
			printf("\\%c", text[i]);
		else if (text[i] == '\t')
			printf("\\t");
		else if ((unsigned char)text[i] < ' ')
			printf("\\u%04x", text[i]);
		else
			putchar(text[i]);
	}
	putchar('"');
}

static void print_json_lines(const char *name, const char *text, size_t size)
{
	const char *end = text + size, *line = text, *newline;

	printf("{\"%s\": [", name);
	while (line < end && (newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
		printf("%s\n  ", line == text ? "" : ",");
		print_json_text(line, (size_t)(newline - line));
		line = newline + 1;
	}
	printf("\n]}\n");
}

/*
 * Reads the log of slot number `slot` (0: the monitor's) to *text, which the caller frees. It comes in
 * parts, and that of the monitor at once. Of more than LOG_MOST bytes, the newest are kept.
 */
static int get_log(int device, const char *what, uint32_t slot, char **text, size_t *size)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_LOG, .slot = slot, .length = LOG_ROOM};
	int status;

	*text = NULL;
	*size = 0;
	do {
		char *more = realloc(*text, *size + LOG_ROOM);

		if (!more)
			return fail("%s: %s", what, strerror(errno));
		*text = more;
		ask.buffer = (uintptr_t)(more + *size);
		status = ask_monitor(device, what, &ask);
		if (status != EXIT_DONE)
			return status;
		if (slot && ask.done && !(ask.done >> 32))
			return fail("%s: this monitor is too old to read a slot's log", what);
		*size += (uint32_t)ask.done;
		ask.bytes += ask.done >> 32;
		if (*size > LOG_MOST) {
			*size -= LOG_MOST / 2;
			memmove(*text, *text + LOG_MOST / 2, *size);
		}
	} while (ask.done >> 32);
	return EXIT_DONE;
}

int show_log(int device, const char *name, bool json)
{
	struct switchyard_list list;
	uint32_t slot = 0;
	size_t size;
	char *text;
	int status;

	if (name && (!get_list(device, &list) || !(slot = named_slot(&list, name))))
		return EXIT_FAILED;
	status = get_log(device, name ? name : "log", slot, &text, &size);
	if (status == EXIT_DONE && json)
		print_json_lines("lines", text, size);
	else if (status == EXIT_DONE)
		fwrite(text, 1, size, stdout);
	free(text);
	return status;
}

int show_devices(int device, const char *name, bool json)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_DEVICES, .length = DEVICES_ROOM};
	struct switchyard_list list;
	char text[DEVICES_ROOM];

	if (name && (!get_list(device, &list) || !(ask.slot = named_slot(&list, name))))
		return EXIT_FAILED;
	ask.buffer = (uintptr_t)text;
	if (ask_monitor(device, name ? name : "devices", &ask) != EXIT_DONE)
		return EXIT_FAILED;
	if (json)
		print_json_lines("devices", text, ask.done);
	else
		fwrite(text, 1, ask.done, stdout);
	return EXIT_DONE;
}

int show_last_lines(int device, const char *name, uint32_t slot, unsigned int lines)
{
	size_t size, start;
	char *text;
	int status = get_log(device, name, slot, &text, &size);

	start = status == EXIT_DONE ? size : 0;
	while (start > 0 && (text[start - 1] != '\n' || start == size || lines-- > 1))
		start--;
	if (status == EXIT_DONE)
		fwrite(text + start, 1, size - start, stdout);
	free(text);
	return status;
}
