// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/memory/page_walk.h"
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/memory/phys.h"
#include "lib/units.h"

/* SDM volume 3, tables 4-14 to 4-20. */
#define ENTRY_PRESENT	 (1ull << 0)
#define ENTRY_WRITE	 (1ull << 1)
#define ENTRY_USER	 (1ull << 2)
#define ENTRY_LARGE	 (1ull << 7)
#define ENTRY_NX	 (1ull << 63)
#define ENTRY_ADDRESS	 0x000ffffffffff000ull

#define ENTRIES		 512
#define PAGE_BITS	 12
#define LEVEL_BITS	 9
#define LEVELS_LARGE	 3 /* large pages: 2 MiB at level 2, 1 GiB at level 3 */

#define LAST_32		 0xffffffffull
#define ENTRY_32_ADDRESS 0xfffff000u
#define LARGE_32_BITS	 22 /* 4 MiB; bits 13 to 20 of its entry are bits 32 to 39 of the address */
#define LARGE_32_HIGH	 0x1fe000ull
#define PAE_TABLE	 32 /* bytes, and what it is aligned to */

/* Linux has some thousand tables for each TiB that it maps. */
#define MAX_TABLES 65536

struct text_walk {
	const struct page_walk *walk;
	struct page_cursor *cursor;
	uint64_t limit, spent; /* bytes to read, and bytes read */
	uint64_t from;	       /* the virtual address at which this call began */
	uint64_t block;	       /* the piece that was found last lies in this block */
	page_walk_found_fn found;
	void *context;
	uint64_t nx; /* the bit, where the CPU heeds it */
};

static uint64_t page_size(unsigned int level)
{
	return 1ull << (PAGE_BITS + LEVEL_BITS * (level - 1));
}

static unsigned int levels(const struct page_walk *walk)
{
	return walk->cr4 & CR4_LA57 ? 5 : 4;
}

/* The piece that all of [address, address + size) lies in; NULL: none. */
static const struct region *piece_of(const struct page_walk *walk, uint64_t address, uint64_t size)
{
	for (uint32_t i = 0; i < PAGE_WALK_PIECES; i++)
		if (region_has(&walk->piece[i], address, size))
			return &walk->piece[i];
	return NULL;
}

bool page_walk_owns(const struct page_walk *walk, uint64_t address, uint64_t size)
{
	return piece_of(walk, address, size);
}

/* The table that entry points to. NULL if it is not in the kernel's memory. */
static const uint64_t *table_at(const struct page_walk *walk, uint64_t entry)
{
	uint64_t address = entry & ENTRY_ADDRESS;

	return page_walk_owns(walk, address, PAGE_SIZE) ? phys(address) : NULL;
}

static bool is_page(uint64_t entry, unsigned int level)
{
	return level == 1 || (level <= LEVELS_LARGE && (entry & ENTRY_LARGE));
}

static uint64_t page_address(uint64_t entry, unsigned int level)
{
	return entry & ENTRY_ADDRESS & ~(page_size(level) - 1);
}

/* False if the limit is reached. Then the next call begins at virtual_address. */
static bool goes_on(struct text_walk *text, uint64_t virtual_address)
{
	uint64_t block = align_down(virtual_address, PAGE_WALK_PIECE);

	if (text->spent >= text->limit && block != text->block) {
		text->cursor->at = block;
		return false;
	}
	text->block = block;
	return true;
}

/* Finds the pieces of a page, from the address on at which this call began. */
static bool visit_page(struct text_walk *text, uint64_t physical, uint64_t size,
		       uint64_t virtual_address)
{
	uint64_t part = size < PAGE_WALK_PIECE ? size : PAGE_WALK_PIECE, at = 0;

	if (virtual_address < text->from)
		at = text->from - virtual_address;
	for (; at < size; at += part) {
		if (!goes_on(text, virtual_address + at))
			return false;
		text->found(virtual_address + at, physical + at, part, text->context);
		text->spent += part;
	}
	return true;
}

/*
 * Counts a table. A table that an earlier call has begun to read is not counted again, so each call
 * reads something new. False if there are too many.
 */
static bool count_table(struct text_walk *text, uint64_t virtual_address)
{
	if (virtual_address < text->from)
		return true;
	text->spent += PAGE_SIZE;
	if (++text->cursor->tables <= MAX_TABLES)
		return true;
	text->cursor->end = true;
	return false;
}

/*
 * The table maps what begins at virtual_address. rights is what all levels above allow and forbid.
 * Returns false if the walk is over for this time.
 */
static bool walk_table(struct text_walk *text, const uint64_t *table, unsigned int level,
		       uint64_t rights, uint64_t virtual_address)
{
	unsigned int i = 0;

	if (!count_table(text, virtual_address))
		return false;
	if (virtual_address < text->from)
		i = (unsigned int)((text->from - virtual_address) / page_size(level));
	for (; i < ENTRIES; i++) {
		uint64_t entry = table[i], forbids = (rights | entry) & text->nx;
		uint64_t allows = rights & entry & (ENTRY_WRITE | ENTRY_USER);
		uint64_t at = virtual_address + i * page_size(level), page;
		const uint64_t *next;

		/* Linux's area for ESPFIX repeats one entry over half a TiB. */
		if (!(entry & ENTRY_PRESENT) || forbids || (i > 0 && entry == table[i - 1]))
			continue;
		if (is_page(entry, level)) {
			page = page_address(entry, level);
			if (!allows && page_walk_owns(text->walk, page, page_size(level)) &&
			    !visit_page(text, page, page_size(level), at))
				return false;
			continue;
		}
		next = table_at(text->walk, entry);
		if (next && ((at >= text->from && !goes_on(text, at)) ||
			     !walk_table(text, next, level - 1, allows, at)))
			return false;
	}
	return true;
}

uint64_t page_walk_text(const struct page_walk *walk, struct page_cursor *cursor, uint64_t limit,
			page_walk_found_fn found, void *context)
{
	struct text_walk text = {
		.walk = walk,
		.cursor = cursor,
		.limit = limit,
		.from = cursor->at,
		.block = cursor->at, /* so this call reads something */
		.found = found,
		.context = context,
		.nx = walk->efer & EFER_NXE ? ENTRY_NX : 0,
	};
	const uint64_t *top = table_at(walk, walk->cr3);

	if (!top || walk_table(&text, top, levels(walk), ENTRY_WRITE | ENTRY_USER, 0))
		cursor->end = true;
	return text.spent;
}

/* The level of the entry that maps the address, and that entry. 0: nothing does. */
static unsigned int find_mapping(const struct page_walk *walk, uint64_t virtual_address,
				 uint64_t *entry)
{
	*entry = walk->cr3;
	for (unsigned int level = levels(walk); level > 0; level--) {
		const uint64_t *table = table_at(walk, *entry);

		if (!table)
			return 0;
		*entry = table[virtual_address / page_size(level) % ENTRIES];
		if (!(*entry & ENTRY_PRESENT))
			return 0;
		if (is_page(*entry, level))
			return level;
	}
	return 0;
}

bool page_walk_find_piece(const struct page_walk *walk, uint64_t virtual_address,
			  uint64_t *physical, uint64_t *size)
{
	unsigned int level;
	uint64_t entry, offset;
	const struct region *piece;

	level = find_mapping(walk, virtual_address, &entry);
	if (!level)
		return false;
	offset = virtual_address & (page_size(level) - 1);
	*physical = page_address(entry, level) | offset;
	piece = piece_of(walk, *physical, 1);
	if (!piece)
		return false;
	*size = page_size(level) - offset;
	if (!page_walk_owns(walk, *physical, *size))
		*size = piece->base + piece->size - *physical;
	return true;
}

bool page_walk_find(const struct page_walk *walk, uint64_t virtual_address, uint64_t *physical)
{
	uint64_t size;

	return page_walk_find_piece(walk, virtual_address, physical, &size);
}

static bool find_pae(const struct page_walk *walk, uint64_t virtual_address, uint64_t *physical)
{
	uint64_t table = walk->cr3 & LAST_32 & ~(PAE_TABLE - 1ull), entry;
	const uint64_t *row;

	if (!page_walk_owns(walk, table, PAE_TABLE))
		return false;
	row = phys(table);
	entry = row[virtual_address / page_size(LEVELS_LARGE)];
	for (unsigned int level = LEVELS_LARGE - 1; level > 0; level--) {
		if (!(entry & ENTRY_PRESENT))
			return false;
		row = table_at(walk, entry);
		if (!row)
			return false;
		entry = row[virtual_address / page_size(level) % ENTRIES];
		if (!(entry & ENTRY_PRESENT))
			return false;
		if (is_page(entry, level)) {
			*physical = page_address(entry, level) |
				    (virtual_address & (page_size(level) - 1));
			return page_walk_owns(walk, *physical, 1);
		}
	}
	return false;
}

/* Entries of four bytes: SDM volume 3, tables 4-4 to 4-6. */
static bool find_plain_32(const struct page_walk *walk, uint64_t virtual_address,
			  uint64_t *physical)
{
	uint64_t table = walk->cr3 & ENTRY_32_ADDRESS, entry;

	if (!page_walk_owns(walk, table, PAGE_SIZE))
		return false;
	entry = ((const uint32_t *)phys(table))[virtual_address >> LARGE_32_BITS];
	if (!(entry & ENTRY_PRESENT))
		return false;
	if (entry & ENTRY_LARGE && walk->cr4 & CR4_PSE) {
		*physical = (entry & ENTRY_32_ADDRESS & ~((1ull << LARGE_32_BITS) - 1)) |
			    (entry & LARGE_32_HIGH) << 19 |
			    (virtual_address & ((1ull << LARGE_32_BITS) - 1));
		return page_walk_owns(walk, *physical, 1);
	}
	table = entry & ENTRY_32_ADDRESS;
	if (!page_walk_owns(walk, table, PAGE_SIZE))
		return false;
	entry = ((const uint32_t *)phys(table))[virtual_address / PAGE_SIZE % (2 * ENTRIES)];
	*physical = (entry & ENTRY_32_ADDRESS) | virtual_address % PAGE_SIZE;
	return entry & ENTRY_PRESENT && page_walk_owns(walk, *physical, 1);
}

bool page_walk_find_32(const struct page_walk *walk, uint64_t virtual_address, uint64_t *physical)
{
	if (virtual_address > LAST_32)
		return false;
	return walk->cr4 & CR4_PAE ? find_pae(walk, virtual_address, physical)
				   : find_plain_32(walk, virtual_address, physical);
}
