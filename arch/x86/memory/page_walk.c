// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/memory/page_walk.h"
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/memory/phys.h"
#include "lib/units.h"

/* SDM volume 3, tables 4-14 to 4-20. */
#define ENTRY_PRESENT (1ull << 0)
#define ENTRY_WRITE   (1ull << 1)
#define ENTRY_USER    (1ull << 2)
#define ENTRY_LARGE   (1ull << 7)
#define ENTRY_NX      (1ull << 63)
#define ENTRY_ADDRESS 0x000ffffffffff000ull

#define ENTRIES	      512
#define PAGE_BITS     12
#define LEVEL_BITS    9
#define LEVELS_LARGE  3 /* large pages: 2 MiB at level 2, 1 GiB at level 3 */

/* Linux has some thousand tables for each TiB that it maps. */
#define MAX_TABLES 65536

struct text_walk {
	const struct page_walk *walk;
	void (*found)(uint64_t physical, uint64_t size, void *context);
	void *context;
	uint64_t nx; /* the bit, where the CPU heeds it */
	uint32_t tables;
};

static uint64_t page_size(unsigned int level)
{
	return 1ull << (PAGE_BITS + LEVEL_BITS * (level - 1));
}

static unsigned int levels(const struct page_walk *walk)
{
	return walk->cr4 & CR4_LA57 ? 5 : 4;
}

static bool in_memory(const struct page_walk *walk, uint64_t address, uint64_t size)
{
	return address >= walk->base && size <= walk->size &&
	       address - walk->base <= walk->size - size;
}

/* The table that entry points to. NULL if it is not in the kernel's memory. */
static const uint64_t *table_at(const struct page_walk *walk, uint64_t entry)
{
	uint64_t address = entry & ENTRY_ADDRESS;

	return in_memory(walk, address, PAGE_SIZE) ? phys(address) : NULL;
}

static bool is_page(uint64_t entry, unsigned int level)
{
	return level == 1 || (level <= LEVELS_LARGE && (entry & ENTRY_LARGE));
}

static uint64_t page_address(uint64_t entry, unsigned int level)
{
	return entry & ENTRY_ADDRESS & ~(page_size(level) - 1);
}

/* rights is what all levels above allow and forbid. */
static bool walk_table(struct text_walk *text, const uint64_t *table, unsigned int level,
		       uint64_t rights)
{
	uint64_t last = 0;

	if (++text->tables > MAX_TABLES)
		return false;
	for (unsigned int i = 0; i < ENTRIES; i++) {
		uint64_t entry = table[i], forbids = (rights | entry) & text->nx;
		uint64_t allows = rights & entry & (ENTRY_WRITE | ENTRY_USER);
		const uint64_t *next;

		/* Linux's area for ESPFIX repeats one entry over half a TiB. */
		if (!(entry & ENTRY_PRESENT) || forbids || entry == last)
			continue;
		last = entry;
		if (is_page(entry, level)) {
			uint64_t page = page_address(entry, level);

			if (!allows && in_memory(text->walk, page, page_size(level)))
				text->found(page, page_size(level), text->context);
			continue;
		}
		next = table_at(text->walk, entry);
		if (next && !walk_table(text, next, level - 1, allows))
			return false;
	}
	return true;
}

bool page_walk_text(const struct page_walk *walk,
		    void (*found)(uint64_t physical, uint64_t size, void *context), void *context)
{
	struct text_walk text = {
		.walk = walk,
		.found = found,
		.context = context,
		.nx = walk->efer & EFER_NXE ? ENTRY_NX : 0,
	};
	const uint64_t *top = table_at(walk, walk->cr3);

	return !top || walk_table(&text, top, levels(walk), ENTRY_WRITE | ENTRY_USER);
}

bool page_walk_find(const struct page_walk *walk, uint64_t virtual_address, uint64_t *physical)
{
	uint64_t entry = walk->cr3;

	for (unsigned int level = levels(walk); level > 0; level--) {
		const uint64_t *table = table_at(walk, entry);

		if (!table)
			return false;
		entry = table[virtual_address / page_size(level) % ENTRIES];
		if (!(entry & ENTRY_PRESENT))
			return false;
		if (!is_page(entry, level))
			continue;
		*physical = page_address(entry, level) | (virtual_address & (page_size(level) - 1));
		return in_memory(walk, *physical, 1);
	}
	return false;
}
