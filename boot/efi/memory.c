// SPDX-License-Identifier: GPL-2.0-only
#include "boot/efi/memory.h"
#include <efi.h>

/* UEFI 2.10, table 7.6: newer than the header. */
#define PERSISTENT_MEMORY  14
#define E820_PERSISTENT	   7	      /* ACPI 6.4, table 15.374 */
#define ATTRIBUTE_SPECIFIC 0x40000ull /* EFI_MEMORY_SP: meant for one device's driver */
#define PAGE_SHIFT	   12
#define LAST_PAGE	   (UINT64_MAX >> PAGE_SHIFT)

static uint32_t region_type(const EFI_MEMORY_DESCRIPTOR *descriptor)
{
	if (descriptor->Attribute & (EFI_MEMORY_RUNTIME | ATTRIBUTE_SPECIFIC))
		return REGION_RESERVED;
	switch (descriptor->Type) {
	case EfiLoaderCode:
	case EfiLoaderData:
	case EfiBootServicesCode:
	case EfiBootServicesData:
	case EfiConventionalMemory:
		return REGION_RAM;
	case EfiACPIReclaimMemory:
		return REGION_ACPI;
	case EfiACPIMemoryNVS:
		return REGION_NVS;
	case EfiUnusableMemory:
		return REGION_UNUSABLE;
	case PERSISTENT_MEMORY:
		return E820_PERSISTENT;
	default:
		return REGION_RESERVED;
	}
}

static void append_descriptor(struct boot_info *boot, const EFI_MEMORY_DESCRIPTOR *descriptor)
{
	struct region region = {.base = descriptor->PhysicalStart,
				.size = descriptor->NumberOfPages << PAGE_SHIFT,
				.type = region_type(descriptor)};
	struct region *last = boot->region_count ? &boot->region[boot->region_count - 1] : NULL;

	if (!region.size || descriptor->NumberOfPages > LAST_PAGE)
		return;
	if (last && last->type == region.type && last->base + last->size == region.base) {
		last->size += region.size;
		return;
	}
	if (boot->region_count == BOOT_MAX_REGIONS) {
		boot->regions_truncated = true;
		return;
	}
	boot->region[boot->region_count++] = region;
}

struct map {
	const uint8_t *entries;
	uint64_t count, descriptor_size;
};

/* Compares the starts. If two starts are the same, the one that comes first in the map is lower. */
static bool is_lower(const EFI_MEMORY_DESCRIPTOR *a, const EFI_MEMORY_DESCRIPTOR *b)
{
	return a->PhysicalStart < b->PhysicalStart ||
	       (a->PhysicalStart == b->PhysicalStart && a < b);
}

/*
 * Finds the lowest descriptor above last, or the lowest of all if last is NULL. Returns NULL if
 * there is none.
 */
static const EFI_MEMORY_DESCRIPTOR *next(const struct map *map, const EFI_MEMORY_DESCRIPTOR *last)
{
	const EFI_MEMORY_DESCRIPTOR *lowest = NULL;

	for (uint64_t i = 0; i < map->count; i++) {
		const EFI_MEMORY_DESCRIPTOR *descriptor =
			(const void *)(map->entries + i * map->descriptor_size);

		if ((!last || is_lower(last, descriptor)) &&
		    (!lowest || is_lower(descriptor, lowest)))
			lowest = descriptor;
	}
	return lowest;
}

/*
 * The map need not be sorted. It is short, so each turn looks for the lowest descriptor that is
 * left.
 */
void memory_take(struct boot_info *boot, const void *map, uint64_t size, uint64_t descriptor_size)
{
	const struct map whole = {.entries = map,
				  .count = descriptor_size ? size / descriptor_size : 0,
				  .descriptor_size = descriptor_size};
	const EFI_MEMORY_DESCRIPTOR *descriptor = NULL;

	boot->region_count = 0;
	while ((descriptor = next(&whole, descriptor)))
		append_descriptor(boot, descriptor);
}
