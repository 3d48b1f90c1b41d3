/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_efi.h - EFI runtime services of a slot's own.
 *
 * A Linux that has no driver yet knows no gate. But it can reboot by EFI's ResetSystem, and this one
 * calls the gate. No other service does anything. Under UEFI, the kernel is also told where SMBIOS
 * is, for which it looks nowhere else.
 */
#ifndef MONITOR_LOAD_GUEST_EFI_H
#define MONITOR_LOAD_GUEST_EFI_H

#include <asm/bootparam.h>
#include "lib/units.h"
#include "monitor/load/load.h"

#define GUEST_EFI_SIZE (2 * PAGE_SIZE)

/*
 * Writes the services to the pages at context->efi, and tells of them in boot_params' efi_info.
 * context->info must be filled.
 */
bool guest_efi(const struct load_context *context, struct boot_params *params, struct error *error);

#endif
