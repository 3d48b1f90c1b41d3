/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * files.h - allocates memory from the firmware, and reads files into it.
 */
#ifndef BOOT_EFI_FILES_H
#define BOOT_EFI_FILES_H

#include "arch/x86/memory/paging.h"
#include "boot/efi/app.h"
#include "lib/error.h"
#include "lib/units.h"

#define PAGES_BELOW_4G BELOW_4G
#define PAGES_ANYWHERE PAGING_COMMON_LIMIT /* the monitor can map it on all CPUs */

/*
 * Allocates whole pages, [address, address + bytes), below 4 GiB if there is room, else below
 * limit.
 */
bool pages_allocate(const struct app *app, EFI_MEMORY_TYPE type, uint64_t bytes, uint64_t limit,
		    uint64_t *address, struct error *error);

/* Opens app->root. */
bool files_open(struct app *app, struct error *error);

/*
 * Reads a file, and checks it if app->verify. The caller keeps contents, which are never freed. The
 * reason does not name the file. A file without contents is an error.
 */
bool files_read(const struct app *app, const char *path, struct region *contents,
		struct error *error);

#endif
