// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/snapshot/free_pages.h"
#include <stddef.h>
#include "arch/x86/memory/phys.h"
#include "lib/units.h"

/* Bytes of struct page on x86-64 (Linux's include/linux/mm_types.h). */
#define DESCRIPTOR 64
#define POINTER	   8
#define AT_ONCE	   16 /* descriptors that are looked at without counting them */

/* Linux's arch/x86/include/asm/sparsemem.h has 27, and 46 or with five levels of tables 52. */
#define SECTION_BITS_MIN 24
#define SECTION_BITS_MAX 34
#define ADDRESS_BITS_MAX 52

/* MAX_PAGE_ORDER is 10 on x86 (include/linux/mmzone.h). No block is larger than a section. */
#define ORDERS_MAX (SECTION_BITS_MIN - 12 + 1)

/*
 * Low bits of section_mem_map (include/linux/mmzone.h): SECTION_MARKED_PRESENT, SECTION_HAS_MEM_MAP
 * and SECTION_IS_ONLINE. All below the size of a descriptor are flags.
 */
#define SECTION_USABLE 7ull
#define SECTION_FLAGS  (DESCRIPTOR - 1ull)

/* Reads a number that VMCOREINFO must have, and checks that it is within bounds. */
static bool number(const struct vmcoreinfo *info, const char *key, uint64_t least, uint64_t most,
		   uint64_t *value, struct error *error)
{
	if (!vmcoreinfo_number(info, key, value))
		return fail(error, "its VMCOREINFO has no %s", key);
	if (least == most && *value != most)
		return fail(error, "its VMCOREINFO has %s=%lu; expected %lu", key, *value, most);
	if (*value < least || *value > most)
		return fail(error, "its VMCOREINFO has %s=%lu; expected %lu to %lu", key, *value,
			    least, most);
	return true;
}

/* Where in a structure of so many bytes a field of so many lies, aligned. */
static bool offset(const struct vmcoreinfo *info, const char *key, uint64_t size, uint64_t field,
		   uint64_t *value, struct error *error)
{
	if (!number(info, key, 0, size - field, value, error))
		return false;
	return *value % field == 0 ||
	       fail(error, "its VMCOREINFO has %s=%lu; expected a multiple of %lu", key, *value,
		    field);
}

/*
 * Sections of RAM. Their entries are in pages of their own (CONFIG_SPARSEMEM_EXTREME), to which
 * mem_section has pointers, one for each page with entries, through all of the address space.
 */
static bool init_sections(struct free_pages *pages, const struct vmcoreinfo *info,
			  struct error *error)
{
	uint64_t bits, address_bits, sections;

	if (!number(info, "NUMBER(SECTION_SIZE_BITS)", SECTION_BITS_MIN, SECTION_BITS_MAX, &bits,
		    error) ||
	    !number(info, "NUMBER(MAX_PHYSMEM_BITS)", bits, ADDRESS_BITS_MAX, &address_bits,
		    error) ||
	    !number(info, "SIZE(mem_section)", POINTER, PAGE_SIZE, &pages->entry_size, error) ||
	    !offset(info, "OFFSET(mem_section.section_mem_map)", pages->entry_size, POINTER,
		    &pages->map_at, error) ||
	    !number(info, "LENGTH(mem_section)", 1, UINT64_MAX, &pages->root_count, error) ||
	    !number(info, "SYMBOL(mem_section)", 1, UINT64_MAX, &pages->roots, error))
		return false;
	pages->section_size = 1ull << bits;
	sections = 1ull << (address_bits - bits);
	if (pages->root_count != units_up(sections, PAGE_SIZE / pages->entry_size))
		return fail(error,
			    "its VMCOREINFO has LENGTH(mem_section)=%lu; expected %lu, as of "
			    "CONFIG_SPARSEMEM_EXTREME",
			    pages->root_count, units_up(sections, PAGE_SIZE / pages->entry_size));
	return true;
}

bool free_pages_init(struct free_pages *pages, const struct guest_memory *memory,
		     const struct vmcoreinfo *info, struct error *error)
{
	uint64_t size, type, orders;

	*pages = (struct free_pages){.memory = memory};
	if (!memory->is_64)
		return fail(error, "it is a 32-bit kernel; which of its pages are free is read in "
				   "64-bit ones only");
	if (!number(info, "SIZE(page)", DESCRIPTOR, DESCRIPTOR, &size, error) ||
	    !offset(info, "OFFSET(page._mapcount)", DESCRIPTOR, sizeof(uint32_t), &pages->type_at,
		    error) ||
	    !offset(info, "OFFSET(page.private)", DESCRIPTOR, sizeof(uint64_t), &pages->private_at,
		    error) ||
	    !number(info, "LENGTH(zone.free_area)", 1, ORDERS_MAX, &orders, error) ||
	    !number(info, "NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", 0, UINT64_MAX, &type, error))
		return false;
	pages->type = (uint32_t)type;
	pages->orders = (uint32_t)orders;
	return init_sections(pages, info, error);
}

bool free_pages_open(struct free_pages *pages, const struct slot_memory *memory,
		     struct error *error)
{
	static struct vmcoreinfo info;
	uint64_t note = memory->note;

	if (!memory->memory || !vmcoreinfo_search(&memory->slot->ram, &note, 1, &info))
		return fail(error, "no VMCOREINFO in its memory that can be read");
	return free_pages_init(pages, memory->memory, &info, error);
}

static bool is_in(const struct region *region, uint64_t address)
{
	return address - region->base < region->size;
}

/* Where the descriptor of a section's first page is, by the section's entry. 0: it has none. */
static uint64_t section_map(const struct free_pages *pages, uint64_t number)
{
	uint64_t in_root = PAGE_SIZE / pages->entry_size, root = number / in_root, entries, map;

	if (root >= pages->root_count ||
	    !guest_memory_number(pages->memory, pages->roots + root * POINTER, POINTER, &entries) ||
	    !entries ||
	    !guest_memory_number(pages->memory,
				 entries + number % in_root * pages->entry_size + pages->map_at,
				 POINTER, &map) ||
	    (map & SECTION_USABLE) != SECTION_USABLE)
		return 0;
	/* The kernel adds the number of a page, counted from address 0, to find its descriptor. */
	return (map & ~SECTION_FLAGS) + number * (pages->section_size / PAGE_SIZE) * DESCRIPTOR;
}

/* Finds the descriptors of a page, and of those behind it whose descriptors lie behind it. */
static void find_piece(struct free_pages *pages, uint64_t page)
{
	uint64_t address, physical, size, last;

	if (!is_in(&pages->section, page)) {
		pages->section.base = align_down(page, pages->section_size);
		pages->section.size = pages->section_size;
		pages->map = section_map(pages, page / pages->section_size);
	}
	last = pages->section.base + pages->section.size - page;
	pages->piece = (struct region){.base = page, .size = last};
	pages->descriptors = NULL;
	if (!pages->map)
		return;
	address = pages->map + (page - pages->section.base) / PAGE_SIZE * DESCRIPTOR;
	if (guest_memory_find_piece(pages->memory, address, &physical, &size) && size >= DESCRIPTOR)
		pages->descriptors = phys(physical);
	else
		size = PAGE_SIZE - address % PAGE_SIZE;
	if (size / DESCRIPTOR < last / PAGE_SIZE)
		pages->piece.size = size / DESCRIPTOR * PAGE_SIZE;
}

/* The descriptor of a page. NULL: it can't be read. */
static const uint8_t *descriptor_of(struct free_pages *pages, uint64_t page)
{
	if (!is_in(&pages->piece, page))
		find_piece(pages, page);
	if (!pages->descriptors)
		return NULL;
	return pages->descriptors + (page - pages->piece.base) / PAGE_SIZE * DESCRIPTOR;
}

/* Reads a field once: whoever still writes to that memory can't change what was checked. */
static uint32_t type_of(const struct free_pages *pages, const uint8_t *descriptor)
{
	return *(const volatile uint32_t *)(descriptor + pages->type_at);
}

static uint64_t private_of(const struct free_pages *pages, const uint8_t *descriptor)
{
	return *(const volatile uint64_t *)(descriptor + pages->private_at);
}

/*
 * Bytes of the block of free pages that begins with this page. 0: none does. The allocator's blocks
 * are aligned to their size (mm/page_alloc.c, __find_buddy_pfn()).
 */
static uint64_t free_block(struct free_pages *pages, uint64_t page, uint64_t end)
{
	const uint8_t *descriptor = descriptor_of(pages, page);
	uint64_t order, size;

	if (!descriptor || type_of(pages, descriptor) != pages->type)
		return 0;
	order = private_of(pages, descriptor);
	if (order >= pages->orders)
		return 0;
	size = PAGE_SIZE << order;
	return page & (size - 1) || size > end - page ? 0 : size;
}

/* True if one of so many descriptors has the type of a free block: two instructions for each. */
static bool any_is_free(const struct free_pages *pages, const uint8_t *first)
{
	const uint8_t *type = first + pages->type_at;

#pragma GCC unroll 16
	for (uint32_t i = 0; i < AT_ONCE; i++)
		if (*(const uint32_t *)(type + i * DESCRIPTOR) == pages->type)
			return true;
	return false;
}

/* How many of these descriptors come before the first one that has the type of a free block. */
static uint64_t used_descriptors(const struct free_pages *pages, const uint8_t *first,
				 uint64_t count)
{
	uint64_t n = 0;

	while (count - n >= AT_ONCE && !any_is_free(pages, first + n * DESCRIPTOR))
		n += AT_ONCE;
	while (n < count && type_of(pages, first + n * DESCRIPTOR) != pages->type)
		n++;
	return n;
}

/* The first page from this one on that begins a block of free pages, or may do so. */
static uint64_t skip_used(struct free_pages *pages, uint64_t page, uint64_t end)
{
	while (page < end) {
		const uint8_t *descriptor = descriptor_of(pages, page);
		uint64_t size = pages->piece.base + pages->piece.size - page, used;

		if (size > end - page)
			size = end - page;
		used = descriptor
			       ? used_descriptors(pages, descriptor, size / PAGE_SIZE) * PAGE_SIZE
			       : size;
		page += used;
		if (used < size)
			break;
	}
	return page;
}

uint64_t free_pages_run(struct free_pages *pages, uint64_t page, uint64_t end, bool *is_free)
{
	uint64_t at = page, size;

	while (at < end && (size = free_block(pages, at, end)))
		at += size;
	*is_free = at > page;
	if (*is_free)
		return at - page;
	while (at < end && !free_block(pages, at, end))
		at = skip_used(pages, at + PAGE_SIZE, end);
	return at - page;
}
