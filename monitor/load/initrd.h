/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * initrd.h - how large an initrd is when Linux has unpacked it.
 */
#ifndef MONITOR_LOAD_INITRD_H
#define MONITOR_LOAD_INITRD_H

#include <stdbool.h>
#include <stdint.h>
#include "monitor/slot/slot.h"

struct initrd_size {
	uint64_t bytes; /* of all its archives, unpacked */
	bool estimated; /* a part of it is compressed in a way that does not tell its size */
};

/* Reads the image's headers, and nothing else of what is compressed. */
struct initrd_size initrd_unpacked(const struct image *initrd);

#endif
