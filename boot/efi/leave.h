/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * leave.h - leaving boot services.
 */
#ifndef BOOT_EFI_LEAVE_H
#define BOOT_EFI_LEAVE_H

#include "boot/efi/app.h"
#include "lib/error.h"

/*
 * Ends boot services, and fills boot->region[]. If it returns false, boot services still exist to
 * show the reason.
 */
bool leave_boot_services(struct app *app, struct error *error);

#endif
