// SPDX-License-Identifier: GPL-2.0-only
/*
 * loader_info.c - fills struct boot_info from Multiboot2's information.
 * Multiboot2 specification 2.0, section 3.6. The loader may be wrong, so every tag is checked
 * against the information's own size, and that size against the caller's limit.
 */
#include "boot/multiboot2/loader_info.h"
#include "arch/x86/acpi/acpi_tables.h"
#include "boot/report/boot_report.h"
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

/* False, with a line for the log, if a tag is shorter than its type needs. */
static bool is_whole(struct boot_info *boot, const struct multiboot2_tag *tag, uint64_t needed,
		     const char *what)
{
	if (tag->size >= needed)
		return true;
	boot_report(boot, "%s left out: the loader's tag has %u bytes, expected %lu or more", what,
		    tag->size, needed);
	return false;
}

/* An impossible module is passed on with a mark, so that no kernel starts without its initrd. */
static void take_module_tag(struct boot_info *boot, const struct multiboot2_module_tag *tag)
{
	struct boot_module *module;

	if (!is_whole(boot, &tag->tag, sizeof(*tag), "module"))
		return;
	if (boot->module_count == BOOT_MAX_MODULES) {
		boot->modules_refused++;
		return;
	}
	module = &boot->module[boot->module_count++];
	module->truncated = !copy_string(module->line, sizeof(module->line), tag->string,
					 tag->tag.size - (uint32_t)sizeof(*tag));
	module->absent = tag->end < tag->start;
	if (module->absent) {
		boot_report(boot, "module left out: it ends at %#x, before it begins at %#x",
			    tag->end, tag->start);
		return;
	}
	module->base = tag->start;
	module->size = tag->end - tag->start;
}

static void take_memory_map(struct boot_info *boot, const struct multiboot2_map_tag *tag)
{
	uint32_t offset = sizeof(*tag);

	if (!is_whole(boot, &tag->tag, sizeof(*tag), "memory map"))
		return;
	if (tag->entry_size < sizeof(struct multiboot2_map_entry)) {
		boot_report(boot,
			    "memory map left out: its entries have %u bytes, expected %lu or more",
			    tag->entry_size, sizeof(struct multiboot2_map_entry));
		return;
	}
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

	if (!is_whole(boot, &tag->tag, sizeof(*tag), "screen"))
		return;
	if (tag->type == MULTIBOOT_FRAMEBUFFER_TEXT) {
		boot->screen = SCREEN_TEXT;
		return;
	}
	if (tag->type != MULTIBOOT_FRAMEBUFFER_RGB) {
		boot_report(boot,
			    "screen left out: its type is %u, expected %u (direct colour) "
			    "or %u (text)",
			    tag->type, MULTIBOOT_FRAMEBUFFER_RGB, MULTIBOOT_FRAMEBUFFER_TEXT);
		return;
	}
	if (!is_whole(boot, &tag->tag, sizeof(*tag) + sizeof(*colours), "screen"))
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

/* The tags hold copies of the root pointer. The copy of ACPI 2.0 or later is preferred. */
static void take_rsdp_tag(struct boot_info *boot, const struct multiboot2_tag *tag)
{
	uint32_t size = tag->size - (uint32_t)sizeof(*tag);

	if (!is_whole(boot, tag, sizeof(*tag) + ACPI_RSDP_V1_SIZE, "ACPI root pointer"))
		return;
	if (size > sizeof(boot->rsdp))
		size = sizeof(boot->rsdp);
	if (size < boot->rsdp_size)
		return;
	memcpy(boot->rsdp, tag + 1, size);
	boot->rsdp_size = size;
}

static void take_efi_tag(struct boot_info *boot, const struct multiboot2_efi_tag *tag)
{
	boot->uefi = true;
	if (is_whole(boot, &tag->tag, sizeof(*tag), "UEFI's system table"))
		boot->efi_system_table = tag->system_table;
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
		take_efi_tag(boot, (const void *)tag);
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
	uint64_t offset = sizeof(*header); /* 64 bits, so no tag's size makes it wrap */

	while (offset + sizeof(struct multiboot2_tag) <= total) {
		const struct multiboot2_tag *tag = (const void *)(bytes + offset);

		if (tag->type == MULTIBOOT2_INFO_END)
			return;
		if (tag->size < sizeof(*tag) || tag->size > total - offset)
			break;
		take_tag(boot, tag);
		offset += align_up(tag->size, MULTIBOOT2_TAG_ALIGN);
	}
	boot_report(boot,
		    "the loader's information ends at byte %lu of %lu without an end tag; what is "
		    "behind that is left out",
		    offset < total ? offset : total, total);
}
