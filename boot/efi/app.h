/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * app.h - the UEFI application: what its parts share. It runs on boot services until leave.c ends
 * them. UEFI specification 2.10.
 */
#ifndef BOOT_EFI_APP_H
#define BOOT_EFI_APP_H

#include <stdbool.h>
#include <stdint.h>
#include <efi.h>
#include "arch/x86/memory/paging.h"
#include "boot/efi/sums.h"
#include "boot_info.h"
#include "lib/error.h"
#include "lib/units.h"

struct app {
	EFI_HANDLE handle;
	EFI_SYSTEM_TABLE *system;
	EFI_LOADED_IMAGE *loaded;
	EFI_FILE_HANDLE root; /* of the volume that the application was loaded from, or NULL */
	bool verify;	      /* Secure Boot is on, or there is a list of sums: files are checked */
	struct sums sums;
	struct boot_info *boot;
};

/* screen.c: to the firmware's console, which is the screen, a serial port, or both. */

/* Text; a newline begins the next line at its start. */
void app_print(const struct app *app, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* One line, no newline: shown, and kept in boot->report for the monitor's log. */
void app_report(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A bar over the current line: done of total bytes of this file. */
void app_progress(const struct app *app, const char *path, uint64_t done, uint64_t total);

/* files.c */

#define PAGES_BELOW_4G BELOW_4G
#define PAGES_ANYWHERE (PAGING_MAX_DIRECTORIES * GIB) /* all CPUs can map it */

/* Whole pages, [address, address + bytes): below 4 GiB if there is room, else below limit. */
bool pages_allocate(const struct app *app, EFI_MEMORY_TYPE type, uint64_t bytes, uint64_t limit,
		    uint64_t *address, struct error *error);
/* Opens app->root. */
bool files_open(struct app *app, struct error *error);
/*
 * Reads a file, and checks it if app->verify. contents are the caller's for good. The reason does
 * not name the file. A file without contents is an error.
 */
bool files_read(const struct app *app, const char *path, struct region *contents,
		struct error *error);

/* load.c: switchyard.conf, and the files that it names, to boot->options and boot->module[]. */
void load_all(struct app *app);

/* firmware.c: what firmware tells of the machine and of itself. */

void firmware_describe(struct app *app); /* boot->loader, rsdp[], screen */
bool firmware_secure_boot(const struct app *app);

/*
 * leave.c: ends boot services, and fills boot->region[]. Returns false only while boot services
 * are still there to show the reason.
 */
bool leave_boot_services(struct app *app, struct error *error);

#endif
