// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * hooks.c - runs the programs in a folder, one after the other, in the order of their names. What
 * goes wrong is one line for each program.
 *
 * The driver starts `syctl hooks` before and after each switch. There, each program has a limit,
 * and the next one is run all the same.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/memfd.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "programs.h"

/* The programs have so much time, each. It is killed then, and must be gone in so much time. */
#define LIMIT_S	     10
#define KILL_LIMIT_S 1

#define KERNEL_LOG   "/dev/kmsg"

#define PATH_ROOM    (sizeof(SWITCHYARD_ON_CRASH) + NAME_MAX + 1)
#define SAID_ROOM    160 /* of a program's last line */

_Static_assert(sizeof(SWITCHYARD_HOOKS) <= sizeof(SWITCHYARD_ON_CRASH), "paths fit");

/* One program. */
struct call {
	const struct programs *programs;
	const char *name;
	int output; /* a file for what it prints; -1: it goes where ours goes */
};

static bool in_log;

/*
 * A program that the kernel starts has no open files. Its standard error, and all output of the
 * programs that it starts, go to the kernel's log. They are open twice, since the kernel drops
 * lines of an open file that writes many.
 */
void use_log(void)
{
	if (fcntl(STDIN_FILENO, F_GETFD) >= 0 || fcntl(STDERR_FILENO, F_GETFD) >= 0)
		return;
	in_log = open("/dev/null", O_RDWR) == STDIN_FILENO &&
		 open(KERNEL_LOG, O_WRONLY) == STDOUT_FILENO &&
		 open(KERNEL_LOG, O_WRONLY) == STDERR_FILENO;
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ); /* each write is a line */
}

void log_fault(const char *format, ...)
{
	va_list args;

	/* 4 is the log level of a warning */
	fputs(in_log ? "<4>switchyard: " : "error: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

/* What a program that has failed printed last; empty: nothing. */
static void last_line(const struct call *call, char line[SAID_ROOM])
{
	off_t size = call->output < 0 ? 0 : lseek(call->output, 0, SEEK_END);
	off_t start = size > SAID_ROOM - 1 ? size - (SAID_ROOM - 1) : 0;
	ssize_t got = size > 0 ? pread(call->output, line, SAID_ROOM - 1, start) : 0;
	char *newline;

	line[got > 0 ? got : 0] = '\0';
	while (got > 0 && strchr("\r\n", line[got - 1]))
		line[--got] = '\0';
	newline = strrchr(line, '\n');
	if (newline)
		memmove(line, newline + 1, strlen(newline));
}

/* Returns EXIT_FAILED. */
static int complain(const struct call *call, const char *text, const char *more)
{
	const struct programs *programs = call->programs;
	char said[SAID_ROOM];

	last_line(call, said);
	log_fault("%s/%s %s: %s%s%s%s", programs->folder, call->name, programs->about, text, more,
		  *said ? ": " : "", said);
	return EXIT_FAILED;
}

static int complain_number(const struct call *call, const char *text, int number)
{
	char digits[12];

	snprintf(digits, sizeof(digits), "%d", number);
	return complain(call, text, digits);
}

static bool is_roots_alone(const struct stat *status)
{
	return status->st_uid == 0 && !(status->st_mode & (S_IWGRP | S_IWOTH));
}

/* The rule of run-parts: it leaves out what package managers and editors keep of older files. */
static bool is_plain(const char *name)
{
	return name[strspn(name,
			   "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")] ==
	       '\0';
}

static int start(const struct call *call)
{
	const struct programs *programs = call->programs;
	char path[PATH_ROOM];
	pid_t child = fork();

	if (child)
		return child;
	setpgid(0, 0); /* so that it is killed with all that it has started */
	if (call->output >= 0)
		dup2(call->output, STDOUT_FILENO);
	if (in_log || call->output >= 0)
		dup2(STDOUT_FILENO, STDERR_FILENO);
	snprintf(path, sizeof(path), "%s/%s", programs->folder, call->name);
	execl(path, path, programs->word[0], programs->word[1], (char *)NULL);
	if (call->output < 0)
		_exit(complain(call, strerror(errno), ""));
	dprintf(STDERR_FILENO, "%s\n", strerror(errno));
	_exit(EXIT_FAILED);
}

/* Returns true if the child has ended within that time; -1: it has as long as it wants. */
static bool wait_for(pid_t child, int seconds)
{
	struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN};
	int count;

	do
		count = poll(&ended, 1, seconds < 0 ? -1 : seconds * 1000);
	while (count < 0 && errno == EINTR);
	close(ended.fd);
	return count > 0;
}

static int wait_and_judge(const struct call *call, pid_t child)
{
	int limit = call->programs->strict ? -1 : LIMIT_S;
	int status;

	if (!wait_for(child, limit)) {
		kill(-child, SIGKILL);
		if (!wait_for(child, KILL_LIMIT_S))
			return complain_number(call,
					       "hangs, and can't be killed; seconds: ", LIMIT_S);
		waitpid(child, &status, 0);
		return complain_number(call, "was killed; it may take seconds: ", LIMIT_S);
	}
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		return complain_number(call, "ended by signal ", WTERMSIG(status));
	if (WEXITSTATUS(status))
		return complain_number(call, "ended with status ", WEXITSTATUS(status));
	return EXIT_DONE;
}

static int run_one(struct call *call)
{
	int result;
	pid_t child;

	if (call->programs->strict)
		call->output = (int)syscall(SYS_memfd_create, "output", MFD_CLOEXEC);
	child = start(call);
	result = child < 0 ? complain(call, strerror(errno), "") : wait_and_judge(call, child);
	if (call->output >= 0)
		close(call->output);
	return result;
}

/* Runs it, unless it is no program, or one that others could have put there. */
static int look_at(struct call *call)
{
	char path[PATH_ROOM];
	struct stat status;

	snprintf(path, sizeof(path), "%s/%s", call->programs->folder, call->name);
	if (stat(path, &status) < 0)
		return complain(call, strerror(errno), "");
	if (!S_ISREG(status.st_mode) || !(status.st_mode & S_IXUSR))
		return EXIT_DONE;
	if (!is_plain(call->name))
		return complain(call, "not run: its name may have letters, digits, - and _ only",
				"");
	if (!is_roots_alone(&status))
		return complain(call, "not run: only root may own it and be able to write to it",
				"");
	return run_one(call);
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int run_all(const struct programs *programs, struct dirent **entries, int count)
{
	int result = EXIT_DONE;

	for (int i = 0; i < count && (result == EXIT_DONE || !programs->strict); i++) {
		struct call call = {programs, entries[i]->d_name, -1};

		if (look_at(&call) != EXIT_DONE)
			result = EXIT_FAILED;
	}
	return result;
}

int run_programs(const struct programs *programs)
{
	struct call call = {programs, "", -1};
	struct dirent **entries;
	struct stat status;
	int count, result;

	if (stat(programs->folder, &status) < 0)
		return errno == ENOENT ? EXIT_DONE : complain(&call, strerror(errno), "");
	if (!is_roots_alone(&status))
		return complain(&call,
				"nothing is run: only root may own the folder and be able to write "
				"to it",
				"");
	count = scandir(programs->folder, &entries, is_shown, alphasort);
	if (count < 0)
		return complain(&call, strerror(errno), "");
	result = run_all(programs, entries, count);
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	return result;
}

int run_hooks(const char *when, const char *to)
{
	char about[sizeof("post ") + SWITCHYARD_NAME_SIZE];
	const struct programs programs = {.folder = SWITCHYARD_HOOKS,
					  .about = about,
					  .word = {when, to}};

	use_log();
	snprintf(about, sizeof(about), "%s %s", when, to);
	return run_programs(&programs);
}
