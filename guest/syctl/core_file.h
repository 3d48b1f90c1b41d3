/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * core_file.h - the memory of a slot that does not run, or of a snapshot, as an ELF core file that the driver shows,
 * and what is written of it.
 */
#ifndef SYCTL_CORE_FILE_H
#define SYCTL_CORE_FILE_H

#include <sys/types.h>
#include "syctl.h"

struct core {
	bool is_snapshot;
	struct switchyard_snapshot snapshot;
	struct switchyard_slot slot; /* if it is none */
	char path[64];
	int file;
	uint64_t size;
	bool is_32; /* of a 32-bit kernel */
};

/* By the numbers of makedumpfile's -d, what is left out of it. */
int core_level(const struct core *core);

/* Opens it: SLOT or SLOT@NAME. On failure, it prints why. Returns EXIT_DONE or EXIT_FAILED. */
int open_core(int device, const char *name, struct core *core);

/* Says if the slot's devices may write to its memory meanwhile, or did so. */
void warn_of_changes(const struct core *core);

/* Reads so many bytes, or up to the end of the file. -1: errno says why. */
ssize_t read_whole(int file, uint8_t *to, size_t size, off_t at);

/* Commands. */
int show_core(int device, const char *name, bool json);
int run_dump(int count, char **word, const struct options *options);

#endif
