// SPDX-License-Identifier: GPL-2.0-only
/*
 * multiboot2_start.c - the first C code under a Multiboot2 loader: reads its information, and
 * starts the monitor.
 */
#include "boot/multiboot2/loader_info.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/memory/relocate.h"
#include "monitor/main.h"
#include "multiboot_format.h"
#include "lib/units.h"

/* Real ones have some KiB: no more than this is believed of the size that one gives itself. */
#define INFORMATION_LIMIT (16 * MIB)

static struct boot_info boot;

/* From multiboot2_entry.asm, at the address that the image is linked for. */
void boot_multiboot2(uint32_t magic, uint32_t information) __attribute__((noreturn));

void boot_multiboot2(uint32_t magic, uint32_t information)
{
	if (magic != MULTIBOOT2_LOADER_MAGIC)
		cpu_stop(); /* nobody is there to be told: not even a memory map */
	multiboot2_boot_info(phys(information), INFORMATION_LIMIT, &boot);
	boot.image.base = monitor_base();
	boot.image.size = monitor_size();
	monitor_main(&boot);
}
