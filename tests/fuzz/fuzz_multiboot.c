// SPDX-License-Identifier: GPL-2.0-only
/* Fuzzes Multiboot 1 and 2 kernels, from their headers to boot information and modules. */
#include "loading.h"
#include "lib/units.h"
#include "multiboot_format.h"

static void check_module(const struct loading *loading, uint32_t i, uint64_t start, uint64_t end,
			 uint64_t string)
{
	const struct image *module = &loading->slot.module[i];

	FUZZ_CHECK(end - start == module->size);
	loading_check_bytes(loading, start, end - start, (uint8_t)(LOADING_MODULE_BYTE + i));
	loading_check_string(loading, string, module->string);
}

static void check_1(const struct loading *loading)
{
	const struct multiboot1_info *info = loading_at(loading, loading->entry.bx, sizeof(*info));
	const struct multiboot1_module *modules =
		loading_at(loading, info->modules, info->module_count * sizeof(*modules));

	FUZZ_CHECK(info->module_count == loading->slot.module_count);
	loading_check_string(loading, info->command_line, loading->slot.kernel.string);
	for (uint32_t i = 0; i < info->module_count; i++)
		check_module(loading, i, modules[i].start, modules[i].end, modules[i].string);
}

static void check_2(const struct loading *loading)
{
	const struct multiboot2_info *info = loading_at(loading, loading->entry.bx, sizeof(*info));
	uint64_t at = loading->entry.bx + sizeof(*info), end = loading->entry.bx + info->size;
	const struct multiboot2_tag *tag = loading_at(loading, at, sizeof(*tag));
	uint32_t modules = 0;

	for (; tag->type != MULTIBOOT2_INFO_END; tag = loading_at(loading, at, sizeof(*tag))) {
		FUZZ_CHECK(tag->size >= sizeof(*tag) && tag->size <= end - at);
		if (tag->type == MULTIBOOT2_INFO_COMMAND_LINE)
			loading_check_string(loading, at + sizeof(*tag),
					     loading->slot.kernel.string);
		if (tag->type == MULTIBOOT2_INFO_MODULE) {
			const struct multiboot2_module_tag *module =
				loading_at(loading, at, sizeof(*module));

			check_module(loading, modules++, module->start, module->end,
				     at + sizeof(*module));
		}
		at = align_up(at + tag->size, MULTIBOOT2_TAG_ALIGN);
	}
	FUZZ_CHECK(modules == loading->slot.module_count && at + sizeof(*tag) == end);
}

static void check(const struct loading *loading)
{
	FUZZ_CHECK(!loading->slot.initrd.size);
	if (loading->slot.type == SWITCHYARD_MULTIBOOT1 &&
	    loading->entry.ax == MULTIBOOT1_LOADER_MAGIC)
		check_1(loading);
	else if (loading->slot.type == SWITCHYARD_MULTIBOOT2 &&
		 loading->entry.ax == MULTIBOOT2_LOADER_MAGIC)
		check_2(loading);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	uint8_t type = (uint8_t)fuzz_take(&input, 1);

	loading_run(&input, type & 1 ? SWITCHYARD_MULTIBOOT1 : SWITCHYARD_MULTIBOOT2, check);
	return 0;
}
