/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load.c - choosing the loader for an image.
 */
#include "arch/x86/memory/phys.h"
#include "monitor/load/load_elf.h"
#include "monitor/load/load_linux.h"
#include "monitor/load/load_multiboot1.h"
#include "monitor/load/load_multiboot2.h"
#include "lib/string.h"

/*
 * TYPE_AUTO tries them in this order. A file can have more than one magic, so plain ELF, which says
 * least about the kernel, comes last.
 */
static const struct load_format *const formats[] = {&load_linux, &load_multiboot2, &load_multiboot1,
						    &load_elf};

#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))

static const uint8_t gzip_magic[] = {0x1f, 0x8b}; /* RFC 1952, section 2.3.1 */

static const struct load_format *find_format(const struct slot *slot)
{
	for (uint32_t i = 0; i < FORMAT_COUNT; i++) {
		if (slot->type == TYPE_AUTO ? formats[i]->probe(&slot->kernel)
					    : slot->type == formats[i]->type)
			return formats[i];
	}
	return NULL;
}

bool load_inspect(struct slot *slot, struct error *error)
{
	const struct load_format *format;
	const struct image *file = &slot->kernel;

	if (!file->size)
		return fail(error, "the kernel's file is empty");
	if (in_file(file, 0, sizeof(gzip_magic)) &&
	    !memcmp(phys(file->base), gzip_magic, sizeof(gzip_magic)))
		return fail(error, "kernel is compressed by gzip; GRUB unpacks it if its entry has "
				   "\"insmod gzio\"");
	format = find_format(slot);
	if (!format)
		return fail(error,
			    "not a kernel of a known type: no bzImage, Multiboot or ELF magic");
	if (slot->efi && format->type != SWITCHYARD_LINUX)
		return fail(error, "efi=on is for Linux only");
	if (!format->inspect(slot, error))
		return false;
	slot->type = format->type;
	return true;
}

void load_inspect_all(struct slot_table *table, report_fn report, void *context)
{
	struct error error;
	uint32_t i = 0;

	while (i < table->count) {
		if (load_inspect(&table->slot[i], &error)) {
			i++;
			continue;
		}
		slot_report(&table->slot[i], &error, report, context);
		slot_remove(table, i);
	}
}

/*
 * The plan has ensured this already. It is checked again because the monitor must never write
 * beyond the slot's range.
 */
static bool check_range(const struct slot *slot, struct error *error)
{
	const struct needs *needs = &slot->needs;
	uint64_t end = slot->ram.base + slot->ram.size;
	uint64_t first = needs->fixed ? needs->base : needs->min_base;

	if (!needs->fixed && first < slot->ram.base)
		first = slot->ram.base;
	if (first < slot->ram.base || first > end || needs->size > end - first)
		return fail(error, "kernel needs %#lx-%#lx, the slot has %#lx-%#lx", first,
			    first + needs->size, slot->ram.base, end);
	return true;
}

bool load_enough(const struct slot *slot, struct error *warning)
{
	const struct load_format *format = find_format(slot);

	return !format || !format->enough || format->enough(slot, warning);
}

bool load_slot(const struct slot *slot, const struct load_context *context,
	       struct guest_entry *entry, struct error *error)
{
	const struct load_format *format = find_format(slot);

	if (!format)
		return fail(error, "the kernel's type is not known");
	if (!check_range(slot, error))
		return false;
	if (context->map_count > GUEST_MAX_REGIONS)
		return fail(error, "memory map has %u entries; %d is the most", context->map_count,
			    GUEST_MAX_REGIONS);
	*entry = (struct guest_entry){0};
	return format->load(slot, context, entry, error);
}
