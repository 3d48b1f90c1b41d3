// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * syctl - Switchyard's command-line tool for Linux guests.
 *
 * Exit status: 0 done (a switch: this slot is back), 1 it failed, with one line "error: ..." on
 * standard error, 2 it was called wrongly.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "switchyard_names.h"
#include "syctl.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* `syctl switch` takes this for the monitor, also if a slot is called so. */
#define MONITOR_NAME "monitor"

/* Which lockdown mode holds, if securityfs is mounted. */
#define LOCKDOWN "/sys/kernel/security/lockdown"

struct options {
	bool json;
	bool force;
};

static const char usage[] =
	"usage: syctl [--json] [--force] COMMAND\n"
	"\n"
	"  list         the slots, as of the last switch\n"
	"  status       this slot and how often it came back\n"
	"  switch SLOT  park this kernel, go on with another (\"monitor\": the monitor)\n"
	"  monitor      park this kernel, open the monitor's console\n"
	"\n"
	"A switch ends when this slot is resumed. With --force, switch and monitor go on even\n"
	"if a device would not come back. --json writes JSON; --help this text.\n"
	"Exit status: 0 done, 1 failed, 2 wrong usage.\n";

__attribute__((format(printf, 1, 2))) static int fail(const char *format, ...)
{
	va_list args;

	fputs("error: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

static int wrong_usage(void)
{
	fputs(usage, stderr);
	return EXIT_USAGE;
}

/* The number of the slot of that name, counted from 1, or 0. */
static uint32_t find_slot(const struct switchyard_list *list, const char *name)
{
	for (uint32_t i = 0; i < list->slot_count; i++)
		if (strcmp(list->slot[i].name, name) == 0)
			return i + 1;
	return 0;
}

/* The kernel shows all its modes, the one that holds in brackets: "none [integrity] ...". */
static bool is_locked_down(void)
{
	char modes[64] = "";
	FILE *file = fopen(LOCKDOWN, "re");

	if (!file)
		return false;
	if (!fgets(modes, sizeof(modes), file))
		modes[0] = '\0';
	fclose(file);
	return strstr(modes, "[integrity]") || strstr(modes, "[confidentiality]");
}

static int no_device(int error)
{
	if (error == ENOENT && is_locked_down())
		return fail("%s: there is none, and this kernel is in lockdown, which keeps out "
			    "drivers that no key of its own has signed; boot it without lockdown=",
			    SWITCHYARD_DEVICE);
	return fail("%s: %s; is switchyard.ko loaded, and are you root?", SWITCHYARD_DEVICE,
		    strerror(error));
}

static int unknown_slot(const struct switchyard_list *list, const char *name)
{
	fprintf(stderr, "error: no slot is called %s; there are", name);
	for (uint32_t i = 0; i < list->slot_count; i++)
		fprintf(stderr, "%s %s", i ? "," : "", list->slot[i].name);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

static int cannot_suspend(int device, const char *name, int error)
{
	const char *text = switchyard_suspend_text(error);
	struct switchyard_lost lost;

	if (error == ENOTRECOVERABLE && ioctl(device, SWITCHYARD_IOC_LOST, &lost) == 0)
		return fail(SWITCHYARD_LOST_TEXT "; unload that, or add --force", name, lost.device,
			    lost.driver);
	return fail("%s: Linux could not be suspended: %s", name, text ? text : strerror(error));
}

/* Gives the machine away; slot 0: to the monitor. Returns when this slot is resumed. */
static int give_away(int device, const char *name, uint32_t slot, const struct options *options)
{
	struct switchyard_request request = {
		.slot = slot | (options->force ? SWITCHYARD_FORCE : 0),
	};
	struct switchyard_list list;

	if (ioctl(device, slot ? SWITCHYARD_IOC_SWITCH : SWITCHYARD_IOC_MONITOR, &request) < 0)
		return cannot_suspend(device, name, errno);
	if (request.error)
		return fail("%s: %s", name, switchyard_error_text(request.error));

	if (options->json) {
		if (ioctl(device, SWITCHYARD_IOC_LIST, &list) < 0)
			return fail("%s: %s", SWITCHYARD_DEVICE, strerror(errno));
		show_status(&list, true);
	}
	return EXIT_DONE;
}

static int run(int device, int count, char **word, const struct options *options)
{
	struct switchyard_list list;
	uint32_t slot;

	if (ioctl(device, SWITCHYARD_IOC_LIST, &list) < 0)
		return fail("%s: %s", SWITCHYARD_DEVICE, strerror(errno));

	if (strcmp(word[0], "list") == 0) {
		show_list(&list, options->json);
		return EXIT_DONE;
	}
	if (strcmp(word[0], "status") == 0) {
		show_status(&list, options->json);
		return EXIT_DONE;
	}
	if (count == 1 || strcmp(word[1], MONITOR_NAME) == 0)
		return give_away(device, MONITOR_NAME, 0, options);

	slot = find_slot(&list, word[1]);
	if (!slot)
		return unknown_slot(&list, word[1]);
	return give_away(device, word[1], slot, options);
}

/* Only commands that give the machine away take --force. */
static bool is_command(int count, char **word, bool force)
{
	static const struct {
		const char *name;
		int count;
		bool may_force;
	} commands[] = {
		{"list", 1, false},
		{"status", 1, false},
		{"monitor", 1, true},
		{"switch", 2, true},
	};

	for (size_t i = 0; count && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(word[0], commands[i].name) == 0)
			return count == commands[i].count && (!force || commands[i].may_force);
	return false;
}

int main(int argc, char **argv)
{
	struct options options = {false};
	int count = 0;
	int device;

	/* Options may stand anywhere; the words that are left move to the front. */
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			fputs(usage, stdout);
			return EXIT_DONE;
		}
		if (strcmp(argv[i], "--json") == 0)
			options.json = true;
		else if (strcmp(argv[i], "--force") == 0)
			options.force = true;
		else if (argv[i][0] == '-')
			return wrong_usage();
		else
			argv[count++] = argv[i];
	}
	if (!is_command(count, argv, options.force))
		return wrong_usage();

	device = open(SWITCHYARD_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0)
		return no_device(errno);
	return run(device, count, argv, &options);
}
