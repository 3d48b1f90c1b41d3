/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * firmware.h - what the firmware says about the machine and itself.
 */
#ifndef BOOT_EFI_FIRMWARE_H
#define BOOT_EFI_FIRMWARE_H

#include <stdbool.h>
#include "boot/efi/app.h"

/* Fills boot->loader, boot->rsdp[] and the screen. */
void firmware_describe(struct app *app);

bool firmware_secure_boot(const struct app *app);

#endif
