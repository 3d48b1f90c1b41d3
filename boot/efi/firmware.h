/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * firmware.h - what firmware tells of the machine and of itself.
 */
#ifndef BOOT_EFI_FIRMWARE_H
#define BOOT_EFI_FIRMWARE_H

#include <stdbool.h>
#include "boot/efi/app.h"

/* Fills boot->loader, boot->rsdp[] and the screen. */
void firmware_describe(struct app *app);

bool firmware_secure_boot(const struct app *app);

#endif
