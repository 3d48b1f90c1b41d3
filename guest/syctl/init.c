// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "init.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "syctl.h"

#define PARAMETERS_SIZE 64
#define LINE_SIZE	512

/* The kernel's log. It stays open when its file is removed. */
static int kernel_log;

/* Writes a line there, as an error, which `quiet` does not hide. One write is one line. */
static void say(const char *format, ...)
{
	static const char prefix[] = "<3>switchyard: ";
	char line[LINE_SIZE];
	size_t length = sizeof(prefix) - 1;
	va_list args;

	memcpy(line, prefix, length);
	va_start(args, format);
	vsnprintf(line + length, sizeof(line) - length, format, args);
	va_end(args);
	/* Nobody is there who could be told that it failed. */
	if (write(kernel_log, line, strlen(line)) < 0)
		return;
}

/* Reads a small file as a text. One that is not there is an empty text. */
static void read_text(const char *path, char *text, size_t size)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = file < 0 ? 0 : read(file, text, size - 1);

	text[length > 0 ? length : 0] = '\0';
	if (file >= 0)
		close(file);
}

static void load_driver(void)
{
	int file = open(INIT_DRIVER, O_RDONLY | O_CLOEXEC);
	char parameters[PARAMETERS_SIZE];

	read_text(INIT_PARAMETERS, parameters, sizeof(parameters));
	if (file < 0 || syscall(SYS_finit_module, file, parameters, 0) < 0)
		say("the driver can't be loaded: %s; this kernel can't give the machine back, so it "
		    "ends with a reset, which takes all slots along",
		    strerror(errno));
	if (file >= 0)
		close(file);
}

/* The initrd's own programs see nothing of the archive, and its memory is free again. */
static void remove_files(void)
{
	static const char *const files[] = {INIT_PROGRAM, INIT_DRIVER, INIT_PARAMETERS, INIT_NEXT,
					    INIT_LOG};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i]);
	rmdir(INIT_FOLDER);
}

int run_init(char **word)
{
	char next[PATH_MAX];

	kernel_log = open(INIT_LOG, O_WRONLY | O_CLOEXEC);
	load_driver();
	read_text(INIT_NEXT, next, sizeof(next));
	if (access(next, X_OK) == 0)
		remove_files();
	word[0] = next;
	execv(next, word);
	say("the initrd's %s can't be started: %s; rdinit= names another one", next,
	    strerror(errno));
	return EXIT_FAILED;
}
