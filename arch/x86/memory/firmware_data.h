/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * firmware_data.h - where the BIOS's data below 1 MiB begins.
 */
#ifndef ARCH_X86_MEMORY_FIRMWARE_DATA_H
#define ARCH_X86_MEMORY_FIRMWARE_DATA_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The physical address where the BIOS's data begins. It is the lowest of the extended BIOS data
 * area, the end of base memory as the BIOS counts it, and 0xa0000. Linux has the same rules
 * (arch/x86/kernel/ebda.c). bios is true if there is a BIOS. With UEFI, those places mean nothing,
 * and the memory map is complete.
 */
uint64_t firmware_data_start(bool bios);

#endif
