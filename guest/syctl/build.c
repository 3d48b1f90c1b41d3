// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * build.c - builds the driver for a kernel from its build tree. The sources lie beside syctl:
 * /usr/src/switchyard-VERSION for /usr/sbin/syctl. Kbuild writes to the folder that it builds in,
 * so it gets a copy of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "syctl.h"
#include "tree.h"
#include "version.h"

#define SOURCES	     "src/switchyard-" SWITCHYARD_VERSION
#define MODULE	     "switchyard.ko"
#define LOG	     "log"

#define WAITING	     "building the driver ..."
#define CLEAR_LINE   "\r\033[K"
#define OPEN_FOLDERS 8

/* Where the sources are: the folder that has syctl's own folder has them, too. */
static bool find_sources(char sources[PATH_MAX])
{
	ssize_t length = readlink("/proc/self/exe", sources, PATH_MAX - sizeof(SOURCES) - 1);

	if (length < 0)
		return false;
	sources[length] = '\0';
	for (int i = 0; i < 2; i++) {
		char *slash = strrchr(sources, '/');

		if (!slash)
			return false;
		*slash = '\0';
	}
	strcat(sources, "/" SOURCES);
	return true;
}

/* Runs a program. Its outputs go to the file log. Returns its exit status, or -1. */
static int run_logged(const char *log, char *const word[])
{
	pid_t child = fork();
	int status;

	if (child < 0)
		return -1;
	if (child == 0) {
		int file = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		if (file < 0 || dup2(file, STDOUT_FILENO) < 0 || dup2(file, STDERR_FILENO) < 0)
			_exit(EXIT_FAILED);
		execvp(word[0], word);
		fprintf(stderr, "%s: %s\n", word[0], strerror(errno));
		_exit(EXIT_FAILED);
	}
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void show_lines(const char *path)
{
	FILE *log = fopen(path, "re");
	int c;

	if (!log)
		return;
	while ((c = getc(log)) != EOF)
		putc(c, stderr);
	fclose(log);
}

/* Returns true if the module is there. */
static bool build_in(const char *folder, const char *sources, const char *tree, const char *log,
		     const char *module)
{
	char from[PATH_MAX + 2], place[PATH_MAX], jobs[16];
	char *const copy[] = {"cp", "-R", from, (char *)folder, NULL};
	char *const make[] = {"make", "-s", jobs, "-C", (char *)tree, place, "modules", NULL};
	char *const strip[] = {"strip", "--strip-debug", (char *)module, NULL};

	snprintf(from, sizeof(from), "%s/.", sources);
	snprintf(jobs, sizeof(jobs), "-j%ld", sysconf(_SC_NPROCESSORS_ONLN));
	snprintf(place, sizeof(place), "M=%s", folder);
	if (run_logged(log, copy) != EXIT_DONE || run_logged(log, make) != EXIT_DONE)
		return false;
	run_logged(log, strip); /* if it fails, the module is only larger */
	return true;
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *ftw)
{
	(void)status;
	(void)type;
	(void)ftw;
	return remove(path);
}

int tree_build_driver(const char *tree, struct contents *driver)
{
	char sources[PATH_MAX], log[PATH_MAX], module[PATH_MAX], folder[] = "/tmp/syctl-XXXXXX";
	bool shows = isatty(STDERR_FILENO), built;
	int status;

	if (!find_sources(sources) || access(sources, R_OK) < 0)
		return fail("%s: no sources of the driver; \"make install\" puts them there, and "
			    "--driver names one that is built",
			    sources);
	if (!mkdtemp(folder))
		return fail("%s: %s", folder, strerror(errno));
	snprintf(log, sizeof(log), "%s/" LOG, folder);
	snprintf(module, sizeof(module), "%s/" MODULE, folder);
	fputs(shows ? WAITING : "", stderr);
	built = build_in(folder, sources, tree, log, module);
	fputs(shows ? CLEAR_LINE : "", stderr);
	if (!built)
		show_lines(log);
	status =
		built ? contents_read(driver, module)
		      : fail("%s: the driver can't be built for it; the lines above say why", tree);
	nftw(folder, remove_one, OPEN_FOLDERS, FTW_DEPTH | FTW_PHYS);
	return status;
}
