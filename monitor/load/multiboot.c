/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * multiboot.c - images, layout and boot information of Multiboot kernels, 1 and 2.
 */
#include "arch/x86/memory/phys.h"
#include "monitor/load/multiboot.h"
#include "lib/string.h"
#include "lib/units.h"
#include "guest/linux/switchyard.h"

/*
 * Room for the boot information. Its fixed parts (structures, tags' headers, RSDP, loader's name,
 * padding) take under 512 bytes in both formats. A map entry has the same size in both. Each module
 * takes 16 bytes and padding.
 */
#define INFO_FIXED     1024u
#define INFO_MAP_ENTRY sizeof(struct multiboot2_map_entry)
#define INFO_MODULE    32u

bool multiboot_flat(const struct image *file, uint64_t header_offset,
		    const struct multiboot_addresses *addresses, struct multiboot_image *image,
		    struct error *error)
{
	uint64_t load = addresses->load, end;

	if (addresses->load == MULTIBOOT2_LOAD_FILE && addresses->header >= header_offset)
		load = addresses->header - header_offset;
	if (load > addresses->header || addresses->header - load > header_offset)
		return fail(
			error,
			"Multiboot address fields: header at %#x, load at %#lx, but the header is "
			"%#lx bytes into the file",
			addresses->header, load, header_offset);
	image->flat = true;
	image->start = load;
	image->file_offset = header_offset - (addresses->header - load);
	image->load_size = file->size - image->file_offset;
	if (addresses->load_end) {
		if (addresses->load_end < load || addresses->load_end - load > image->load_size)
			return fail(
				error,
				"Multiboot address fields: load %#lx to %#x, but the file has %#lx "
				"bytes for it",
				load, addresses->load_end, image->load_size);
		image->load_size = addresses->load_end - load;
	}
	end = load + image->load_size;
	if (addresses->bss_end && addresses->bss_end < end)
		return fail(error,
			    "Multiboot address fields: bss ends at %#x, before %#lx where "
			    "the loaded part ends",
			    addresses->bss_end, end);
	image->end = addresses->bss_end ? addresses->bss_end : end;
	if (image->end == image->start)
		return fail(error, "Multiboot address fields: nothing to load");
	return true;
}

bool multiboot_elf(const struct image *file, struct multiboot_image *image, struct error *error)
{
	if (!elf_kernel_probe(file))
		return fail(error, "Multiboot kernel without address fields is no ELF file either");
	if (!elf_kernel_read(file, &image->elf, error))
		return false;
	image->flat = false;
	image->start = image->elf.start;
	image->end = image->elf.end;
	image->entry = image->elf.entry;
	return true;
}

bool multiboot_set_entry(struct multiboot_image *image, uint64_t entry, struct error *error)
{
	if (entry < image->start || entry >= image->end)
		return fail(error, "Multiboot entry point %#lx is outside of the kernel, %#lx-%#lx",
			    entry, image->start, image->end);
	image->entry = entry;
	return true;
}

bool multiboot_check_slot(const struct slot *slot, struct error *error)
{
	if (slot->initrd.size)
		return fail(error, "a Multiboot kernel takes no initrd; expected module lines");
	return true;
}

static uint64_t info_size(const struct slot *slot)
{
	uint64_t size =
		INFO_FIXED + GUEST_MAX_REGIONS * INFO_MAP_ENTRY + strlen(slot->kernel.string);

	for (uint32_t i = 0; i < slot->module_count; i++)
		size += INFO_MODULE + strlen(slot->module[i].string);
	return page_up(size);
}

uint64_t multiboot_size(const struct slot *slot, const struct multiboot_image *image)
{
	return page_up(image->end) - image->start + info_size(slot) + load_extra_size(slot);
}

void multiboot_fixed_needs(struct slot *slot, const struct multiboot_image *image)
{
	slot->needs = (struct needs){.fixed = true,
				     .base = image->start,
				     .size = multiboot_size(slot, image),
				     .min_base = image->start,
				     .max_end = BELOW_4G};
}

void multiboot_lay_out(const struct slot *slot, const struct multiboot_image *image,
		       uint64_t load_address, struct multiboot_layout *layout)
{
	uint64_t next;

	layout->shift = load_address - image->start;
	layout->info_size = info_size(slot);
	next = page_up(image->end + layout->shift);
	if (layout->info_size <= slot->low.size) {
		layout->info = slot->low.base + slot->low.size - layout->info_size;
	} else {
		layout->info = next;
		next += layout->info_size;
	}
	for (uint32_t i = 0; i < slot->module_count; i++) {
		layout->module[i] = next;
		next += page_up(slot->module[i].size);
	}
}

void multiboot_place(const struct slot *slot, const struct multiboot_image *image,
		     const struct multiboot_layout *layout)
{
	const uint8_t *file = phys(slot->kernel.base);
	uint8_t *to = phys(image->start + layout->shift);

	if (image->flat) {
		memcpy(to, file + image->file_offset, image->load_size);
		memset(to + image->load_size, 0, image->end - image->start - image->load_size);
	} else {
		elf_kernel_place(&image->elf, layout->shift);
	}
	for (uint32_t i = 0; i < slot->module_count; i++)
		memcpy(phys(layout->module[i]), phys(slot->module[i].base), slot->module[i].size);
}

void multiboot_info_start(struct multiboot_info *info, const struct multiboot_layout *layout)
{
	*info = (struct multiboot_info){.base = layout->info, .size = layout->info_size};
	memset(phys(info->base), 0, info->size);
}

uint64_t multiboot_info_add(struct multiboot_info *info, const void *bytes, uint64_t size,
			    uint64_t align)
{
	uint64_t offset = align_up(info->used, align);

	if (offset > info->size || size > info->size - offset) {
		info->full = true;
		return 0;
	}
	info->used = offset + size;
	memcpy(phys(info->base + offset), bytes, size);
	return info->base + offset;
}

uint32_t multiboot_mem_upper(const struct load_context *context)
{
	for (uint32_t i = 0; i < context->map_count; i++) {
		const struct region *region = &context->map[i];
		uint64_t end = region->base + region->size;

		if (region->type == REGION_RAM && region->base <= MIB && end > MIB)
			return (uint32_t)((end - MIB) / KIB);
	}
	return 0;
}

struct multiboot_colours multiboot_colours(const struct boot_framebuffer *mode)
{
	return (struct multiboot_colours){
		.red_position = mode->red.position,
		.red_size = mode->red.size,
		.green_position = mode->green.position,
		.green_size = mode->green.size,
		.blue_position = mode->blue.position,
		.blue_size = mode->blue.size,
	};
}

void multiboot_set_registers(struct guest_entry *entry, const struct load_context *context,
			     const struct multiboot_image *image,
			     const struct multiboot_layout *layout)
{
	entry->mode = ENTRY_PROTECTED;
	entry->ip = image->entry + layout->shift;
	entry->bx = layout->info;
	entry->cx = SWITCHYARD_MAGIC;
	entry->dx = context->info;
}
