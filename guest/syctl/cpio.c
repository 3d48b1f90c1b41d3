// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "cpio.h"
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>
#include "syctl.h"

#define ALIGN 4
#define END   "TRAILER!!!"

/* A magic, and 13 fields: number, mode, owner, group, links, time, size, 2 for the device that the
 * file lies on, 2 for the device that it is, the length of its name with its NUL, a checksum. */
#define HEADER	    "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x"
#define HEADER_SIZE 110

static void put(struct cpio *cpio, const void *bytes, size_t size)
{
	if (cpio->failed)
		return;
	cpio->failed = !write_all(cpio->descriptor, bytes, size);
	cpio->size += size;
}

static void put_padding(struct cpio *cpio)
{
	put(cpio, "\0\0\0", (ALIGN - cpio->size % ALIGN) % ALIGN);
}

void cpio_add(struct cpio *cpio, const char *name, mode_t mode, dev_t device, const void *contents,
	      size_t size)
{
	char header[HEADER_SIZE + 1];

	snprintf(header, sizeof(header), HEADER, ++cpio->count, mode, 0, 0, 1, 0, (unsigned)size, 0,
		 0, major(device), minor(device), (unsigned)strlen(name) + 1, 0);
	put(cpio, header, HEADER_SIZE);
	put(cpio, name, strlen(name) + 1);
	put_padding(cpio);
	put(cpio, contents, size);
	put_padding(cpio);
}

bool cpio_end(struct cpio *cpio)
{
	cpio_add(cpio, END, 0, 0, NULL, 0);
	return !cpio->failed;
}
