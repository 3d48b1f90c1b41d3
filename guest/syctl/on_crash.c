// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * on_crash.c - `on-crash`: runs the programs in SWITCHYARD_ON_CRASH for each crash that is for this
 * slot.
 *
 * The driver starts it after each switch that brought a crash, and an administrator at boot, for
 * crashes from before. The monitor gives out each crash once. A lock on the folder makes the second
 * of two wait for the first.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "programs.h"

/* False: the monitor does not take it, because the crash is another slot's, or is over. */
static bool settle(int device, const struct switchyard_list *list, uint32_t slot,
		   enum switchyard_care care)
{
	struct switchyard_ask ask = {.service = SWITCHYARD_SETTLE_CRASH,
				     .slot = slot,
				     .kind = care,
				     .bytes = list->slot[slot - 1].turn};

	return ioctl(device, SWITCHYARD_IOC_ASK, &ask) == 0 && ask.error == 0;
}

/*
 * Nobody else is at it, so programs that have not come to their end never will: this kernel crashed
 * or ended meanwhile. They may have been the reason, so they are not run again.
 */
static bool find_cut_short(int device)
{
	struct switchyard_list list;
	bool found = false;

	if (!get_list(device, &list))
		return false;
	for (uint32_t i = 0; i < list.slot_count; i++) {
		if (care_of(&list.slot[i]) != SWITCHYARD_CARE_TAKEN ||
		    !settle(device, &list, i + 1, SWITCHYARD_CARE_FAILED))
			continue;
		log_fault(SWITCHYARD_ON_CRASH " %s: the programs did not come to their end, and "
					      "are not run again for this crash",
			  list.slot[i].name);
		found = true;
	}
	return found;
}

/* Returns EXIT_FAILED if a program has failed. */
static int take_care(int device, const struct switchyard_ask *crash)
{
	struct programs programs = {.folder = SWITCHYARD_ON_CRASH, .strict = true};
	struct switchyard_list list;
	int result;

	if (!get_list(device, &list))
		return EXIT_FAILED;
	programs.about = programs.word[0] = list.slot[crash->done - 1].name;
	programs.word[1] = crash->text;
	result = run_programs(&programs);
	settle(device, &list, (uint32_t)crash->done,
	       result == EXIT_DONE ? SWITCHYARD_CARE_NONE : SWITCHYARD_CARE_FAILED);
	return result;
}

/* Programs that are there for no crash are no failure. */
int run_on_crash(void)
{
	struct switchyard_ask crash;
	int folder, device, result;

	use_log();
	folder = open(SWITCHYARD_ON_CRASH, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return errno == ENOENT ? EXIT_DONE
				       : fail(SWITCHYARD_ON_CRASH ": %s", strerror(errno));
	device = open_device();
	while (flock(folder, LOCK_EX) < 0 && errno == EINTR)
		;
	result = device < 0 || find_cut_short(device) ? EXIT_FAILED : EXIT_DONE;
	while (device >= 0) {
		crash = (struct switchyard_ask){.service = SWITCHYARD_TAKE_CRASH};
		if (ask_monitor(device, "on-crash", &crash) != EXIT_DONE)
			return EXIT_FAILED;
		if (!crash.done)
			break;
		if (take_care(device, &crash) != EXIT_DONE)
			result = EXIT_FAILED;
	}
	return result;
}
