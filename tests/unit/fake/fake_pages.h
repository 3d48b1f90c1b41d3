/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_pages.h - the memory of a 64-bit Linux kernel with page descriptors, and the VMCOREINFO that
 * tells where they are. Its RAM lies in two sections of 128 MiB, at the end of one and the beginning
 * of the next. The test calls fake_reset() at its end, and not before it makes another such kernel.
 */
#ifndef TESTS_UNIT_FAKE_FAKE_PAGES_H
#define TESTS_UNIT_FAKE_FAKE_PAGES_H

#include <stdbool.h>
#include "lib/units.h"
#include "monitor/core/guest_memory.h"
#include "monitor/core/vmcoreinfo.h"

#define FAKE_PAGES_SECTION (128 * MIB)
#define FAKE_PAGES_RAM_AT  (126 * MIB)
#define FAKE_PAGES_COUNT   2048ull
#define FAKE_PAGES_RAM_END (FAKE_PAGES_RAM_AT + FAKE_PAGES_COUNT * PAGE_SIZE)

/* What is there: tables, the array of pointers to entries, the entries, and two maps of 2 MiB. */
#define FAKE_PAGES_TABLES_AT  FAKE_PAGES_RAM_AT
#define FAKE_PAGES_ROOTS_AT   (FAKE_PAGES_RAM_AT + 64 * KIB)
#define FAKE_PAGES_ENTRIES_AT (FAKE_PAGES_RAM_AT + 128 * KIB)
#define FAKE_PAGES_MAPS_AT    (FAKE_PAGES_RAM_AT + 2 * MIB)

/* How a version of Linux lays it out. */
struct fake_pages_layout {
	const char *release;
	uint32_t type;		      /* of a free block's first page */
	uint32_t type_at, private_at; /* in a descriptor of 64 bytes */
	uint32_t entry_size, map_at;  /* of struct mem_section; its section_mem_map */
	bool small;		      /* the maps are mapped by small pages, in reverse order */
};

#define FAKE_PAGES_LAYOUTS 3
extern const struct fake_pages_layout fake_pages_layouts[FAKE_PAGES_LAYOUTS];

extern struct vmcoreinfo fake_pages_info;
extern struct guest_memory fake_pages_memory;

/* Makes such a kernel, all of whose pages are in use, and opens its memory. */
void fake_pages_make(const struct fake_pages_layout *layout);

/* Writes the description. A key that is named is left out; with a value, it has that one. */
void fake_pages_describe(const struct fake_pages_layout *layout, const char *key,
			 const char *value);

/* Writes a descriptor. Pages count from the first one of RAM. */
void fake_pages_put(const struct fake_pages_layout *layout, uint64_t page, uint32_t type,
		    uint64_t private);

/* Writes section_mem_map of a section: 0 and 1 have RAM. */
void fake_pages_put_section(const struct fake_pages_layout *layout, uint64_t section, uint64_t map);

/* What it is for a section that is in use. */
uint64_t fake_pages_map(uint64_t section);

/* The kernel's own address of what lies there, in the direct map. */
uint64_t fake_pages_virtual(uint64_t physical);

#endif
