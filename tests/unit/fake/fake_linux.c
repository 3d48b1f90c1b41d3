// SPDX-License-Identifier: GPL-2.0-only
#include "fake/fake_linux.h"
#include <asm/bootparam.h>
#include <string.h>
#include "fake/fake.h"

#define SIZE	    4096
#define SETUP_SECTS 3
#define HDR	    0x1f1

void fake_linux(struct image *image, uint64_t at, uint32_t line_most, const char *line)
{
	struct setup_header hdr = {
		.setup_sects = SETUP_SECTS,
		.syssize = (SIZE - (SETUP_SECTS + 1) * 512) / 16,
		.boot_flag = 0xaa55,
		.jump = 0x6aeb,
		.header = 0x53726448,
		.version = 0x20f,
		.loadflags = LOADED_HIGH,
		.code32_start = 0x100000,
		.initrd_addr_max = 0x7fffffff,
		.kernel_alignment = 2 * MIB,
		.relocatable_kernel = 1,
		.xloadflags = XLF_KERNEL_64 | XLF_CAN_BE_LOADED_ABOVE_4G,
		.cmdline_size = line_most,
		.pref_address = 16 * MIB,
		.init_size = 2 * MIB,
	};

	memcpy(fake_memory(at, SIZE, 0) + HDR, &hdr, sizeof(hdr));
	*image = (struct image){.base = at, .size = SIZE, .string = line};
}
