// SPDX-License-Identifier: GPL-2.0-only
/*
 * multiboot2.c - from Multiboot2's information to struct boot_info.
 * Multiboot2 specification 2.0, section 3.6. Every tag is checked against the size that the
 * information gives for itself, and that against the caller's limit: the loader is not ours.
 */
#include "boot/multiboot2/multiboot2.h"
#include "lib/string.h"

#define TAG_ALIGN 8

enum {
	TAG_END = 0,
	TAG_CMDLINE = 1,
	TAG_LOADER_NAME = 2,
	TAG_MODULE = 3,
	TAG_MMAP = 6,
	TAG_FRAMEBUFFER = 8,
	TAG_EFI64 = 12,
	TAG_ACPI_OLD = 14,
	TAG_ACPI_NEW = 15,
};

#define FRAMEBUFFER_RGB	     1
#define FRAMEBUFFER_EGA_TEXT 2

struct tag {
	uint32_t type, size;
};

struct tag_module {
	struct tag tag;
	uint32_t start, end;
	char string[];
};

struct tag_mmap {
	struct tag tag;
	uint32_t entry_size, entry_version;
};

struct mmap_entry {
	uint64_t base, size;
	uint32_t type, zero;
};

struct tag_framebuffer {
	struct tag tag;
	uint64_t address;
	uint32_t pitch, width, height;
	uint8_t bpp, type;
	/*
	 * The specification's text (3.6.12) has one reserved byte here, its multiboot2.h and GRUB
	 * have two.
	 */
	uint16_t reserved;
};

/* Behind it, for FRAMEBUFFER_RGB. */
struct tag_framebuffer_rgb {
	struct tag_framebuffer common;
	uint8_t red_position, red_size, green_position, green_size, blue_position, blue_size;
	uint8_t end[];
};

struct information {
	uint32_t total, reserved; /* total: bytes, with this header */
};

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

static void take_module_tag(struct boot_info *boot, const struct tag_module *tag)
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

static void take_memory_map(struct boot_info *boot, const struct tag_mmap *tag)
{
	uint32_t offset = sizeof(*tag);

	if (tag->tag.size < sizeof(*tag) || tag->entry_size < sizeof(struct mmap_entry))
		return;
	for (; offset <= tag->tag.size && tag->entry_size <= tag->tag.size - offset;
	     offset += tag->entry_size) {
		struct region *region = &boot->region[boot->region_count];
		struct mmap_entry entry;

		if (boot->region_count == BOOT_MAX_REGIONS) {
			boot->regions_truncated = true;
			return;
		}
		/* An entry size that is no multiple of 8 is strange, but readable. */
		memcpy(&entry, (const uint8_t *)tag + offset, sizeof(entry));
		region->base = entry.base;
		region->size = entry.size;
		region->type = entry.type;
		boot->region_count++;
	}
}

static void take_framebuffer_tag(struct boot_info *boot, const struct tag_framebuffer *tag)
{
	const struct tag_framebuffer_rgb *rgb = (const void *)tag;
	struct boot_framebuffer *mode = &boot->framebuffer;

	if (tag->tag.size >= sizeof(*tag) && tag->type == FRAMEBUFFER_EGA_TEXT)
		boot->screen = SCREEN_TEXT;
	if (tag->tag.size < __builtin_offsetof(struct tag_framebuffer_rgb, end) ||
	    tag->type != FRAMEBUFFER_RGB)
		return;
	boot->screen = SCREEN_FRAMEBUFFER;
	mode->base = tag->address;
	mode->pitch = tag->pitch;
	mode->width = tag->width;
	mode->height = tag->height;
	mode->bits = tag->bpp;
	mode->red.position = rgb->red_position;
	mode->red.size = rgb->red_size;
	mode->green.position = rgb->green_position;
	mode->green.size = rgb->green_size;
	mode->blue.position = rgb->blue_position;
	mode->blue.size = rgb->blue_size;
}

/* The tags hold a copy of the root pointer; that of ACPI 2.0 and later wins. */
static void take_rsdp_tag(struct boot_info *boot, const struct tag *tag)
{
	uint32_t size = tag->size - (uint32_t)sizeof(*tag);

	if (size > sizeof(boot->rsdp))
		size = sizeof(boot->rsdp);
	if (size < boot->rsdp_size)
		return;
	memcpy(boot->rsdp, tag + 1, size);
	boot->rsdp_size = size;
}

static void take_tag(struct boot_info *boot, const struct tag *tag)
{
	const char *text = (const char *)(tag + 1);
	uint32_t length = tag->size - (uint32_t)sizeof(*tag);

	switch (tag->type) {
	case TAG_CMDLINE:
		boot->options_truncated =
			!copy_string(boot->options, sizeof(boot->options), text, length);
		break;
	case TAG_LOADER_NAME:
		copy_string(boot->loader, sizeof(boot->loader), text, length);
		break;
	case TAG_MODULE:
		take_module_tag(boot, (const void *)tag);
		break;
	case TAG_MMAP:
		take_memory_map(boot, (const void *)tag);
		break;
	case TAG_FRAMEBUFFER:
		take_framebuffer_tag(boot, (const void *)tag);
		break;
	case TAG_EFI64:
		boot->uefi = true;
		break;
	case TAG_ACPI_OLD:
	case TAG_ACPI_NEW:
		take_rsdp_tag(boot, tag);
		break;
	}
}

void multiboot2_boot_info(const void *information, uint32_t limit, struct boot_info *boot)
{
	const uint8_t *bytes = information;
	const struct information *header = information;
	uint64_t total = header->total < limit ? header->total : limit;
	uint64_t offset = sizeof(*header); /* 64 bits: no tag's size makes it wrap */

	while (offset + sizeof(struct tag) <= total) {
		const struct tag *tag = (const void *)(bytes + offset);

		if (tag->type == TAG_END || tag->size < sizeof(*tag) || tag->size > total - offset)
			break;
		take_tag(boot, tag);
		offset += ((uint64_t)tag->size + TAG_ALIGN - 1) & -(uint64_t)TAG_ALIGN;
	}
}
