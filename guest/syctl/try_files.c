// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * try_files.c - the files of a kernel that is tried: its image, a driver, and an initrd.
 *
 * A plain archive with the driver comes before the person's initrd, as microcode does. Linux
 * unpacks both. Behind it, the archive would be lost in some formats, such as lz4: what unpacks
 * them reads on where they end.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>
#include <unistd.h>
#include "cpio.h"
#include "init.h"
#include "syctl.h"
#include "try.h"

#define BZIMAGE	     "arch/x86/boot/bzImage"
#define RDINIT	     "rdinit="
#define DEFAULT_INIT "/init"
#define LOG_DEVICE   makedev(1, 11) /* /dev/kmsg */
#define COPY_SIZE    65536
#define NUMBER_SIZE  48

static int find_kernel(struct trial *trial)
{
	if (trial->kernel)
		snprintf(trial->kernel_path, PATH_MAX, "%s", trial->kernel);
	else
		snprintf(trial->kernel_path, PATH_MAX, "%s/" BZIMAGE, trial->tree);
	return kernel_release(trial->kernel_path, trial->release);
}

/* The driver comes from --driver, or from the build tree of the kernel. */
static int find_driver(struct trial *trial)
{
	char installed[PATH_MAX];
	const char *tree = trial->tree;

	if (trial->driver) {
		if (contents_read(&trial->module, trial->driver) != EXIT_DONE)
			return EXIT_FAILED;
		return driver_check(&trial->module, trial->driver, trial->release);
	}
	if (!tree) {
		snprintf(installed, PATH_MAX, "/lib/modules/%s/build", trial->release);
		tree = installed;
	}
	if (tree_check(tree, &trial->has_driver) != EXIT_DONE)
		return EXIT_FAILED;
	if (trial->has_driver)
		return EXIT_DONE;
	if (tree_build_driver(tree, &trial->module) != EXIT_DONE)
		return EXIT_FAILED;
	return driver_check(&trial->module, tree, trial->release);
}

/* --initrd, or the one that is installed for that kernel, or for the one that runs. */
static int find_initrd(struct trial *trial)
{
	struct utsname running;
	const char *release[] = {trial->release, running.release};

	if (trial->initrd) {
		snprintf(trial->initrd_path, PATH_MAX, "%s", trial->initrd);
		return access(trial->initrd, R_OK) == 0
			       ? EXIT_DONE
			       : fail("%s: %s", trial->initrd, strerror(errno));
	}
	uname(&running);
	for (int i = 0; i < 2; i++) {
		snprintf(trial->initrd_path, PATH_MAX, "/boot/initrd.img-%s", release[i]);
		if (access(trial->initrd_path, R_OK) == 0)
			return EXIT_DONE;
	}
	return fail("/boot has no initrd.img-%s and no initrd.img-%s; --initrd names one",
		    release[0], release[1]);
}

/* The end of a word. Linux takes blanks in quotes as a part of it. */
static const char *word_end(const char *word)
{
	bool quoted = false;

	for (; *word && (quoted || *word != ' '); word++)
		quoted ^= *word == '"';
	return word;
}

/*
 * Makes the kernel's command line of --append. Its rdinit= is for our init to start. Ours comes
 * first, because Linux gives init none of the words before it.
 */
static int make_line(struct trial *trial)
{
	const char *word = trial->append ? trial->append : "";
	bool options = true; /* what follows "--" is for init */
	char *to;

	trial->line = to = calloc(1, strlen(word) + 2 * NUMBER_SIZE);
	if (!to)
		return fail("%s", strerror(errno));
	strcpy(trial->next, DEFAULT_INIT);
	if (!trial->has_driver)
		to += sprintf(to, RDINIT INIT_PROGRAM);
	else if (trial->timeout)
		to += sprintf(to, "switchyard.timeout=%u", trial->timeout);
	for (; *word; word += *word == ' ') {
		const char *end = word_end(word);
		int length = (int)(end - word);

		options &= length != 2 || strncmp(word, "--", 2) != 0;
		if (options && !trial->has_driver && strncmp(word, RDINIT, strlen(RDINIT)) == 0)
			snprintf(trial->next, PATH_MAX, "%.*s", length - (int)strlen(RDINIT),
				 word + strlen(RDINIT));
		else if (length)
			to += sprintf(to, "%s%.*s", to == trial->line ? "" : " ", length, word);
		word = end;
	}
	return EXIT_DONE;
}

/* Our archive. syctl is its init. */
static int put_archive(const struct trial *trial, int image)
{
	struct cpio cpio = {.descriptor = image};
	struct contents self = {NULL, 0};
	char parameters[NUMBER_SIZE] = "";

	if (contents_read(&self, "/proc/self/exe") != EXIT_DONE)
		return EXIT_FAILED;
	if (trial->timeout)
		snprintf(parameters, sizeof(parameters), "timeout=%u", trial->timeout);
	cpio_add(&cpio, INIT_FOLDER + 1, S_IFDIR | 0700, 0, NULL, 0);
	cpio_add(&cpio, INIT_PROGRAM + 1, S_IFREG | 0700, 0, self.bytes, self.size);
	cpio_add(&cpio, INIT_DRIVER + 1, S_IFREG | 0600, 0, trial->module.bytes,
		 trial->module.size);
	cpio_add(&cpio, INIT_PARAMETERS + 1, S_IFREG | 0600, 0, parameters, strlen(parameters));
	cpio_add(&cpio, INIT_NEXT + 1, S_IFREG | 0600, 0, trial->next, strlen(trial->next));
	cpio_add(&cpio, INIT_LOG + 1, S_IFCHR | 0600, LOG_DEVICE, NULL, 0);
	free(self.bytes);
	return cpio_end(&cpio) ? EXIT_DONE : fail("the initrd: %s", strerror(errno));
}

static int append_file(int image, const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	char buffer[COPY_SIZE];
	ssize_t got;

	if (file < 0)
		return fail("%s: %s", path, strerror(errno));
	while ((got = read(file, buffer, sizeof(buffer))) > 0)
		if (!write_all(image, buffer, (size_t)got))
			return fail("the initrd: %s", strerror(errno));
	if (got < 0)
		return fail("%s: %s", path, strerror(errno));
	close(file);
	return EXIT_DONE;
}

static int make_initrd(struct trial *trial)
{
	trial->image = memfd_create("initrd", MFD_CLOEXEC);
	if (trial->image < 0)
		return fail("the initrd: %s", strerror(errno));
	if (!trial->has_driver && put_archive(trial, trial->image) != EXIT_DONE)
		return EXIT_FAILED;
	if (append_file(trial->image, trial->initrd_path) != EXIT_DONE)
		return EXIT_FAILED;
	lseek(trial->image, 0, SEEK_SET);
	return EXIT_DONE;
}

int trial_files(struct trial *trial)
{
	if (find_kernel(trial) != EXIT_DONE || find_initrd(trial) != EXIT_DONE ||
	    find_driver(trial) != EXIT_DONE || make_line(trial) != EXIT_DONE)
		return EXIT_FAILED;
	return make_initrd(trial);
}
