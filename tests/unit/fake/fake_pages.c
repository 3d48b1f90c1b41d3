/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_pages.c - a Linux kernel's page descriptors, in the memory of a kernel that does not run.
 */
#include "fake/fake_pages.h"
#include <stdio.h>
#include <string.h>
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"

#define DESCRIPTOR    64ull
#define ENTRIES	      512
#define IMAGE	      0xffffffff80000000ull
#define DIRECT	      0xffff888040000000ull
#define VMEMMAP	      0xffffea0000000000ull
#define PRESENT	      1ull
#define LARGE	      (1ull << 7)
#define IN_USE	      0xfull /* present, with a map, online, since the start */
#define TABLE(number) (FAKE_PAGES_TABLES_AT + (number)*PAGE_SIZE)

const struct fake_pages_layout fake_pages_layouts[FAKE_PAGES_LAYOUTS] = {
	{"6.1.0-56-amd64", 0xffffff7f, 48, 40, 16, 0, false},
	{"6.12.117-amd64", 0xf0000000, 48, 40, 32, 0, true},
	{"a kernel of another kind", 0x12345678, 4, 56, 32, 24, true},
};

struct vmcoreinfo fake_pages_info;
struct guest_memory fake_pages_memory;

static void put(uint64_t at, uint64_t value)
{
	memcpy(phys(at), &value, sizeof(value));
}

uint64_t fake_pages_virtual(uint64_t physical)
{
	return DIRECT + physical;
}

uint64_t fake_pages_map(uint64_t section)
{
	return (VMEMMAP + section * LARGE_PAGE -
		section * (FAKE_PAGES_SECTION / PAGE_SIZE) * DESCRIPTOR) |
	       IN_USE;
}

/* Where the descriptor lies: small pages come in reverse order. */
static uint64_t descriptor_at(bool small, uint64_t page)
{
	uint64_t number = FAKE_PAGES_RAM_AT / PAGE_SIZE + page, offset = number * DESCRIPTOR;

	if (small)
		offset = page_down(offset ^ (LARGE_PAGE - 1)) + offset % PAGE_SIZE;
	return FAKE_PAGES_MAPS_AT + offset % (2 * LARGE_PAGE);
}

static void map(const struct fake_pages_layout *layout)
{
	put(TABLE(0) + (DIRECT >> 39 & 511) * 8, TABLE(1) | PRESENT);
	put(TABLE(1) + (DIRECT >> 30 & 511) * 8, LARGE | PRESENT);
	put(TABLE(0) + (VMEMMAP >> 39 & 511) * 8, TABLE(2) | PRESENT);
	put(TABLE(2), TABLE(3) | PRESENT);
	for (uint64_t section = 0; section < 2; section++) {
		uint64_t map_at = FAKE_PAGES_MAPS_AT + section * LARGE_PAGE;

		put(TABLE(3) + section * 8,
		    layout->small ? TABLE(4 + section) | PRESENT : map_at | LARGE | PRESENT);
		for (uint64_t i = 0; i < ENTRIES && layout->small; i++)
			put(TABLE(4 + section) + i * 8,
			    (map_at + (ENTRIES - 1 - i) * PAGE_SIZE) | PRESENT);
	}
}

static void add(const char *key, const char *value, const char *left_out, const char *instead)
{
	if (left_out && !strcmp(key, left_out))
		value = instead;
	if (value)
		fake_pages_info.size +=
			(uint32_t)sprintf(fake_pages_info.text + fake_pages_info.size, "%s=%s\n",
					  key, value);
}

static const char *decimal(char text[24], long long number)
{
	sprintf(text, "%lld", number);
	return text;
}

static const char *hexadecimal(char text[24], uint64_t number)
{
	sprintf(text, "%llx", (unsigned long long)number);
	return text;
}

void fake_pages_describe(const struct fake_pages_layout *layout, const char *key, const char *value)
{
	char text[24];

	fake_pages_info.size = 0;
	add("OSRELEASE", layout->release, key, value);
	add("SYMBOL(mem_section)", hexadecimal(text, fake_pages_virtual(FAKE_PAGES_ROOTS_AT)), key,
	    value);
	add("LENGTH(mem_section)", decimal(text, (1 << 19) / (4096 / layout->entry_size)), key,
	    value);
	add("SIZE(mem_section)", decimal(text, layout->entry_size), key, value);
	add("OFFSET(mem_section.section_mem_map)", decimal(text, layout->map_at), key, value);
	add("NUMBER(SECTION_SIZE_BITS)", "27", key, value);
	add("NUMBER(MAX_PHYSMEM_BITS)", "46", key, value);
	add("SIZE(page)", "64", key, value);
	add("OFFSET(page._mapcount)", decimal(text, layout->type_at), key, value);
	add("OFFSET(page.private)", decimal(text, layout->private_at), key, value);
	add("LENGTH(zone.free_area)", "11", key, value);
	add("NUMBER(phys_base)", decimal(text, FAKE_PAGES_RAM_AT), key, value);
	add("SYMBOL(init_top_pgt)", hexadecimal(text, IMAGE), key, value);
	add("NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", decimal(text, (int32_t)layout->type), key, value);
}

void fake_pages_put(const struct fake_pages_layout *layout, uint64_t page, uint32_t type,
		    uint64_t private)
{
	uint64_t at = descriptor_at(layout->small, page);

	memcpy(phys(at + layout->type_at), &type, sizeof(type));
	put(at + layout->private_at, private);
}

void fake_pages_put_section(const struct fake_pages_layout *layout, uint64_t section, uint64_t map)
{
	put(FAKE_PAGES_ENTRIES_AT + section * layout->entry_size + layout->map_at, map);
}

/* Clears what an earlier kernel of this kind may have there: much faster than all of its RAM. */
static void clear(void)
{
	memset(phys(FAKE_PAGES_RAM_AT), 0, FAKE_PAGES_ENTRIES_AT + PAGE_SIZE - FAKE_PAGES_RAM_AT);
	for (uint64_t page = 0; page < FAKE_PAGES_COUNT; page++) {
		memset(phys(descriptor_at(false, page)), 0, DESCRIPTOR);
		memset(phys(descriptor_at(true, page)), 0, DESCRIPTOR);
	}
}

void fake_pages_make(const struct fake_pages_layout *layout)
{
	const struct region ram = {.base = FAKE_PAGES_RAM_AT,
				   .size = FAKE_PAGES_RAM_END - FAKE_PAGES_RAM_AT,
				   .type = REGION_RAM};

	if (phys(ram.base))
		clear();
	else
		fake_memory(ram.base, ram.size, 0);
	map(layout);
	put(FAKE_PAGES_ROOTS_AT, fake_pages_virtual(FAKE_PAGES_ENTRIES_AT));
	for (uint64_t section = 0; section < 2; section++)
		fake_pages_put_section(layout, section, fake_pages_map(section));
	fake_pages_describe(layout, NULL, NULL);
	guest_memory_init(&fake_pages_memory, &ram, &fake_pages_info);
}
