/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * named_files.h - switchyard.conf, and the files that it names.
 */
#ifndef BOOT_EFI_NAMED_FILES_H
#define BOOT_EFI_NAMED_FILES_H

#include "boot/efi/app.h"

/* Fills boot->options and boot->module[]. Reports what is wrong, and leaves it out. */
void load_all(struct app *app);

#endif
