// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "boot_tags.h"
#include <stddef.h>

const struct multiboot2_tag *boot_tag(const struct multiboot2_info *information, uint32_t type)
{
	const uint8_t *at = (const uint8_t *)(information + 1);
	const struct multiboot2_tag *tag = (const struct multiboot2_tag *)at;

	while (tag->type != type && tag->type != MULTIBOOT2_INFO_END) {
		at += (tag->size + MULTIBOOT2_TAG_ALIGN - 1) & -MULTIBOOT2_TAG_ALIGN;
		tag = (const struct multiboot2_tag *)at;
	}
	return tag->type == type ? tag : NULL;
}

bool boot_tags_text_screen(uint32_t magic, const struct multiboot2_info *information)
{
	const struct multiboot2_framebuffer_tag *framebuffer;

	if (magic != MULTIBOOT2_LOADER_MAGIC)
		return false;
	framebuffer =
		(const struct multiboot2_framebuffer_tag *)boot_tag(information,
								    MULTIBOOT2_INFO_FRAMEBUFFER);
	return framebuffer && framebuffer->type == MULTIBOOT_FRAMEBUFFER_TEXT;
}

const char *boot_tags_command_line(const struct multiboot2_info *information)
{
	const struct multiboot2_tag *tag = boot_tag(information, MULTIBOOT2_INFO_COMMAND_LINE);

	return tag ? ((const struct multiboot2_string_tag *)tag)->string : "";
}

const void *boot_tags_rsdp(const struct multiboot2_info *information)
{
	const struct multiboot2_tag *tag = boot_tag(information, MULTIBOOT2_INFO_ACPI_NEW);

	if (!tag)
		tag = boot_tag(information, MULTIBOOT2_INFO_ACPI_OLD);
	return tag ? tag + 1 : NULL;
}
