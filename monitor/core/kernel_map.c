// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/core/kernel_map.h"
#include "lib/units.h"

#define LAST_32	   0xffffffffull
#define IMAGE_MOST GIB /* KERNEL_IMAGE_SIZE in Linux, at most; modules are mapped behind it */

/* True if the kernel's tables say so. */
static bool is_mapped(const struct guest_memory *memory, uint64_t address, uint64_t physical)
{
	uint64_t found = 0;
	bool is_there = memory->is_64 ? page_walk_find(&memory->walk, address, &found)
				      : page_walk_find_32(&memory->walk, address, &found);

	return is_there && found == physical;
}

/*
 * Linux maps low memory by large pages, and only its last piece may be a part of one. Above, it has
 * other things (arch/x86/mm/init_32.c).
 */
static bool map_low(const struct guest_memory *memory, uint64_t *base, uint64_t *end)
{
	uint64_t ram_end = memory->ram.base + memory->ram.size,
		 most = -memory->image_start & LAST_32;

	*base = memory->image_start;
	if (!is_mapped(memory, *base + memory->walk.cr3, memory->walk.cr3))
		return false;
	*end = ram_end < most ? ram_end : most;
	while (*end > memory->walk.cr3 + PAGE_SIZE &&
	       !is_mapped(memory, *base + *end - PAGE_SIZE, *end - PAGE_SIZE))
		*end = align_down(*end - PAGE_SIZE, LARGE_PAGE);
	while (*end < ram_end && is_mapped(memory, *base + *end, *end))
		*end += PAGE_SIZE;
	if (*end == ram_end)
		*end = 0;
	return true;
}

/*
 * VMCOREINFO does not have page_offset_base. But Linux allocates mem_section early, in that map,
 * and SYMBOL(mem_section) is what that pointer holds. Linux moves the map by multiples of a GiB.
 */
bool kernel_map_direct(const struct guest_memory *memory, const struct vmcoreinfo *info,
		       uint64_t *base, uint64_t *end)
{
	uint64_t section, physical;

	*end = 0;
	if (!memory->is_64)
		return map_low(memory, base, end);
	if (!vmcoreinfo_number(info, "SYMBOL(mem_section)", &section) ||
	    section >= memory->image_start || !page_walk_find(&memory->walk, section, &physical))
		return false;
	*base = section - physical;
	return *base % GIB == 0 && is_mapped(memory, *base + memory->walk.cr3, memory->walk.cr3);
}

/* Linux maps its image by large pages, and unmaps some of the small ones in between later. */
bool kernel_map_image(const struct guest_memory *memory, const struct vmcoreinfo *info,
		      struct kernel_piece *image)
{
	uint64_t text, last = 0;

	if (!memory->is_64 || !vmcoreinfo_number(info, "SYMBOL(_stext)", &text) ||
	    text < memory->image_start || text - memory->image_start >= IMAGE_MOST)
		return false;
	text = page_down(text);
	for (uint64_t at = text; at - memory->image_start < IMAGE_MOST;
	     at = align_down(at, LARGE_PAGE) + LARGE_PAGE)
		if (is_mapped(memory, at, at + memory->image_offset))
			last = at;
	if (!last || text + memory->image_offset < memory->ram.base)
		return false;
	*image = (struct kernel_piece){.address = text,
				       .physical = text + memory->image_offset,
				       .size = align_down(last, LARGE_PAGE) + LARGE_PAGE - text};
	if (image->size > memory->ram.base + memory->ram.size - image->physical)
		image->size = memory->ram.base + memory->ram.size - image->physical;
	return true;
}
