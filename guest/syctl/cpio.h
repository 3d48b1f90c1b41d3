/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * cpio.h - writes a cpio archive that Linux unpacks as an initrd, or as a part of one. Its format
 * is "newc": Documentation/driver-api/early-userspace/buffer-format.rst in Linux.
 */
#ifndef CPIO_H
#define CPIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

struct cpio {
	int descriptor; /* of the file that it is written to */
	uint64_t size;
	uint32_t count; /* of entries */
	bool failed;	/* errno says why */
};

/*
 * Adds an entry. mode has its type, such as S_IFREG. contents are its bytes; a directory or a
 * device has none. device is makedev(), and 0 for all but devices.
 */
void cpio_add(struct cpio *cpio, const char *name, mode_t mode, dev_t device, const void *contents,
	      size_t size);

/* Ends the archive, so that another one can follow. Returns false if any write has failed. */
bool cpio_end(struct cpio *cpio);

#endif
