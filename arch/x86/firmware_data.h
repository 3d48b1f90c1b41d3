/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * firmware_data.h - where the BIOS's data below 1 MiB begins.
 */
#ifndef ARCH_X86_FIRMWARE_DATA_H
#define ARCH_X86_FIRMWARE_DATA_H

#include <stdint.h>

/*
 * The lowest of: the extended BIOS data area, the end of base memory as the BIOS counts it, and
 * 0xa0000. Physical address. Linux's BIOS data area rules (arch/x86/kernel/ebda.c) are the same.
 */
uint64_t firmware_data_start(void);

#endif
