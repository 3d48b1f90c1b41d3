// SPDX-License-Identifier: GPL-2.0-only
/*
 * loader_info.c - from Multiboot2's information to struct boot_info.
 * Multiboot2 specification 2.0, section 3.6. Every tag is checked against the size that the
 * information gives for itself, and that against the caller's limit: the loader is not ours.
 */
#include "boot/multiboot2/loader_info.h"
#include "lib/string.h"
#include "lib/units.h"
#include "multiboot_format.h"

/* Copies a NUL-terminated string of at most length bytes; false if it had to be cut. */
static bool copy_string(char *to, uint32_t room, const char *from, uint32_t length)
{
	uint32_t i = 0;

	while (i < length && from[i] && i < room - 1) {
		to[i] = from[i];
		i++;
	}
	to[i] = '\0';
	return i == length || !from[i];
}

static void take_module_tag(struct boot_info *boot, const struct multiboot2_module_tag *tag)
{
	struct boot_module *module;

	if (tag->tag.size < sizeof(*tag) || tag->end < tag->start)
		return;
	if (boot->module_count == BOOT_MAX_MODULES) {
		boot->modules_refused++;
		return;
	}
	module = &boot->module[boot->module_count++];
	module->base = tag->start;
	module->size = tag->end - tag->start;
	module->truncated = !copy_string(module->line, sizeof(module->line), tag->string,
					 tag->tag.size - (uint32_t)sizeof(*tag));
}

static void take_memory_map(struct boot_info *boot, const struct multiboot2_map_tag *tag)
{
	uint32_t offset = sizeof(*tag);

	if (tag->tag.size < sizeof(*tag) || tag->entry_size < sizeof(struct multiboot2_map_entry))
		return;
	for (; offset <= tag->tag.size && tag->entry_size <= tag->tag.size - offset;
	     offset += tag->entry_size) {
		struct region *region = &boot->region[boot->region_count];
		struct multiboot2_map_entry entry;

		if (boot->region_count == BOOT_MAX_REGIONS) {
			boot->regions_truncated = true;
			return;
		}
		/* An entry size that is no multiple of 8 is strange, but readable. */
		memcpy(&entry, (const uint8_t *)tag + offset, sizeof(entry));
		region->base = entry.base;
		region->size = entry.length;
		region->type = entry.type;
		boot->region_count++;
	}
}

static void take_framebuffer_tag(struct boot_info *boot,
				 const struct multiboot2_framebuffer_tag *tag)
{
	const struct multiboot_colours *colours = tag->colours;
	struct boot_framebuffer *mode = &boot->framebuffer;

	if (tag->tag.size >= sizeof(*tag) && tag->type == MULTIBOOT_FRAMEBUFFER_TEXT)
		boot->screen = SCREEN_TEXT;
	if (tag->tag.size < sizeof(*tag) + sizeof(*colours) ||
	    tag->type != MULTIBOOT_FRAMEBUFFER_RGB)
		return;
	boot->screen = SCREEN_FRAMEBUFFER;
	mode->base = tag->address;
	mode->pitch = tag->pitch;
	mode->width = tag->width;
	mode->height = tag->height;
	mode->bits = tag->bpp;
	mode->red.position = colours->red_position;
	mode->red.size = colours->red_size;
	mode->green.position = colours->green_position;
	mode->green.size = colours->green_size;
	mode->blue.position = colours->blue_position;
	mode->blue.size = colours->blue_size;
}

/* The tags hold a copy of the root pointer; that of ACPI 2.0 and later wins. */
static void take_rsdp_tag(struct boot_info *boot, const struct multiboot2_tag *tag)
{
	uint32_t size = tag->size - (uint32_t)sizeof(*tag);

	if (size > sizeof(boot->rsdp))
		size = sizeof(boot->rsdp);
	if (size < boot->rsdp_size)
		return;
	memcpy(boot->rsdp, tag + 1, size);
	boot->rsdp_size = size;
}

static void take_tag(struct boot_info *boot, const struct multiboot2_tag *tag)
{
	const char *text = (const char *)(tag + 1);
	uint32_t length = tag->size - (uint32_t)sizeof(*tag);

	switch (tag->type) {
	case MULTIBOOT2_INFO_COMMAND_LINE:
		boot->options_truncated =
			!copy_string(boot->options, sizeof(boot->options), text, length);
		break;
	case MULTIBOOT2_INFO_LOADER_NAME:
		copy_string(boot->loader, sizeof(boot->loader), text, length);
		break;
	case MULTIBOOT2_INFO_MODULE:
		take_module_tag(boot, (const void *)tag);
		break;
	case MULTIBOOT2_INFO_MAP:
		take_memory_map(boot, (const void *)tag);
		break;
	case MULTIBOOT2_INFO_FRAMEBUFFER:
		take_framebuffer_tag(boot, (const void *)tag);
		break;
	case MULTIBOOT2_INFO_EFI64:
		boot->uefi = true;
		break;
	case MULTIBOOT2_INFO_ACPI_OLD:
	case MULTIBOOT2_INFO_ACPI_NEW:
		take_rsdp_tag(boot, tag);
		break;
	}
}

void multiboot2_boot_info(const void *information, uint32_t limit, struct boot_info *boot)
{
	const uint8_t *bytes = information;
	const struct multiboot2_info *header = information;
	uint64_t total = header->size < limit ? header->size : limit;
	uint64_t offset = sizeof(*header); /* 64 bits: no tag's size makes it wrap */

	while (offset + sizeof(struct multiboot2_tag) <= total) {
		const struct multiboot2_tag *tag = (const void *)(bytes + offset);

		if (tag->type == MULTIBOOT2_INFO_END || tag->size < sizeof(*tag) ||
		    tag->size > total - offset)
			break;
		take_tag(boot, tag);
		offset += align_up(tag->size, MULTIBOOT2_TAG_ALIGN);
	}
}
