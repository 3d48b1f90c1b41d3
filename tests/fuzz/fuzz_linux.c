// SPDX-License-Identifier: GPL-2.0-only
/* Fuzzes bzImage, from its header to boot_params, command line and initrd in the slot's RAM. */
#include <asm/bootparam.h>
#include "loading.h"

#define ENTRY_64_OFFSET 0x200 /* boot.rst, "64-bit boot protocol" */

static uint64_t whole(uint32_t low, uint32_t high)
{
	return (uint64_t)high << 32 | low;
}

static void check(const struct loading *loading)
{
	const struct slot *slot = &loading->slot;
	const struct boot_params *params =
		loading_at(loading, loading->entry.si, sizeof(struct boot_params));
	const struct setup_header *hdr = &params->hdr;
	uint64_t command_line = whole(hdr->cmd_line_ptr, params->ext_cmd_line_ptr);
	uint64_t kernel =
		loading->entry.ip - (loading->entry.mode == ENTRY_LONG ? ENTRY_64_OFFSET : 0);

	FUZZ_CHECK(slot->type == SWITCHYARD_LINUX);
	loading_at(loading, loading->entry.sp - 1, 1);
	FUZZ_CHECK(params->e820_entries == loading->context.map_count);
	loading_check_string(loading, command_line, slot->kernel.string);
	/*
	 * The command line is the lowest item that must survive until the kernel has unpacked
	 * itself.
	 */
	if (hdr->relocatable_kernel)
		FUZZ_CHECK(command_line >= kernel + hdr->init_size);
	FUZZ_CHECK(whole(hdr->ramdisk_size, params->ext_ramdisk_size) == slot->initrd.size);
	if (slot->initrd.size)
		loading_check_bytes(loading, whole(hdr->ramdisk_image, params->ext_ramdisk_image),
				    slot->initrd.size, LOADING_INITRD_BYTE);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};

	loading_run(&input, SWITCHYARD_LINUX, check);
	return 0;
}
