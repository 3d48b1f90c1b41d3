// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_programs.c - runs the administrator's programs before and after a switch, and after a crash
 * of another slot.
 *
 * They lie in folders. The kernel can't list a folder, so `syctl hooks` does, and runs them one
 * after the other. The driver starts it for every switch, whoever asked for it, and waits. Whatever
 * comes of it is a line in the log, and the switch goes on: a person who wants to leave must not be
 * kept by a broken program. Without the folder, nothing is started.
 *
 * After a crash, `syctl on-crash` is started, and is not waited for. It asks the monitor which
 * crash is for this slot. So nothing is lost or done twice, however often it is started.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/moduleparam.h>
#include <linux/umh.h>
#include "core.h"
#include "switchyard_ioctl.h"

static char *syctl;
module_param(syctl, charp, 0444);
MODULE_PARM_DESC(syctl, "Where syctl is, which runs " SWITCHYARD_HOOKS " and " SWITCHYARD_ON_CRASH
			" (if not at a usual place)");

static bool folder_exists(const char *name)
{
	struct file *folder = switchyard_file_open(name, O_RDONLY | O_DIRECTORY);

	if (IS_ERR(folder))
		return false;
	filp_close(folder, NULL);
	return true;
}

/*
 * Returns syctl's status as wait() tells it (UMH_WAIT_EXEC: 0), or a negative errno if it is not
 * there. words ends with NULL, and its first word is for the path.
 */
static int start(const char *path, char **words, int wait)
{
	static char *environment[3] = {
		"HOME=/", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		NULL};

	words[0] = (char *)path;
	return call_usermodehelper(path, words, environment, wait);
}

static int start_anywhere(char **words, int wait)
{
	static const char *const places[] = {"/usr/local/sbin/syctl", "/usr/sbin/syctl",
					     "/usr/bin/syctl", "/sbin/syctl", "/bin/syctl"};
	int error = -ENOENT;
	size_t i;

	if (syctl)
		return start(syctl, words, wait);
	for (i = 0; i < ARRAY_SIZE(places) && error == -ENOENT; i++)
		error = start(places[i], words, wait);
	return error;
}

static void cannot_start(const char *folder, int error)
{
	pr_warn("nothing in %s was run: %s can't be started, error %d\n", folder,
		syctl ? syctl : "syctl", error);
}

void switchyard_programs_run(const char *when, const char *to)
{
	char *words[5] = {NULL, "hooks", (char *)when, (char *)to, NULL};
	int error;

	if (!folder_exists(SWITCHYARD_HOOKS))
		return;
	error = start_anywhere(words, UMH_WAIT_PROC);
	/* syctl itself logs what is wrong with a program, and ends with status 1 then. */
	if (error > 0 && error != 1 << 8)
		pr_warn("not all in " SWITCHYARD_HOOKS
			" may have been run: syctl ended with wait status %#x\n",
			error);
	if (error < 0)
		cannot_start(SWITCHYARD_HOOKS, error);
}

/* The monitor has written the rows before this slot went on. */
static bool crash_waits(const struct switchyard_info *info)
{
	u32 i, count = min_t(u32, READ_ONCE(info->slot_count), SWITCHYARD_MAX_SLOTS);

	for (i = 0; i < count; i++)
		if ((READ_ONCE(info->slot[i].flags) >> SWITCHYARD_CARE_SHIFT &
		     SWITCHYARD_CARE_MASK) == SWITCHYARD_CARE_OPEN)
			return true;
	return false;
}

void switchyard_programs_after_crash(void)
{
	char *words[3] = {NULL, "on-crash", NULL};
	int error;

	if (!crash_waits(switchyard_core.info) || !folder_exists(SWITCHYARD_ON_CRASH))
		return;
	error = start_anywhere(words, UMH_WAIT_EXEC);
	if (error < 0)
		cannot_start(SWITCHYARD_ON_CRASH, error);
}
