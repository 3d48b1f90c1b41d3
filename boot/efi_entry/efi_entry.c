// SPDX-License-Identifier: GPL-2.0-only
/*
 * efi_entry.c - where the UEFI application (boot/efi/) hands over to the monitor's image.
 *
 * Boot services have ended: all that firmware still lends (stack, GDT, IDT, page tables) lies in
 * memory that the plan takes for free RAM, so the image goes over to its own before monitor_main().
 */
#include "boot_info.h"
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/memory/relocate.h"
#include "monitor/main.h"

static struct boot_info boot;

/* Both are called by efi_entry.asm, on the image's stack; between them it leaves LA57. */
void boot_efi_take(const struct boot_info *from);
void boot_efi_start(void) __attribute__((noreturn));

void boot_efi_take(const struct boot_info *from)
{
	struct paging_tables unused;

	boot = *from; /* while firmware's page tables still map it */
	boot.image.base = monitor_base();
	boot.image.size = monitor_size();
	descriptors_init();
	paging_init(0, &unused); /* 4 GiB are enough until the move; then monitor/main.c maps all */
}

void boot_efi_start(void)
{
	monitor_main(&boot);
}
