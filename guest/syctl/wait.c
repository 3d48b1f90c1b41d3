// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * wait.c - while the driver has not answered a request, tells the person what it waits for.
 *
 * The request is one call that does not return meanwhile, so another process asks the driver. It
 * ends when the pipe to it is closed, also if syctl is killed.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "syctl.h"

#define LOOK_MSEC 500

/* A line that comes again has another number of seconds. */
static void show_waiting(int device, struct switchyard_reason *shown)
{
	struct switchyard_reason now;

	if (ioctl(device, SWITCHYARD_IOC_WAITING, &now) < 0 || !now.text[0] ||
	    strcmp(now.text, shown->text) == 0)
		return;
	*shown = now;
	fprintf(stderr, "%s\n", now.text);
}

static void watch(int device, int pipe_end)
{
	struct pollfd closed = {.fd = pipe_end};
	struct switchyard_reason shown = {""};
	int count;

	while ((count = poll(&closed, 1, LOOK_MSEC)) == 0 || (count < 0 && errno == EINTR))
		show_waiting(device, &shown);
}

/* Without it, the person just is not told. */
static pid_t begin_watch(int device, int ends[2])
{
	pid_t watcher;

	if (pipe(ends) < 0)
		return -1;
	watcher = fork();
	if (watcher == 0) {
		close(ends[1]);
		watch(device, ends[0]);
		_exit(EXIT_DONE);
	}
	close(ends[0]);
	if (watcher < 0)
		close(ends[1]);
	return watcher;
}

int request_and_tell(int device, unsigned long code, void *request)
{
	int ends[2];
	pid_t watcher = begin_watch(device, ends);
	int error = ioctl(device, code, request) == 0 ? 0 : errno;

	if (watcher >= 0) {
		close(ends[1]);
		waitpid(watcher, NULL, 0);
	}
	return error;
}
