// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * hooks.c - runs the programs in SWITCHYARD_HOOKS, one after the other, in the order of their names.
 * The driver starts `syctl hooks` before and after each switch. What goes wrong is one line for each
 * program, and the next one is run all the same.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include "syctl.h"

/* The programs have so much time, each. It is killed then, and must be gone in so much time. */
#define LIMIT_S	     10
#define KILL_LIMIT_S 1

#define KERNEL_LOG   "/dev/kmsg"

/* What one program is called with. */
struct call {
	const char *name;
	const char *when; /* "pre" or "post" */
	const char *to;
};

static bool in_log;

/*
 * A program that the kernel starts has no open files. Its standard error, and all output of the
 * programs that it starts, go to the kernel's log. They are open twice, since the kernel drops lines
 * of an open file that writes many.
 */
static void use_log(void)
{
	if (fcntl(STDIN_FILENO, F_GETFD) >= 0 || fcntl(STDERR_FILENO, F_GETFD) >= 0)
		return;
	in_log = open("/dev/null", O_RDWR) == STDIN_FILENO &&
		 open(KERNEL_LOG, O_WRONLY) == STDOUT_FILENO &&
		 open(KERNEL_LOG, O_WRONLY) == STDERR_FILENO;
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ); /* each write is a line */
}

/* Returns EXIT_FAILED. 4 is the log level of a warning. */
static int complain(const struct call *call, const char *text, const char *more)
{
	fprintf(stderr, "%s%s/%s %s %s: %s%s\n",
		in_log ? "<4>switchyard: " : "error: ", SWITCHYARD_HOOKS, call->name, call->when,
		call->to, text, more);
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
	char path[sizeof(SWITCHYARD_HOOKS) + NAME_MAX + 1];
	pid_t child = fork();

	if (child)
		return child;
	setpgid(0, 0); /* so that it is killed with all that it has started */
	if (in_log)
		dup2(STDOUT_FILENO, STDERR_FILENO);
	snprintf(path, sizeof(path), "%s/%s", SWITCHYARD_HOOKS, call->name);
	execl(path, path, call->when, call->to, (char *)NULL);
	_exit(complain(call, strerror(errno), ""));
}

/* Returns true if the child has ended within that time. */
static bool wait_for(pid_t child, int seconds)
{
	struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, child, 0), .events = POLLIN};
	int count;

	do
		count = poll(&ended, 1, seconds * 1000);
	while (count < 0 && errno == EINTR);
	close(ended.fd);
	return count > 0;
}

static int run_one(const struct call *call)
{
	pid_t child = start(call);
	int status;

	if (child < 0)
		return complain(call, strerror(errno), "");
	if (!wait_for(child, LIMIT_S)) {
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

/* Runs it, unless it is no program, or one that others could have put there. */
static int look_at(const struct call *call)
{
	char path[sizeof(SWITCHYARD_HOOKS) + NAME_MAX + 1];
	struct stat status;

	snprintf(path, sizeof(path), "%s/%s", SWITCHYARD_HOOKS, call->name);
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

int run_hooks(const char *when, const char *to)
{
	struct call call = {.name = "", .when = when, .to = to};
	struct dirent **entries;
	struct stat status;
	int result = EXIT_DONE;
	int count;

	use_log();
	if (stat(SWITCHYARD_HOOKS, &status) < 0)
		return errno == ENOENT ? EXIT_DONE : complain(&call, strerror(errno), "");
	if (!is_roots_alone(&status))
		return complain(&call,
				"nothing is run: only root may own the folder and be able to write "
				"to it",
				"");
	count = scandir(SWITCHYARD_HOOKS, &entries, is_shown, alphasort);
	if (count < 0)
		return complain(&call, strerror(errno), "");
	for (int i = 0; i < count; i++) {
		call.name = entries[i]->d_name;
		if (look_at(&call) != EXIT_DONE)
			result = EXIT_FAILED;
		free(entries[i]);
	}
	free(entries);
	return result;
}
