/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_multiboot1.c - Multiboot 1 kernels: Multiboot Specification 0.6.96.
 */
#include <stddef.h>
#include "arch/x86/memory/phys.h"
#include "monitor/load/load_format.h"
#include "monitor/load/multiboot.h"
#include "lib/string.h"

/* Header, section 3.1. */
#define HEADER_MAGIC  0x1badb002u
#define HEADER_SEARCH 8192u /* it lies within these first bytes of the file, */
#define HEADER_ALIGN  4u    /* at a multiple of that */

struct header {
	uint32_t magic, flags, checksum;
	struct multiboot_addresses addresses; /* if HEADER_ADDRESSES */
	uint32_t entry;
};

#define HEADER_MINIMUM offsetof(struct header, addresses)

enum header_flag {
	HEADER_PAGE_ALIGN = 1 << 0, /* modules at pages' beginnings: they always are here */
	HEADER_MEMORY = 1 << 1,
	HEADER_VIDEO = 1 << 2, /* a wish only: a kernel has to take the mode it finds */
	HEADER_ADDRESSES = 1 << 16,
};

#define HEADER_REQUIRED 0xffffu /* bits that a loader must know, or refuse the kernel */
#define HEADER_KNOWN	(HEADER_PAGE_ALIGN | HEADER_MEMORY | HEADER_VIDEO)

/* Boot information, section 3.3. */
#define BOOT_MAGIC 0x2badb002u /* in EAX */

enum info_flag {
	INFO_MEMORY = 1 << 0,
	INFO_COMMAND_LINE = 1 << 2,
	INFO_MODULES = 1 << 3,
	INFO_MAP = 1 << 6,
	INFO_LOADER_NAME = 1 << 9,
	INFO_FRAMEBUFFER = 1 << 12,
};

struct info {
	uint32_t flags;
	uint32_t mem_lower, mem_upper; /* KiB */
	uint32_t boot_device;
	uint32_t command_line;
	uint32_t module_count, modules;
	uint32_t symbols[4];
	uint32_t map_length, map;
	uint32_t drives_length, drives;
	uint32_t config_table;
	uint32_t loader_name;
	uint32_t apm_table;
	uint32_t vbe_control_info, vbe_mode_info;
	uint16_t vbe_mode, vbe_interface_segment, vbe_interface_offset, vbe_interface_length;
	uint64_t framebuffer_address;
	uint32_t framebuffer_pitch, framebuffer_width, framebuffer_height;
	uint8_t framebuffer_bpp, framebuffer_type;
	struct multiboot_colours colours;
} __attribute__((packed));

struct info_module {
	uint32_t start, end, string, reserved;
};

struct info_map_entry {
	uint32_t size; /* of what follows */
	uint64_t base, length;
	uint32_t type;
} __attribute__((packed));

_Static_assert(offsetof(struct info, framebuffer_address) == 88, "Multiboot 1, section 3.3");
_Static_assert(sizeof(struct info) == 116, "Multiboot 1, section 3.3");

/*
 * Finds a header whose checksum is right. Its address
 * fields may lie beyond the file: then they read as 0.
 */
static bool find_header(const struct image *file, struct header *header, uint64_t *header_offset)
{
	const uint8_t *bytes = phys(file->base);
	uint64_t end = file->size < HEADER_SEARCH ? file->size : HEADER_SEARCH;

	for (uint64_t offset = 0; offset + HEADER_MINIMUM <= end; offset += HEADER_ALIGN) {
		uint64_t size = end - offset < sizeof(*header) ? HEADER_MINIMUM : sizeof(*header);

		memset(header, 0, sizeof(*header));
		memcpy(header, bytes + offset, size);
		if (header->magic == HEADER_MAGIC &&
		    header->magic + header->flags + header->checksum == 0) {
			*header_offset = offset;
			return true;
		}
	}
	return false;
}

static bool probe(const struct image *file)
{
	struct header header;
	uint64_t offset;

	return find_header(file, &header, &offset);
}

static bool read_image(const struct image *file, struct multiboot_image *image, struct error *error)
{
	struct header header;
	uint64_t offset;

	*image = (struct multiboot_image){0};
	if (!find_header(file, &header, &offset))
		return fail(error,
			    "no Multiboot header with a right checksum in the first %u bytes",
			    HEADER_SEARCH);
	if (header.flags & HEADER_REQUIRED & ~HEADER_KNOWN)
		return fail(error, "Multiboot header requires flags %#x; supported are %#x",
			    header.flags & HEADER_REQUIRED, HEADER_KNOWN);
	if (header.flags & HEADER_ADDRESSES)
		return multiboot_flat(file, offset, &header.addresses, image, error) &&
		       multiboot_set_entry(image, header.entry, error);
	if (!multiboot_elf(file, image, error))
		return false;
	if (image->elf.position_independent)
		return fail(error, "Multiboot kernel is a position-independent ELF file; expected "
				   "one linked to an address");
	return true;
}

static bool inspect(struct slot *slot, struct error *error)
{
	struct multiboot_image image;

	if (!multiboot_check_slot(slot, error) || !read_image(&slot->kernel, &image, error))
		return false;
	multiboot_fixed_needs(slot, &image);
	return true;
}

static uint32_t add_string(struct multiboot_info *info, const char *string)
{
	return (uint32_t)multiboot_info_add(info, string, strlen(string) + 1, 1);
}

static void add_modules(struct multiboot_info *area, struct info *info, const struct slot *slot,
			const struct multiboot_layout *layout)
{
	struct info_module module[SLOT_MAX_MODULES] = {0};

	for (uint32_t i = 0; i < slot->module_count; i++) {
		module[i].start = (uint32_t)layout->module[i];
		module[i].end = (uint32_t)(layout->module[i] + slot->module[i].size);
		module[i].string = add_string(area, slot->module[i].string);
	}
	info->flags |= INFO_MODULES;
	info->module_count = slot->module_count;
	info->modules =
		(uint32_t)multiboot_info_add(area, module, slot->module_count * sizeof(module[0]),
					     sizeof(uint32_t));
}

static void add_map(struct multiboot_info *area, struct info *info,
		    const struct load_context *context)
{
	for (uint32_t i = 0; i < context->map_count; i++) {
		struct info_map_entry entry = {
			.size = sizeof(entry) - sizeof(entry.size),
			.base = context->map[i].base,
			.length = context->map[i].size,
			.type = context->map[i].type,
		};
		uint64_t address =
			multiboot_info_add(area, &entry, sizeof(entry), sizeof(uint32_t));

		if (i == 0)
			info->map = (uint32_t)address;
		info->map_length += (uint32_t)sizeof(entry);
	}
	info->flags |= INFO_MAP;
}

static void add_framebuffer(struct info *info, const struct boot_framebuffer *mode)
{
	info->flags |= INFO_FRAMEBUFFER;
	info->framebuffer_address = mode->base;
	info->framebuffer_pitch = mode->pitch;
	info->framebuffer_width = mode->width;
	info->framebuffer_height = mode->height;
	info->framebuffer_bpp = mode->bits;
	info->framebuffer_type = MULTIBOOT_RGB_TYPE;
	info->colours = multiboot_colours(mode);
}

static void add_text_screen(struct info *info)
{
	info->flags |= INFO_FRAMEBUFFER;
	info->framebuffer_address = MULTIBOOT_TEXT_ADDRESS;
	info->framebuffer_pitch = MULTIBOOT_TEXT_PITCH;
	info->framebuffer_width = MULTIBOOT_TEXT_COLUMNS;
	info->framebuffer_height = MULTIBOOT_TEXT_ROWS;
	info->framebuffer_bpp = MULTIBOOT_TEXT_BPP;
	info->framebuffer_type = MULTIBOOT_TEXT_TYPE;
}

/* The structure comes first, but is written last, when all addresses in it are known. */
static bool write_info(const struct slot *slot, const struct load_context *context,
		       const struct multiboot_layout *layout, struct error *error)
{
	struct info info = {.flags = INFO_MEMORY | INFO_COMMAND_LINE | INFO_LOADER_NAME};
	struct multiboot_info area;

	multiboot_info_start(&area, layout);
	multiboot_info_add(&area, &info, sizeof(info), sizeof(uint64_t));
	info.mem_upper = multiboot_mem_upper(context);
	info.command_line = add_string(&area, slot->kernel.string);
	info.loader_name = add_string(&area, context->loader_name);
	add_modules(&area, &info, slot, layout);
	add_map(&area, &info, context);
	if (context->screen == SCREEN_TEXT)
		add_text_screen(&info);
	else if (context->screen == SCREEN_FRAMEBUFFER)
		add_framebuffer(&info, context->framebuffer);
	if (area.full)
		return fail(error, "Multiboot information is larger than %lu bytes", area.size);
	memcpy(phys(layout->info), &info, sizeof(info));
	return true;
}

static bool load(const struct slot *slot, const struct load_context *context,
		 struct guest_entry *entry, struct error *error)
{
	struct multiboot_image image;
	struct multiboot_layout layout;

	if (!read_image(&slot->kernel, &image, error))
		return false;
	multiboot_lay_out(slot, &image, image.start, &layout);
	multiboot_place(slot, &image, &layout);
	if (!write_info(slot, context, &layout, error))
		return false;
	multiboot_set_registers(entry, context, &image, &layout);
	entry->ax = BOOT_MAGIC;
	return true;
}

const struct load_format load_multiboot1 = {SWITCHYARD_MULTIBOOT1, probe, inspect, load};
