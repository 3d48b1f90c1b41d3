/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * slot_file.h - the file of a snapshot's memory that `dump` has written, read to restore the slot by
 * it. Whoever wrote the file may have written anything.
 */
#ifndef SYCTL_SLOT_FILE_H
#define SYCTL_SLOT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "switchyard_ioctl.h"

#define SLOT_FILE_PAGE 4096u
#define SLOT_FILE_HEAD (1u << 20) /* headers and notes end before */

/* A part of the slot's RAM: bytes of the file, and their physical address. Both are whole pages. */
struct slot_file_piece {
	uint64_t offset, physical, size;
};

struct slot_file {
	uint64_t size;
	uint64_t sum;	 /* that it has by its own word */
	uint64_t sum_at; /* where that is */
	char slot[SWITCHYARD_NAME_SIZE], snapshot[SWITCHYARD_NAME_SIZE];
	uint32_t piece_count; /* by rising offset, which is by rising address */
	struct slot_file_piece piece[SWITCHYARD_MAX_RANGES];
	uint64_t record_at;
	uint32_t record_size; /* SWITCHYARD_RECORD_MOST at most */
};

/*
 * Reads headers and notes: the first `room` bytes, or all, of a file of `size` bytes. NULL if a slot
 * may be restored by it, else why not: "what is wrong; what was expected", which is kept in text.
 */
const char *slot_file_read(const uint8_t *head, uint64_t room, uint64_t size,
			   struct slot_file *file, char text[SWITCHYARD_TEXT_SIZE]);

/* Where headers that were just made have the place of the sum. 0: nowhere. */
uint64_t slot_file_sum_place(const uint8_t *head, uint64_t size);

/* Adds bytes that begin with a page at that offset. The last ones alone may be less than a page. */
void slot_file_add(uint64_t *sum, const uint8_t *bytes, size_t size, uint64_t offset);

/* True if these are a whole page, of zeros. */
bool slot_file_is_zero(const uint8_t *page, size_t size);

/* A sum in digits, with NUL. */
#define SLOT_FILE_DIGITS sizeof(SWITCHYARD_NO_SUM)

#endif
