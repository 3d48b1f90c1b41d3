/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sums.h - the list of SHA-256 sums that a signed switchyard.efi carries in its section .sums.
 *
 * `sha256sum FILE...` in the volume's root prints such a list: 64 hexadecimal digits, a blank, a
 * blank or *, and the path. The section is signed with the rest of the application, so whoever
 * trusts the signature can trust the list. No other key or signature is needed.
 */
#ifndef BOOT_EFI_SUMS_H
#define BOOT_EFI_SUMS_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"

#define SUMS_SECTION ".sums"

struct sums {
	const char *text; /* NULL: the application carries no list */
	uint64_t size;	  /* may end early, with a NUL: sections are filled up with them */
};

/*
 * Finds the list in the image of the running application, which has size bytes as the firmware
 * loaded it.
 */
void sums_find(struct sums *sums, const void *image, uint64_t size);

/*
 * Checks that data has the sum that the list gives for path. As on FAT, slashes and backslashes in
 * paths are the same, and so are upper and lower case. The reason does not name the path.
 */
bool sums_check(const struct sums *sums, const char *path, const void *data, uint64_t size,
		struct error *error);

#endif
