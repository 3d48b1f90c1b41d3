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
#include "core_file.h"
#include "init.h"
#include "switchyard_names.h"
#include "syctl.h"

/* `syctl switch` takes this for the monitor, also if a slot is called so. */
#define MONITOR_NAME "monitor"

/* Which lockdown mode holds, if securityfs is mounted. */
#define LOCKDOWN "/sys/kernel/security/lockdown"

static const char usage[] =
	"usage: syctl [--json] [--force] [--quick or --deep] COMMAND\n"
	"\n"
	"  list         the slots\n"
	"  status       this slot, how often it came back, and the phases of the last switches\n"
	"  switch SLOT  park this kernel, go on with another (\"monitor\": the monitor)\n"
	"  monitor      park this kernel, open the monitor's console\n"
	"  boot SLOT    park this kernel, start another afresh from its image\n"
	"  kill SLOT    forget the state of a parked or crashed slot\n"
	"  log [SLOT]   the monitor's log, or that of the kernel of a slot that does not run\n"
	"  core SLOT    the path of that slot's memory as an ELF core file: for crash, gdb and\n"
	"               makedumpfile. The slot is parked, crashed or interrupted; SLOT@NAME is\n"
	"               a snapshot\n"
	"  dump SLOT FILE [-d LEVEL]\n"
	"               write it to FILE without pages of zeros; with -d, makedumpfile writes it\n"
	"  devices [SLOT]\n"
	"               the PCI functions that devices= on the slot's line names\n"
	"  storage      the block devices that parked slots use; this kernel can't use them\n"
	"  storage check DEVICE\n"
	"               fail, and say whose it is, if DEVICE is one of them\n"
	"  storage free, storage guard\n"
	"               let this kernel use them all the same; and keep it from them again\n"
	"  add SLOT --mem SIZE[@BASE] [--low SIZE] [--cpus LIST] [--on-crash SLOT]\n"
	"      [--on-end SLOT] [--efi on] [--switch quick] [--devices LIST]\n"
	"               a new slot out of free RAM; it is empty until it is loaded\n"
	"  remove SLOT  give back the RAM and the images of a ready or empty slot\n"
	"  load SLOT --kernel FILE [--append STRING] [--initrd FILE]\n"
	"       [--module FILE[,STRING]]...\n"
	"               give a slot that does not run another image\n"
	"  try [DIR] [--kernel FILE] [--driver FILE] [--initrd FILE] [--append STRING]\n"
	"      [--timeout SECONDS] [--yes] [--prepare FOLDER] [add's options]\n"
	"               start the kernel that was built in DIR in the slot \"try\", with our\n"
	"               driver, and come back when it ends, crashes, or after SECONDS. Until\n"
	"               the driver is loaded, a panic takes all slots along\n"
	"  snapshot NAME\n"
	"               keep a copy of this kernel's memory, and go on. When it is restored, this\n"
	"               command ends once more. With --quick, it is only to be read\n"
	"  snapshots    the snapshots of all slots\n"
	"  restore NAME put the slot back to that moment: it is parked then. What it did since is\n"
	"               lost. With --force, also if its disks have changed\n"
	"  restore --from FILE\n"
	"               the same with what \"dump SLOT@NAME FILE\" wrote; the slot is ready or\n"
	"               empty, and where it was\n"
	"  drop NAME    forget a snapshot\n"
	"  hooks pre|post SLOT\n"
	"               run the programs in " SWITCHYARD_HOOKS ", as the\n"
	"               driver does before and after each switch\n"
	"  on-crash     run those in " SWITCHYARD_ON_CRASH " for each crash of a slot\n"
	"               whose on-crash= names this one, as the driver does after a switch. Each\n"
	"               crash is given out once. For crashes from before, call it at boot\n"
	"\n"
	"A switch ends when this slot is resumed. With --quick, no device is suspended and no CPU\n"
	"goes offline; --deep is the other way; without either, the slot's line says it. With\n"
	"--force, switch, boot, try and monitor go on even if a device would not come back, or\n"
	"devices of a parked slot are disturbed. --json writes JSON; --help this text.\n"
	"Exit status: 0 done, 1 failed (try: also if the kernel crashed), 2 wrong usage.\n";

int fail(const char *format, ...)
{
	va_list args;

	end_progress(false);
	fputs("error: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return EXIT_FAILED;
}

/* Prints what `usage` says of that command. False: it says nothing, and nothing is printed. */
static bool print_usage_of(const char *command)
{
	size_t length = strlen(command);
	bool its = false, found = false;
	const char *end;

	for (const char *line = strstr(usage, "\n\n") + 2; *line != '\n'; line = end + 1) {
		end = strchr(line, '\n');
		/* What a command does is indented by more than its name. */
		if (line[2] != ' ')
			its = strncmp(line + 2, command, length) == 0 &&
			      (line[2 + length] == ' ' || line[2 + length] == '\n');
		if (its && !found)
			fprintf(stderr, "error: wrong words with %s; its usage:\n", command);
		if (its)
			fwrite(line, 1, (size_t)(end + 1 - line), stderr);
		found = found || its;
	}
	return found;
}

int wrong_usage(const char *word)
{
	if (!word)
		fputs(usage, stderr);
	else if (!print_usage_of(word))
		fail("syctl knows no \"%s\"; \"syctl --help\" shows its usage", word);
	return EXIT_USAGE;
}

bool get_list(int device, struct switchyard_list *list)
{
	if (ioctl(device, SWITCHYARD_IOC_LIST, list) == 0)
		return true;
	fail("%s: %s", SWITCHYARD_DEVICE, strerror(errno));
	return false;
}

/* A driver that is older than this program does not know the times. */
static bool get_status(int device, struct switchyard_list *list, struct switchyard_times *times)
{
	if (ioctl(device, SWITCHYARD_IOC_TIMES, times) < 0)
		times->count = 0;
	return get_list(device, list);
}

bool write_all(int file, const void *bytes, size_t size)
{
	while (size) {
		ssize_t written = write(file, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		bytes = (const char *)bytes + written;
		size -= (size_t)written;
	}
	return true;
}

enum switchyard_care care_of(const struct switchyard_slot *slot)
{
	return slot->flags >> SWITCHYARD_CARE_SHIFT & SWITCHYARD_CARE_MASK;
}

uint32_t find_slot(const struct switchyard_list *list, const char *name)
{
	for (uint32_t i = 0; i < list->slot_count; i++)
		if (list->slot[i].state && strcmp(list->slot[i].name, name) == 0)
			return i + 1;
	return 0;
}

uint32_t named_slot(const struct switchyard_list *list, const char *name)
{
	uint32_t slot = find_slot(list, name);
	const char *before = "";

	if (slot)
		return slot;
	fprintf(stderr, "error: no slot is called %s; there are", name);
	for (uint32_t i = 0; i < list->slot_count; i++) {
		if (!list->slot[i].state)
			continue;
		fprintf(stderr, "%s %s", before, list->slot[i].name);
		before = ",";
	}
	fputc('\n', stderr);
	return 0;
}

static const char *reason_text(int device, struct switchyard_reason *reason)
{
	if (ioctl(device, SWITCHYARD_IOC_REASON, reason) < 0)
		return "the driver does not say why";
	return reason->text;
}

int cannot_suspend(int device, const char *name, int error)
{
	const char *text = switchyard_suspend_text(error);
	struct switchyard_reason reason;
	struct switchyard_lost lost;

	if (error == ENOTRECOVERABLE && ioctl(device, SWITCHYARD_IOC_LOST, &lost) == 0)
		return fail(SWITCHYARD_LOST_TEXT "; unload that, or add --force", name, lost.device,
			    lost.driver);
	if (error == EOPNOTSUPP)
		return fail("%s: %s", name, reason_text(device, &reason));
	return fail("%s: Linux could not be suspended: %s", name, text ? text : strerror(error));
}

/* True if the slot's line says so. */
static bool quick_by_line(int device)
{
	struct switchyard_list list;

	return ioctl(device, SWITCHYARD_IOC_LIST, &list) == 0 &&
	       list.slot[list.self - 1].flags & SWITCHYARD_SLOT_QUICK;
}

/*
 * Asks the driver. What the slot's line wants is tried first, and if that is refused, the deep way
 * is taken, and a line says so.
 */
static int ask_driver(int device, const char *name, unsigned long request_code,
		      struct switchyard_request *request, const struct options *options)
{
	bool line = !options->quick && !options->deep && quick_by_line(device);
	struct switchyard_reason reason;
	uint32_t slot = request->slot;
	int error;

	if (options->quick || line)
		request->slot |= SWITCHYARD_WANT_QUICK;
	error = request_and_tell(device, request_code, request);
	if (!line || error != EOPNOTSUPP)
		return error;
	fprintf(stderr, "%s: deep, because a quick switch is refused: %s\n", name,
		reason_text(device, &reason));
	request->slot = slot;
	return request_and_tell(device, request_code, request);
}

int give_away(int device, const char *name, unsigned long request_code, uint32_t slot,
	      const struct options *options)
{
	struct switchyard_request request = {
		.slot = slot | (options->force ? SWITCHYARD_FORCE : 0),
	};
	int error = ask_driver(device, name, request_code, &request, options);
	struct switchyard_times times;
	struct switchyard_list list;

	if (error)
		return cannot_suspend(device, name, error);
	if (request.error)
		return fail("%s: %s", name, switchyard_error_text(request.error));

	if (options->json) {
		if (!get_status(device, &list, &times))
			return EXIT_FAILED;
		show_status(&list, &times, true);
	}
	return EXIT_DONE;
}

/* `switch`, `boot` and `monitor`; name is NULL for the last one. */
static int leave(int device, const char *command, const char *name, const struct options *options)
{
	bool boot = strcmp(command, "boot") == 0;
	struct switchyard_list list;
	uint32_t slot;

	if (!name || (!boot && strcmp(name, MONITOR_NAME) == 0))
		return give_away(device, MONITOR_NAME, SWITCHYARD_IOC_MONITOR, 0, options);
	if (!get_list(device, &list))
		return EXIT_FAILED;
	slot = named_slot(&list, name);
	if (!slot)
		return EXIT_FAILED;
	return give_away(device, name, boot ? SWITCHYARD_IOC_BOOT : SWITCHYARD_IOC_SWITCH, slot,
			 options);
}

static int run_storage(int device, int count, char **word, const struct options *options)
{
	if (count == 1)
		return show_storage(device, options->json);
	if (count == 2 && strcmp(word[1], "free") == 0)
		return force_storage(device, false);
	if (count == 2 && strcmp(word[1], "guard") == 0)
		return force_storage(device, true);
	if (count == 3 && strcmp(word[1], "check") == 0)
		return check_storage(device, word[2]);
	if (count == 3 && strcmp(word[1], "udev") == 0)
		return storage_properties(device, word[2]);
	return wrong_usage(word[0]);
}

static int run(int device, int count, char **word, const struct options *options)
{
	struct switchyard_times times;
	struct switchyard_list list;

	if (strcmp(word[0], "kill") == 0)
		return kill_slot(device, word[1], options->json);
	if (strcmp(word[0], "remove") == 0)
		return remove_slot(device, word[1], options->json);
	if (strcmp(word[0], "log") == 0)
		return show_log(device, count > 1 ? word[1] : NULL, options->json);
	if (strcmp(word[0], "core") == 0)
		return show_core(device, word[1], options->json);
	if (strcmp(word[0], "storage") == 0)
		return run_storage(device, count, word, options);
	if (strcmp(word[0], "snapshot") == 0)
		return take_snapshot(device, word[1], options);
	if (strcmp(word[0], "snapshots") == 0)
		return show_snapshots(device, options->json);
	if (strcmp(word[0], "drop") == 0)
		return drop_snapshot(device, word[1], options->json);
	if (strcmp(word[0], "devices") == 0)
		return show_devices(device, count > 1 ? word[1] : NULL, options->json);
	if (strcmp(word[0], "list") != 0 && strcmp(word[0], "status") != 0)
		return leave(device, word[0], count > 1 ? word[1] : NULL, options);
	if (!get_status(device, &list, &times))
		return EXIT_FAILED;
	if (strcmp(word[0], "list") == 0)
		show_list(&list, options->json);
	else
		show_status(&list, &times, options->json);
	return EXIT_DONE;
}

/* Only commands that give the machine away take --force, --quick and --deep. */
static bool is_command(int count, char **word, const struct options *options)
{
	bool ways = options->quick || options->deep;

	static const struct {
		const char *name;
		int count;
		bool forced, ways;
	} commands[] = {
		{"list", 1, false, false},    {"status", 1, false, false},
		{"monitor", 1, true, true},   {"switch", 2, true, true},
		{"boot", 2, true, true},      {"kill", 2, false, false},
		{"log", 1, false, false},     {"log", 2, false, false},
		{"remove", 2, false, false},  {"devices", 1, false, false},
		{"devices", 2, false, false}, {"hooks", 3, false, false},
		{"core", 2, false, false},    {"on-crash", 1, false, false},
		{"snapshot", 2, true, true},  {"snapshots", 1, false, false},
		{"drop", 2, false, false},    {"storage", 1, false, false},
		{"storage", 2, false, false}, {"storage", 3, false, false},
	};

	for (size_t i = 0; count && i < sizeof(commands) / sizeof(commands[0]); i++)
		if (strcmp(word[0], commands[i].name) == 0 && count == commands[i].count)
			return (!options->force || commands[i].forced) &&
			       (!ways || commands[i].ways);
	return false;
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

static void no_device(int error)
{
	if (error == ENOENT && is_locked_down())
		fail("%s: there is none, and this kernel is in lockdown, which keeps out "
		     "drivers that no key of its own has signed; boot it without lockdown=",
		     SWITCHYARD_DEVICE);
	else
		fail("%s: %s; is switchyard.ko loaded, and are you root?", SWITCHYARD_DEVICE,
		     strerror(error));
}

int open_device(void)
{
	int device = open(SWITCHYARD_DEVICE, O_RDWR | O_CLOEXEC);

	if (device < 0)
		no_device(errno);
	return device;
}

/* It needs no driver. The driver itself starts it, and the kernel opens no files for it. */
static int run_hooks_command(char **word)
{
	if (strcmp(word[1], "pre") != 0 && strcmp(word[1], "post") != 0)
		return wrong_usage(word[0]);
	return run_hooks(word[1], word[2]);
}

/* `load` has options of its own. */
static int run_load(int count, char **word, const struct options *options)
{
	struct load load = {.json = options->json};
	int device;

	if (options->force || options->quick || options->deep || !load_parse(&load, count, word))
		return wrong_usage("load");
	device = open_device();
	return device < 0 ? EXIT_FAILED : load_image(device, &load);
}

/* So has `add`. */
static int run_add(int count, char **word, const struct options *options)
{
	struct add add = {.json = options->json};
	int device;

	if (options->force || !add_parse(&add, count, word))
		return wrong_usage("add");
	device = open_device();
	return device < 0 ? EXIT_FAILED : add_slot(device, &add);
}

int main(int argc, char **argv)
{
	struct options options = {false};
	int count = 0;
	int device;

	if (getpid() == 1 && strcmp(argv[0], INIT_PROGRAM) == 0)
		return run_init(argv);
	/* Options may stand anywhere; the words that are left move to the front. */
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0 ||
		    (!count && strcmp(argv[i], "help") == 0)) {
			fputs(usage, stdout);
			return EXIT_DONE;
		}
		if (!count && strcmp(argv[i], "load") == 0)
			return run_load(argc - i - 1, argv + i + 1, &options);
		if (!count && strcmp(argv[i], "try") == 0)
			return run_try(argc - i - 1, argv + i + 1, &options);
		if (!count && strcmp(argv[i], "restore") == 0)
			return run_restore(argc - i - 1, argv + i + 1, &options);
		if (!count && strcmp(argv[i], "dump") == 0)
			return run_dump(argc - i - 1, argv + i + 1, &options);
		if (!count && strcmp(argv[i], "add") == 0)
			return run_add(argc - i - 1, argv + i + 1, &options);
		if (strcmp(argv[i], "--json") == 0)
			options.json = true;
		else if (strcmp(argv[i], "--force") == 0)
			options.force = true;
		else if (strcmp(argv[i], "--quick") == 0)
			options.quick = true;
		else if (strcmp(argv[i], "--deep") == 0)
			options.deep = true;
		else if (argv[i][0] == '-')
			return wrong_usage(argv[i]);
		else
			argv[count++] = argv[i];
	}
	if (!is_command(count, argv, &options) || (options.quick && options.deep))
		return wrong_usage(count ? argv[0] : NULL);
	if (strcmp(argv[0], "hooks") == 0)
		return run_hooks_command(argv);
	if (strcmp(argv[0], "on-crash") == 0)
		return run_on_crash();

	device = open_device();
	return device < 0 ? EXIT_FAILED : run(device, count, argv, &options);
}
