// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of which pages of a kernel are free: by descriptors of Linux 6.1 and 6.12 and of a kernel
 * that has them elsewhere, mapped by large and by small pages; random ones against a model that
 * looks at each page.
 */
#include <stdlib.h>
#include <string.h>
#include "arch/x86/memory/phys.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "fake/fake_pages.h"
#include "monitor/snapshot/free_pages.h"

#define SEED	    20240611
#define ROUNDS	    60
#define ORDERS	    11
#define ORDER_COUNT 14 /* orders that random pages have, some of which are too large */

static const struct fake_pages_layout *layout;
static struct free_pages pages;
static struct {
	uint32_t type;
	uint64_t private;
} model[FAKE_PAGES_COUNT];

static void set(uint64_t page, uint32_t type, uint64_t private)
{
	model[page].type = type;
	model[page].private = private;
	fake_pages_put(layout, page, type, private);
}

static void make(const struct fake_pages_layout *of)
{
	struct error error;

	layout = of;
	fake_pages_make(layout);
	for (uint64_t page = 0; page < FAKE_PAGES_COUNT; page++)
		set(page, UINT32_MAX, 0);
	assert_true(free_pages_init(&pages, &fake_pages_memory, &fake_pages_info, &error));
}

static int end(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static uint64_t at(uint64_t page)
{
	return FAKE_PAGES_RAM_AT + page * PAGE_SIZE;
}

/* The run from a page on, in pages. */
static uint64_t run(uint64_t page, uint64_t last, bool *is_free)
{
	uint64_t size = free_pages_run(&pages, at(page), at(last), is_free);

	assert_int_equal(size % PAGE_SIZE, 0);
	return size / PAGE_SIZE;
}

static void expect(uint64_t page, uint64_t count, bool is_free)
{
	bool found;

	assert_int_equal(run(page, FAKE_PAGES_COUNT, &found), count);
	assert_int_equal(found, is_free);
}

/* Pages of the block that begins there, with all that must be so. */
static uint64_t model_block(uint64_t page, uint64_t last)
{
	uint64_t count;

	if (model[page].type != layout->type || model[page].private >= ORDERS)
		return 0;
	count = 1ull << model[page].private;
	return (at(page) / PAGE_SIZE) % count || count > last - page ? 0 : count;
}

static void compare(uint64_t first, uint64_t last)
{
	static bool is_free[FAKE_PAGES_COUNT];
	uint64_t page = first, count;

	memset(is_free, 0, sizeof(is_free));
	while (page < last) {
		count = model_block(page, last);
		memset(&is_free[page], true, count);
		page += count ? count : 1;
	}
	for (page = first; page < last; page += count) {
		bool found;

		count = run(page, last, &found);
		assert_in_range(count, 1, last - page);
		for (uint64_t i = 0; i < count; i++)
			assert_int_equal(is_free[page + i], found);
		/* Runs of one kind are one run. */
		assert_true(page + count == last || is_free[page + count] != found);
	}
}

static void blocks_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < FAKE_PAGES_LAYOUTS; i++) {
		make(&fake_pages_layouts[i]);
		expect(0, FAKE_PAGES_COUNT, false);
		set(0, layout->type, 0);
		set(512, layout->type, 9); /* to the end of what a small page describes */
		set(1024, layout->type, 3);
		set(1032, layout->type, 0);
		set(FAKE_PAGES_COUNT - 1, layout->type, 0);
		expect(0, 1, true);
		expect(1, 511, false);
		expect(512, 521, true);
		expect(1033, FAKE_PAGES_COUNT - 1034, false);
		expect(FAKE_PAGES_COUNT - 1, 1, true);
		/* Pages within a block say nothing by themselves. */
		expect(513, 511, false);
	}
}

/* Only the value that VMCOREINFO has marks a free block: the other's, or parts of it, do not. */
static void other_types_are_used(void **state)
{
	static const uint32_t types[] = {0xffffff7f, 0xf0000000, 0xf1000000, 0xf0000001, 0xffffff7e,
					 0xfffffeff, 0,		 0x80,	     0xf0};

	(void)state;
	for (size_t i = 0; i < FAKE_PAGES_LAYOUTS; i++) {
		make(&fake_pages_layouts[i]);
		for (size_t n = 0; n < sizeof(types) / sizeof(types[0]); n++) {
			set(64 * n, types[n], 2);
			compare(0, FAKE_PAGES_COUNT);
			if (types[n] != layout->type)
				expect(64 * n, FAKE_PAGES_COUNT - 64 * n, false);
			else
				expect(64 * n, 4, true);
			set(64 * n, UINT32_MAX, 0);
		}
	}
}

static void blocks_that_can_not_be(void **state)
{
	/* Page 0 lies 2 MiB before a multiple of 128 MiB. */
	static const struct {
		uint64_t page, order;
	} bad[] = {{0, 11},  {0, 64},  {0, UINT64_MAX}, {0, 1ull << 32},	  {0, 10},
		   {513, 1}, {516, 3}, {1024, 10},	{FAKE_PAGES_COUNT - 2, 2}};

	(void)state;
	for (size_t i = 0; i < FAKE_PAGES_LAYOUTS; i++) {
		make(&fake_pages_layouts[i]);
		for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
			set(bad[n].page, layout->type, bad[n].order);
			expect(0, FAKE_PAGES_COUNT, false);
			expect(bad[n].page, FAKE_PAGES_COUNT - bad[n].page, false);
			set(bad[n].page, UINT32_MAX, 0);
		}
	}
}

static void runs_end_where_they_are_told_to(void **state)
{
	bool is_free;

	(void)state;
	make(&fake_pages_layouts[0]);
	set(512, layout->type, 4);
	assert_int_equal(run(100, 200, &is_free), 100);
	assert_false(is_free);
	assert_int_equal(run(100, 600, &is_free), 412);
	assert_int_equal(run(512, 528, &is_free), 16);
	assert_true(is_free);
	assert_int_equal(run(512, 527, &is_free), 15); /* a block beyond the end is none */
	assert_false(is_free);
	assert_int_equal(run(300, 300, &is_free), 0);
}

/* Later runs may go back: what was found last does not matter. */
static void runs_in_any_order(void **state)
{
	(void)state;
	make(&fake_pages_layouts[1]);
	set(8, layout->type, 3);
	set(1100, layout->type, 0);
	expect(1100, 1, true);
	expect(8, 8, true);
	expect(16, 1084, false);
	expect(1101, FAKE_PAGES_COUNT - 1101, false);
	expect(0, 8, false);
}

static uint32_t random_type(void)
{
	static const uint32_t others[] = {UINT32_MAX, 0, 1, 0xf2000000, 0xffffff7f, 0xf0000000};

	return rand() % 3 ? layout->type : others[rand() % 6];
}

static void random_pages(void)
{
	uint64_t sparse = 1 + (uint64_t)rand() % 64;

	for (uint64_t page = 0; page < FAKE_PAGES_COUNT; page++) {
		uint64_t order = (uint64_t)rand() % ORDER_COUNT;

		if ((uint64_t)rand() % sparse)
			set(page, UINT32_MAX, order);
		else
			set(page, random_type(), rand() % 50 ? order : order << 32 | 1);
	}
}

static void random_pages_as_a_model_has_them(void **state)
{
	(void)state;
	srand(SEED);
	for (size_t i = 0; i < FAKE_PAGES_LAYOUTS; i++)
		for (uint32_t round = 0; round < ROUNDS; round++) {
			uint64_t first = (uint64_t)rand() % FAKE_PAGES_COUNT;

			make(&fake_pages_layouts[i]);
			random_pages();
			compare(0, FAKE_PAGES_COUNT);
			compare(first, first + 1 + (uint64_t)rand() % (FAKE_PAGES_COUNT - first));
		}
}

/* The section of the first 512 pages lacks something; the other one is read as before. */
static void sections_without_descriptors(void **state)
{
	const uint64_t good = fake_pages_map(0);
	const uint64_t bad[] = {0,	    good & ~1ull,	  good & ~2ull, good & ~4ull,
				7,	    good + GIB, /* nothing is mapped there */
				UINT64_MAX, 0x8000000000000007ull};

	(void)state;
	for (size_t i = 0; i < FAKE_PAGES_LAYOUTS; i++) {
		make(&fake_pages_layouts[i]);
		set(511, layout->type, 0);
		set(512, layout->type, 0);
		expect(511, 2, true);
		for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
			struct error error;

			fake_pages_put_section(layout, 0, bad[n]);
			assert_true(free_pages_init(&pages, &fake_pages_memory, &fake_pages_info,
						    &error));
			expect(0, 512, false);
			expect(512, 1, true);
		}
	}
}

static void entries_that_can_not_be_read(void **state)
{
	const uint64_t bad[] = {0, 0x1000, fake_pages_virtual(FAKE_PAGES_RAM_END),
				fake_pages_virtual(FAKE_PAGES_RAM_AT) - 32, UINT64_MAX - 15};

	(void)state;
	make(&fake_pages_layouts[0]);
	set(512, layout->type, 0);
	for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		memcpy(phys(FAKE_PAGES_ROOTS_AT), &bad[n], sizeof(bad[n]));
		pages.section.size = 0;
		pages.piece.size = 0;
		expect(0, FAKE_PAGES_COUNT, false);
	}
}

/* Some pages of descriptors are not mapped, or lie beyond the kernel's RAM. */
static void descriptors_that_can_not_be_read(void **state)
{
	uint64_t table = FAKE_PAGES_TABLES_AT + 5 * PAGE_SIZE; /* of the second map */
	const uint64_t bad[] = {0, FAKE_PAGES_RAM_END | 1, (FAKE_PAGES_RAM_AT - PAGE_SIZE) | 1,
				FAKE_PAGES_MAPS_AT /* not present */};

	(void)state;
	make(&fake_pages_layouts[1]);
	for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		for (uint64_t page = 512; page < 768; page += 64)
			set(page, layout->type, 6);
		memcpy(phys(table + 8), &bad[n], sizeof(bad[n]));
		pages.piece.size = 0;
		expect(512, 64, true);
		expect(576, 64, false);
		expect(640, 128, true);
	}
}

static void a_large_page_that_leaves_ram(void **state)
{
	uint64_t entry = FAKE_PAGES_RAM_END | 1 | 1 << 7;

	(void)state;
	make(&fake_pages_layouts[0]);
	set(512, layout->type, 9);
	memcpy(phys(FAKE_PAGES_TABLES_AT + 3 * PAGE_SIZE + 8), &entry, sizeof(entry));
	expect(512, FAKE_PAGES_COUNT - 512, false);
}

/* What VMCOREINFO must have, and what can't be. */
static const struct {
	const char *key, *value, *reason;
} refused[] = {
	{"SIZE(page)", NULL, "its VMCOREINFO has no SIZE(page)"},
	{"SIZE(page)", "56", "its VMCOREINFO has SIZE(page)=56; expected 64"},
	{"OFFSET(page._mapcount)", NULL, "its VMCOREINFO has no OFFSET(page._mapcount)"},
	{"OFFSET(page._mapcount)", "64",
	 "its VMCOREINFO has OFFSET(page._mapcount)=64; expected 0 to 60"},
	{"OFFSET(page._mapcount)", "50",
	 "its VMCOREINFO has OFFSET(page._mapcount)=50; expected a multiple of 4"},
	{"OFFSET(page.private)", NULL, "its VMCOREINFO has no OFFSET(page.private)"},
	{"OFFSET(page.private)", "-8",
	 "its VMCOREINFO has OFFSET(page.private)=18446744073709551608; expected 0 to 56"},
	{"OFFSET(page.private)", "44",
	 "its VMCOREINFO has OFFSET(page.private)=44; expected a multiple of 8"},
	{"LENGTH(zone.free_area)", NULL, "its VMCOREINFO has no LENGTH(zone.free_area)"},
	{"LENGTH(zone.free_area)", "0",
	 "its VMCOREINFO has LENGTH(zone.free_area)=0; expected 1 to 13"},
	{"LENGTH(zone.free_area)", "14",
	 "its VMCOREINFO has LENGTH(zone.free_area)=14; expected 1 to 13"},
	{"NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)", NULL,
	 "its VMCOREINFO has no NUMBER(PAGE_BUDDY_MAPCOUNT_VALUE)"},
	{"NUMBER(SECTION_SIZE_BITS)", NULL, "its VMCOREINFO has no NUMBER(SECTION_SIZE_BITS)"},
	{"NUMBER(SECTION_SIZE_BITS)", "64",
	 "its VMCOREINFO has NUMBER(SECTION_SIZE_BITS)=64; expected 24 to 34"},
	{"NUMBER(MAX_PHYSMEM_BITS)", NULL, "its VMCOREINFO has no NUMBER(MAX_PHYSMEM_BITS)"},
	{"NUMBER(MAX_PHYSMEM_BITS)", "26",
	 "its VMCOREINFO has NUMBER(MAX_PHYSMEM_BITS)=26; expected 27 to 52"},
	{"SIZE(mem_section)", NULL, "its VMCOREINFO has no SIZE(mem_section)"},
	{"SIZE(mem_section)", "0", "its VMCOREINFO has SIZE(mem_section)=0; expected 8 to 4096"},
	{"OFFSET(mem_section.section_mem_map)", NULL,
	 "its VMCOREINFO has no OFFSET(mem_section.section_mem_map)"},
	{"OFFSET(mem_section.section_mem_map)", "16",
	 "its VMCOREINFO has OFFSET(mem_section.section_mem_map)=16; expected 0 to 8"},
	{"SYMBOL(mem_section)", NULL, "its VMCOREINFO has no SYMBOL(mem_section)"},
	{"LENGTH(mem_section)", NULL, "its VMCOREINFO has no LENGTH(mem_section)"},
	{"LENGTH(mem_section)", "524288",
	 "its VMCOREINFO has LENGTH(mem_section)=524288; expected 2048, as of "
	 "CONFIG_SPARSEMEM_EXTREME"},
};

static void kernels_that_do_not_say_enough(void **state)
{
	struct error error;

	(void)state;
	make(&fake_pages_layouts[0]);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		fake_pages_describe(layout, refused[i].key, refused[i].value);
		assert_false(free_pages_init(&pages, &fake_pages_memory, &fake_pages_info, &error));
		assert_string_equal(error.text, refused[i].reason);
	}
}

static void kernels_of_32_bits(void **state)
{
	struct error error;

	(void)state;
	make(&fake_pages_layouts[0]);
	fake_pages_memory.is_64 = false;
	assert_false(free_pages_init(&pages, &fake_pages_memory, &fake_pages_info, &error));
	assert_string_equal(error.text, "it is a 32-bit kernel; which of its pages are free is "
					"read in 64-bit ones only");
}

static void slots_without_a_note(void **state)
{
	struct slot slot = {.ram = {.base = FAKE_PAGES_RAM_AT, .size = MIB}};
	struct slot_memory memory = {.slot = &slot, .note = FAKE_PAGES_RAM_AT + MIB};
	struct error error;

	(void)state;
	make(&fake_pages_layouts[0]);
	for (uint32_t i = 0; i < 2; i++) {
		assert_false(free_pages_open(&pages, &memory, &error));
		assert_string_equal(error.text, "no VMCOREINFO in its memory that can be read");
		memory.memory = &fake_pages_memory;
	}
}

#define TEST(name) cmocka_unit_test_teardown(name, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(blocks_are_found),
		TEST(other_types_are_used),
		TEST(blocks_that_can_not_be),
		TEST(runs_end_where_they_are_told_to),
		TEST(runs_in_any_order),
		TEST(random_pages_as_a_model_has_them),
		TEST(sections_without_descriptors),
		TEST(entries_that_can_not_be_read),
		TEST(descriptors_that_can_not_be_read),
		TEST(a_large_page_that_leaves_ram),
		TEST(kernels_that_do_not_say_enough),
		TEST(kernels_of_32_bits),
		TEST(slots_without_a_note),
	};

	return cmocka_run_group_tests_name("free_pages", tests, NULL, NULL);
}
