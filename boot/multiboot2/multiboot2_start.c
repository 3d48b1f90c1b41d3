// SPDX-License-Identifier: GPL-2.0-only
/*
 * multiboot2_start.c - the first C code after a Multiboot2 loader. It reads the loader's
 * information, and starts the monitor.
 */
#include "boot/multiboot2/loader_info.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/memory/phys.h"
#include "monitor/main.h"
#include "multiboot_format.h"
#include "lib/units.h"

/* Real information has some KiB. A larger size in its size field is cut to this limit. */
#define INFORMATION_LIMIT (16 * MIB)

/* multiboot2_entry.asm calls it. The image is at the address that it is linked for. */
void boot_multiboot2(uint32_t magic, uint32_t information) __attribute__((noreturn));

void boot_multiboot2(uint32_t magic, uint32_t information)
{
	if (magic != MULTIBOOT2_LOADER_MAGIC)
		cpu_stop(); /* without the information, nothing is known that could show an error */
	multiboot2_boot_info(phys(information), INFORMATION_LIMIT, monitor_boot_info());
	monitor_main();
}
