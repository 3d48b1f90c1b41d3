/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load_multiboot1.c - Multiboot 1 kernels: Multiboot Specification 0.6.96.
 */
#include <stddef.h>
#include "arch/x86/memory/phys.h"
#include "monitor/load/load_multiboot1.h"
#include "monitor/load/multiboot.h"
#include "lib/string.h"

/*
 * The first two flags ask for what every kernel gets: modules at the beginning of a page, and the
 * size of memory. The third one is only a wish. A kernel has to take the video mode that it finds.
 */
#define HEADER_KNOWN \
	(MULTIBOOT1_HEADER_PAGE_ALIGN | MULTIBOOT1_HEADER_MEMORY | MULTIBOOT1_HEADER_VIDEO)

#define HEADER_MINIMUM offsetof(struct multiboot1_header, addresses)

/* Finds a header whose checksum is right. Address fields that lie beyond the file read as 0. */
static bool find_multiboot1_header(const struct image *file, struct multiboot1_header *header,
				   uint64_t *header_offset)
{
	const uint8_t *bytes = phys(file->base);
	uint64_t end =
		file->size < MULTIBOOT1_HEADER_SEARCH ? file->size : MULTIBOOT1_HEADER_SEARCH;

	for (uint64_t offset = 0; offset + HEADER_MINIMUM <= end;
	     offset += MULTIBOOT1_HEADER_ALIGN) {
		uint64_t size = end - offset < sizeof(*header) ? HEADER_MINIMUM : sizeof(*header);

		memset(header, 0, sizeof(*header));
		memcpy(header, bytes + offset, size);
		if (header->magic == MULTIBOOT1_HEADER_MAGIC &&
		    header->magic + header->flags + header->checksum == 0) {
			*header_offset = offset;
			return true;
		}
	}
	return false;
}

static bool probe_multiboot1(const struct image *file)
{
	struct multiboot1_header header;
	uint64_t offset;

	return find_multiboot1_header(file, &header, &offset);
}

static bool read_image(const struct image *file, struct multiboot_image *image, struct error *error)
{
	struct multiboot1_header header;
	uint64_t offset;

	*image = (struct multiboot_image){0};
	if (!find_multiboot1_header(file, &header, &offset))
		return fail(error,
			    "no Multiboot header with a right checksum in the first %u bytes",
			    MULTIBOOT1_HEADER_SEARCH);
	if (header.flags & MULTIBOOT1_HEADER_REQUIRED & ~HEADER_KNOWN)
		return fail(error, "Multiboot header requires flags %#x; supported are %#x",
			    header.flags & MULTIBOOT1_HEADER_REQUIRED, HEADER_KNOWN);
	if (header.flags & MULTIBOOT1_HEADER_ADDRESSES)
		return multiboot_flat(file, offset, &header.addresses, image, error) &&
		       multiboot_set_entry(image, header.entry, error);
	if (!multiboot_elf(file, image, error))
		return false;
	if (image->elf.position_independent)
		return fail(error, "Multiboot kernel is a position-independent ELF file; expected "
				   "one linked to an address");
	return true;
}

static bool inspect_multiboot1(struct slot *slot, struct error *error)
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

static void add_modules(struct multiboot_info *area, struct multiboot1_info *info,
			const struct slot *slot, const struct multiboot_layout *layout)
{
	struct multiboot1_module module[SLOT_MAX_MODULES] = {0};

	for (uint32_t i = 0; i < slot->module_count; i++) {
		module[i].start = (uint32_t)layout->module[i];
		module[i].end = (uint32_t)(layout->module[i] + slot->module[i].size);
		module[i].string = add_string(area, slot->module[i].string);
	}
	info->flags |= MULTIBOOT1_INFO_MODULES;
	info->module_count = slot->module_count;
	info->modules =
		(uint32_t)multiboot_info_add(area, module, slot->module_count * sizeof(module[0]),
					     sizeof(uint32_t));
}

static void add_map(struct multiboot_info *area, struct multiboot1_info *info,
		    const struct load_context *context)
{
	for (uint32_t i = 0; i < context->map_count; i++) {
		struct multiboot1_map_entry entry = {
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
	info->flags |= MULTIBOOT1_INFO_MAP;
}

static void add_framebuffer(struct multiboot1_info *info, const struct boot_framebuffer *mode)
{
	info->flags |= MULTIBOOT1_INFO_FRAMEBUFFER;
	info->framebuffer_address = mode->base;
	info->framebuffer_pitch = mode->pitch;
	info->framebuffer_width = mode->width;
	info->framebuffer_height = mode->height;
	info->framebuffer_bpp = mode->bits;
	info->framebuffer_type = MULTIBOOT_FRAMEBUFFER_RGB;
	info->colours = multiboot_colours(mode);
}

static void add_text_screen(struct multiboot1_info *info)
{
	info->flags |= MULTIBOOT1_INFO_FRAMEBUFFER;
	info->framebuffer_address = MULTIBOOT_TEXT_ADDRESS;
	info->framebuffer_pitch = MULTIBOOT_TEXT_PITCH;
	info->framebuffer_width = MULTIBOOT_TEXT_COLUMNS;
	info->framebuffer_height = MULTIBOOT_TEXT_ROWS;
	info->framebuffer_bpp = MULTIBOOT_TEXT_BPP;
	info->framebuffer_type = MULTIBOOT_FRAMEBUFFER_TEXT;
}

/* The structure lies first in memory. It is written last, when all addresses in it are known. */
static bool write_info(const struct slot *slot, const struct load_context *context,
		       const struct multiboot_layout *layout, struct error *error)
{
	struct multiboot1_info info = {.flags = MULTIBOOT1_INFO_MEMORY |
						MULTIBOOT1_INFO_COMMAND_LINE |
						MULTIBOOT1_INFO_LOADER_NAME};
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

static bool load_multiboot1_image(const struct slot *slot, const struct load_context *context,
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
	entry->ax = MULTIBOOT1_LOADER_MAGIC;
	return true;
}

const struct load_format load_multiboot1 = {
	.type = SWITCHYARD_MULTIBOOT1,
	.probe = probe_multiboot1,
	.inspect = inspect_multiboot1,
	.load = load_multiboot1_image,
};
