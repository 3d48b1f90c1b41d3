// SPDX-License-Identifier: GPL-2.0-only
/*
 * memory.c - keeps RAM of other kernels out of this one.
 *
 * Firmware's memory map, as Switchyard passes it on, has only this kernel's RAM. But ACPI may
 * describe RAM once more, as memory devices that can be plugged in, and their RAM would be added.
 */
#include <linux/switchyard.h>
#include <asm/e820/api.h>

bool switchyard_hides_memory(u64 start, u64 size)
{
	return switchyard_present() && e820__get_entry_type(start, start + size) != E820_TYPE_RAM;
}
