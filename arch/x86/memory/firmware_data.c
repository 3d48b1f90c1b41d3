// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/memory/firmware_data.h"
#include "arch/x86/memory/phys.h"

/* BIOS data area: IBM PS/2 and PC BIOS interface technical reference, section 3. */
#define BDA_EBDA_SEGMENT 0x40e /* real-mode segment, 0: none */
#define BDA_BASE_MEMORY	 0x413 /* in KiB */
#define VIDEO_MEMORY	 0xa0000ull
#define PLAUSIBLE_START	 0x20000ull /* below that, the field holds something else */

static uint64_t lower(uint64_t limit, uint64_t candidate)
{
	return candidate >= PLAUSIBLE_START && candidate < limit ? candidate : limit;
}

static uint64_t bda_word(uint32_t address)
{
	return *(volatile uint16_t *)phys(address);
}

uint64_t firmware_data_start(bool bios)
{
	uint64_t start = VIDEO_MEMORY;

	if (!bios)
		return start;
	start = lower(start, bda_word(BDA_EBDA_SEGMENT) << 4);
	return lower(start, bda_word(BDA_BASE_MEMORY) << 10);
}
