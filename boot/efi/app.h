/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * app.h - the UEFI application: the state that its parts share. It runs on boot services until
 * leave.c ends them. UEFI specification 2.10.
 */
#ifndef BOOT_EFI_APP_H
#define BOOT_EFI_APP_H

#include <stdbool.h>
#include <stdint.h>
#include <efi.h>
#include "boot/efi/sums.h"
#include "boot_info.h"

struct app {
	EFI_HANDLE handle;
	EFI_SYSTEM_TABLE *system;
	EFI_LOADED_IMAGE *loaded;
	EFI_FILE_HANDLE root; /* of the volume that the application was loaded from, or NULL */
	bool verify;	      /* check files: Secure Boot is on, or there is a list of sums */
	struct sums sums;
	struct boot_info *boot;
};

#endif
