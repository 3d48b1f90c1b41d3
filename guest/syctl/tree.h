/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * tree.h - a kernel that somebody has built: its image, its build tree, and a driver for it.
 */
#ifndef TREE_H
#define TREE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#define RELEASE_SIZE 65 /* as in struct utsname */

/* The contents of a file, with a NUL behind them. */
struct contents {
	void *bytes; /* free() frees it */
	size_t size;
};

/* Each function returns EXIT_DONE, or prints an error and returns EXIT_FAILED. */
int contents_read(struct contents *contents, const char *path);

/* What `uname -r` would say in a kernel, from its bzImage. */
int kernel_release(const char *path, char release[RELEASE_SIZE]);

/*
 * Looks whether a kernel of that configuration can have the driver. has_driver is set if the
 * driver is built into it.
 */
int tree_check(const char *tree, bool *has_driver);

/* Builds the driver in a folder of its own. */
int tree_build_driver(const char *tree, struct contents *driver);

/* Checks that a driver is for the kernel of that release. */
int driver_check(const struct contents *driver, const char *path, const char *release);

#endif
