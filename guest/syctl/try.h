/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * try.h - what `syctl try` was told, and the files that it makes of that.
 */
#ifndef TRY_H
#define TRY_H

#include <limits.h>
#include <stdbool.h>
#include "syctl.h"
#include "tree.h"

struct trial {
	/* As they were given; NULL: they were not. */
	const char *tree, *kernel, *driver, *initrd, *append, *prepare;
	unsigned timeout; /* seconds; 0: none */
	bool yes, json, force;
	struct add add; /* the slot's options, if there are any */

	char kernel_path[PATH_MAX], initrd_path[PATH_MAX], release[RELEASE_SIZE];
	bool has_driver;	/* the driver is built into the kernel */
	struct contents module; /* else this is the driver */
	char *line;		/* the kernel's command line */
	char next[PATH_MAX];	/* the initrd's own init */
	int image;		/* descriptor of the initrd with our archive before it */
};

/* Finds, builds and checks all files. Returns EXIT_DONE, or EXIT_FAILED with an error printed. */
int trial_files(struct trial *trial);

#endif
