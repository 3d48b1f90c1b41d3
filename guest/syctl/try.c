// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * try.c - starts a kernel that somebody has built, with our driver, and tells how it ended.
 */
#include "try.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>
#include "switchyard_check.h"
#include "switchyard_names.h"
#include "syctl.h"

#define SLOT	     "try"
#define MAX_TIMEOUT  1000000
#define SECOND	     1000000.0 /* in microseconds */
#define SENT_AT_ONCE 0x40000000
#define LAST_LINES   20 /* of the log of a kernel that has crashed */
#define NAMES_SIZE   (SWITCHYARD_MAX_SLOTS * (SWITCHYARD_NAME_SIZE + 2))

static bool parse_timeout(const char *text, unsigned *timeout)
{
	char *end;
	unsigned long value = strtoul(text, &end, 10);

	*timeout = (unsigned)value;
	return *text >= '0' && *text <= '9' && !*end && value && value <= MAX_TIMEOUT;
}

static bool parse_flag(void *context, const char *word)
{
	struct trial *trial = context;
	bool *flag = NULL;

	if (strcmp(word, "--force") == 0)
		flag = &trial->force;
	else if (strcmp(word, "--yes") == 0)
		flag = &trial->yes;
	if (flag)
		*flag = true;
	return flag;
}

static bool parse_option(void *context, const char *option, char *value)
{
	struct trial *trial = context;
	const struct {
		const char *name;
		const char **place;
	} texts[] = {
		{"--kernel", &trial->kernel},	{"--driver", &trial->driver},
		{"--initrd", &trial->initrd},	{"--append", &trial->append},
		{"--prepare", &trial->prepare},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (strcmp(option, texts[i].name) != 0)
			continue;
		if (*texts[i].place)
			return false;
		*texts[i].place = value;
		return true;
	}
	if (strcmp(option, "--timeout") == 0)
		return !trial->timeout && parse_timeout(value, &trial->timeout);
	return add_option(&trial->add, option, value);
}

/* Reads the words behind `try`. False: they are wrong. */
static bool parse(struct trial *trial, int count, char **word)
{
	const struct words words = {.context = trial,
				    .named = &trial->tree,
				    .json = &trial->json,
				    .flag = parse_flag,
				    .option = parse_option};

	return read_words(&words, count, word) && (trial->tree || trial->kernel);
}

/* The names of parked slots other than this one. A trial that was left is one of them, and is lost. */
static bool list_parked(const struct switchyard_list *list, char names[NAMES_SIZE])
{
	size_t length = 0;

	names[0] = '\0';
	for (uint32_t i = 0; i < list->slot_count; i++) {
		const struct switchyard_slot *slot = &list->slot[i];

		if ((slot->state != SWITCHYARD_PARKED && slot->state != SWITCHYARD_INTERRUPTED) ||
		    i + 1 == list->self)
			continue;
		length += (size_t)snprintf(names + length, NAMES_SIZE - length, "%s%s",
					   length ? ", " : "", slot->name);
	}
	return length;
}

/* Asks the person if other slots could be lost. */
static int may_go_on(const struct switchyard_list *list, const struct trial *trial)
{
	char names[NAMES_SIZE];
	int answer, c;

	if (!list_parked(list, names) || trial->yes)
		return EXIT_DONE;
	if (!isatty(STDIN_FILENO))
		return fail(SLOT ": other slots are parked: %s; until the kernel has loaded its "
				 "driver, a panic takes them along; --yes goes on",
			    names);
	fprintf(stderr,
		"Other slots are parked: %s. Until the kernel has loaded its driver, a panic takes "
		"them along. Go on? [y/N] ",
		names);
	answer = getchar();
	for (c = answer; c != '\n' && c != EOF;)
		c = getchar();
	return answer == 'y' || answer == 'Y' ? EXIT_DONE : fail(SLOT ": not started");
}

static bool has_options(const struct add *add)
{
	for (int i = 0; i < ADD_OPTIONS; i++)
		if (add->value[i])
			return true;
	return false;
}

/* Forgets what the slot was doing, and gives it back. */
static int give_back(int device, uint32_t slot, uint8_t state)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_KILL, .slot = slot};

	if (switchyard_stands_still(state) && ask_monitor(device, SLOT, &ask) != EXIT_DONE)
		return EXIT_FAILED;
	ask.service = SWITCHYARD_REMOVE;
	return ask_monitor(device, SLOT, &ask);
}

/* Without --mem, it gets the largest of these sizes that is free. */
static int add_trial_slot(int device, struct add *add)
{
	static const char *const sizes[] = {"1G", "512M", "256M"};
	const size_t last = sizeof(sizes) / sizeof(sizes[0]) - 1;
	uint32_t number;

	add->slot = SLOT;
	if (add->value[ADD_MEM])
		return ask_to_add(device, add, &number);
	for (size_t i = 0; i < last; i++) {
		add->value[ADD_MEM] = sizes[i];
		if (add_if_possible(device, add))
			return EXIT_DONE;
	}
	add->value[ADD_MEM] = sizes[last];
	return ask_to_add(device, add, &number);
}

/* A slot from an earlier trial stays, unless there are options for it. */
static int provide_slot(int device, const struct switchyard_list *list, struct add *add)
{
	uint32_t slot = find_slot(list, SLOT);

	if (slot && !has_options(add))
		return EXIT_DONE;
	if (slot && give_back(device, slot, list->slot[slot - 1].state) != EXIT_DONE)
		return EXIT_FAILED;
	return add_trial_slot(device, add);
}

static int load_trial(int device, const struct trial *trial)
{
	struct load load = {.slot = SLOT, .json = trial->json};
	struct load_file *file;

	file = load_add_file(&load, SWITCHYARD_FILE_KERNEL, trial->kernel_path);
	file->name = "bzImage";
	file->string = trial->line;
	file = load_add_file(&load, SWITCHYARD_FILE_INITRD, trial->initrd_path);
	file->descriptor = trial->image;
	return load_send(device, &load);
}

static void show_json(const char *outcome, const char *reason, uint64_t usec)
{
	printf("{\"slot\": \"" SLOT "\", \"outcome\": \"%s\", \"reason\": ", outcome);
	if (reason)
		print_json_text(reason, strlen(reason));
	else
		printf("null");
	printf(", \"seconds\": %.3f}\n", (double)usec / SECOND);
}

/* Tells how it ended. It has not if the person went back to this slot by a key, for example. */
static int show_outcome(int device, bool json)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_OUTCOME};
	struct switchyard_list list;
	const char *outcome, *reason;

	if (!get_list(device, &list) || !(ask.slot = named_slot(&list, SLOT)))
		return EXIT_FAILED;
	if (ioctl(device, SWITCHYARD_IOC_ASK, &ask) < 0)
		return fail(SLOT ": %s", strerror(errno));
	if (ask.error && ask.error != SWITCHYARD_EREFUSED)
		return fail(SLOT ": %s", switchyard_error_text(ask.error));
	reason = ask.error || ask.done ? NULL : ask.text;
	outcome = reason ? switchyard_state_name(SWITCHYARD_CRASHED) : ask.text;
	if (ask.error)
		outcome = switchyard_state_name(list.slot[ask.slot - 1].state);
	if (reason && !json)
		show_last_lines(device, SLOT ": its log", ask.slot, LAST_LINES);
	if (json)
		show_json(outcome, reason, list.away_usec);
	else if (ask.error)
		printf(SLOT ": it is %s; \"syctl switch " SLOT "\" goes on with it\n", outcome);
	else
		printf(SLOT ": %s after %.1f s%s%s\n", outcome, (double)list.away_usec / SECOND,
		       reason ? ": " : "", reason ? reason : "");
	return reason ? EXIT_FAILED : EXIT_DONE;
}

static int write_file(const char *folder, const char *name, const void *bytes, size_t size,
		      int from)
{
	char path[PATH_MAX];
	ssize_t sent = 0;
	int file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (file < 0)
		return fail("%s: %s", path, strerror(errno));
	if (bytes && !write_all(file, bytes, size))
		sent = -1;
	while (!bytes && (sent = sendfile(file, from, NULL, SENT_AT_ONCE)) > 0)
		;
	if (sent < 0 || close(file) < 0)
		return fail("%s: %s", path, strerror(errno));
	return EXIT_DONE;
}

/* The files for whoever starts that kernel in another way. */
static int write_files(const struct trial *trial)
{
	const char *folder = trial->prepare;

	if (mkdir(folder, 0755) < 0 && errno != EEXIST)
		return fail("%s: %s", folder, strerror(errno));
	if ((!trial->has_driver && write_file(folder, "switchyard.ko", trial->module.bytes,
					      trial->module.size, -1) != EXIT_DONE) ||
	    write_file(folder, "initrd", NULL, 0, trial->image) != EXIT_DONE ||
	    write_file(folder, "cmdline", trial->line, strlen(trial->line), -1) != EXIT_DONE)
		return EXIT_FAILED;
	return EXIT_DONE;
}

static int run_trial(int device, struct trial *trial)
{
	const struct options leaving = {.force = trial->force};
	struct switchyard_list list;
	uint32_t slot;

	if (!get_list(device, &list) || may_go_on(&list, trial) != EXIT_DONE ||
	    trial_files(trial) != EXIT_DONE ||
	    provide_slot(device, &list, &trial->add) != EXIT_DONE ||
	    load_trial(device, trial) != EXIT_DONE || !get_list(device, &list))
		return EXIT_FAILED;
	slot = find_slot(&list, SLOT);
	if (give_away(device, SLOT, SWITCHYARD_IOC_BOOT, slot | SWITCHYARD_COME_BACK, &leaving) !=
	    EXIT_DONE)
		return EXIT_FAILED;
	return show_outcome(device, trial->json);
}

int run_try(int count, char **word, const struct options *options)
{
	static struct trial trial;
	int device;

	trial.json = options->json;
	trial.force = options->force;
	if (!parse(&trial, count, word))
		return wrong_usage("try");
	if (trial.prepare)
		return trial_files(&trial) == EXIT_DONE ? write_files(&trial) : EXIT_FAILED;
	device = open_device();
	return device < 0 ? EXIT_FAILED : run_trial(device, &trial);
}
