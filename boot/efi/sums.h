/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sums.h - the list of SHA-256 sums that a signed switchyard.efi carries in its section .sums.
 *
 * The list is what `sha256sum FILE...` prints in the volume's root: 64 hexadecimal digits, a blank,
 * a blank or *, and the path. The section is signed with the rest of the application, so whoever
 * trusts the signature trusts the list, and no other key or signature is needed.
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

/* The list in the image of the running application: size bytes as the firmware loaded them. */
void sums_find(struct sums *sums, const void *image, uint64_t size);

/*
 * Is data what the list says of path? Slashes and backslashes are the same in paths, and so are
 * upper and lower case, as on FAT. The reason does not name the path.
 */
bool sums_check(const struct sums *sums, const char *path, const void *data, uint64_t size,
		struct error *error);

#endif
