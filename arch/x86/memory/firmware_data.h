/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * firmware_data.h - where the BIOS's data below 1 MiB begins.
 */
#ifndef ARCH_X86_MEMORY_FIRMWARE_DATA_H
#define ARCH_X86_MEMORY_FIRMWARE_DATA_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The lowest of: the extended BIOS data area, the end of base memory as the BIOS counts it, and
 * 0xa0000. Physical address. Linux's BIOS data area rules (arch/x86/kernel/ebda.c) are the same.
 * bios: there is one; with UEFI, what lies at those places means nothing, and the memory map says
 * all.
 */
uint64_t firmware_data_start(bool bios);

#endif
