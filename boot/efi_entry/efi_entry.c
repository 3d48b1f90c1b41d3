// SPDX-License-Identifier: GPL-2.0-only
/*
 * efi_entry.c - where the UEFI application (boot/efi/) hands over to the monitor's image.
 *
 * Boot services have ended. The firmware's stack, GDT, IDT and page tables lie in memory that the
 * plan takes for free RAM. So the image changes to its own before monitor_main().
 */
#include <stddef.h>
#include "boot_info.h"
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/memory/paging.h"
#include "monitor/main.h"

/* efi_entry.asm calls both on the image's stack. Between them it leaves LA57. */
void boot_efi_take(const struct boot_info *from);
void boot_efi_start(void) __attribute__((noreturn));

void boot_efi_take(const struct boot_info *from)
{
	*monitor_boot_info() = *from; /* while firmware's page tables still map it */
	descriptors_init();
	paging_init(0, NULL, 0); /* 4 GiB are enough until the move; then monitor/main.c maps all */
}

void boot_efi_start(void)
{
	monitor_main();
}
