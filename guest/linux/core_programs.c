// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_programs.c - runs the administrator's programs before and after a switch.
 *
 * They lie in a folder. The kernel can't list a folder, so `syctl hooks` does, and runs them one
 * after the other. The driver starts it for every switch, whoever asked for it, and waits. Whatever
 * comes of it is a line in the log, and the switch goes on: a person who wants to leave must not be
 * kept by a broken program. Without the folder, nothing is started.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/moduleparam.h>
#include <linux/umh.h>
#include "core.h"
#include "switchyard_ioctl.h"

static char *syctl;
module_param(syctl, charp, 0444);
MODULE_PARM_DESC(syctl,
		 "Where syctl is, which runs " SWITCHYARD_HOOKS " (if not at a usual place)");

static bool folder_exists(void)
{
	struct file *folder = switchyard_file_open(SWITCHYARD_HOOKS, O_RDONLY | O_DIRECTORY);

	if (IS_ERR(folder))
		return false;
	filp_close(folder, NULL);
	return true;
}

/* Returns syctl's status as wait() tells it, or a negative errno if it is not there. */
static int start(const char *path, const char *when, const char *to)
{
	char *argv[5] = {(char *)path, "hooks", (char *)when, (char *)to, NULL};
	static char *environment[3] = {
		"HOME=/", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		NULL};

	return call_usermodehelper(path, argv, environment, UMH_WAIT_PROC);
}

static int start_anywhere(const char *when, const char *to)
{
	static const char *const places[] = {"/usr/local/sbin/syctl", "/usr/sbin/syctl",
					     "/usr/bin/syctl", "/sbin/syctl", "/bin/syctl"};
	int error = -ENOENT;
	size_t i;

	if (syctl)
		return start(syctl, when, to);
	for (i = 0; i < ARRAY_SIZE(places) && error == -ENOENT; i++)
		error = start(places[i], when, to);
	return error;
}

void switchyard_programs_run(const char *when, const char *to)
{
	int error;

	if (!folder_exists())
		return;
	error = start_anywhere(when, to);
	/* syctl itself logs what is wrong with a program, and ends with status 1 then. */
	if (error > 0 && error != 1 << 8)
		pr_warn("not all in " SWITCHYARD_HOOKS
			" may have been run: syctl ended with wait status %#x\n",
			error);
	if (error < 0)
		pr_warn("nothing in " SWITCHYARD_HOOKS " was run: %s can't be started, error %d\n",
			syctl ? syctl : "syctl", error);
}
