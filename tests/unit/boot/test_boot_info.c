/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of reading a Multiboot2 loader's information: when it is right, and when it is wrong. */
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include "boot/multiboot2/loader_info.h"

#define ROOM 16384

enum {
	END = 0,
	COMMAND_LINE = 1,
	LOADER = 2,
	MODULE = 3,
	MAP = 6,
	SCREEN = 8,
	EFI_64 = 12,
	RSDP_1 = 14,
	RSDP_2 = 15
};

static uint8_t bytes[ROOM]; /* the information; it grows */
static uint32_t used;
static struct boot_info boot;

static void put(const void *from, uint32_t size)
{
	assert_true(used + size <= ROOM);
	memcpy(bytes + used, from, size);
	used += size;
}

static void put_numbers(uint32_t first, uint32_t second)
{
	put(&first, sizeof(first));
	put(&second, sizeof(second));
}

static int start(void **state)
{
	(void)state;
	memset(bytes, 0, sizeof(bytes));
	memset(&boot, 0, sizeof(boot));
	used = 0;
	put_numbers(0, 0);
	return 0;
}

static void put_tag(uint32_t type, const void *contents, uint32_t size)
{
	put_numbers(type, size + 8);
	put(contents, size);
	used = (used + 7) & ~7u;
}

static void put_module(uint32_t begin, uint32_t end, const char *line)
{
	uint32_t size = (uint32_t)strlen(line) + 1;

	put_numbers(MODULE, 16 + size);
	put_numbers(begin, end);
	put(line, size);
	used = (used + 7) & ~7u;
}

/* A map of `count` entries of entry_size bytes each; entry i is [i MiB, i MiB + i). */
static void put_map(uint32_t entry_size, uint32_t count)
{
	static const uint8_t padding[64];

	put_numbers(MAP, 16 + entry_size * count);
	put_numbers(entry_size, 0);
	for (uint32_t i = 0; i < count; i++) {
		uint64_t range[] = {(uint64_t)i << 20, i};

		put(range, sizeof(range));
		put_numbers(REGION_RAM, 0);
		put(padding, entry_size > 24 ? entry_size - 24 : 0);
	}
	used = (used + 7) & ~7u;
}

/*
 * Reads an allocation of exactly that size, so that AddressSanitizer catches reads beyond it. total
 * is the size that the information gives.
 */
static void read_with(uint32_t total, uint32_t limit)
{
	void *exact = malloc(used);

	assert_non_null(exact);
	memcpy(bytes, &total, sizeof(total));
	memcpy(exact, bytes, used);
	multiboot2_boot_info(exact, limit, &boot);
	free(exact);
}

/* Ends the information as a loader does, and reads it. */
static void read_all(void)
{
	put_tag(END, "", 0);
	read_with(used, used);
}

static void all_that_is_used(void **state)
{
	static const uint8_t text_screen[24] = {[21] = 2};

	(void)state;
	put_tag(COMMAND_LINE, "timeout=0", 10);
	put_tag(LOADER, "GRUB", 5);
	put_module(0x100000, 0x180000, "kernel slot=a");
	put_map(24, 3);
	put_tag(99, "unknown", 8);
	put_tag(SCREEN, text_screen, sizeof(text_screen));
	put_tag(RSDP_1, "RSD PTR one.........", 20);
	put_tag(END, "", 0);
	put_tag(LOADER, "behind the end", 15);
	read_all();
	assert_string_equal(boot.report, "");
	assert_string_equal(boot.options, "timeout=0");
	assert_string_equal(boot.loader, "GRUB");
	assert_int_equal(boot.module_count, 1);
	assert_int_equal(boot.module[0].base, 0x100000);
	assert_int_equal(boot.module[0].size, 0x80000);
	assert_string_equal(boot.module[0].line, "kernel slot=a");
	assert_int_equal(boot.region_count, 3);
	assert_int_equal(boot.region[2].base, 2 << 20);
	assert_int_equal(boot.screen, SCREEN_TEXT);
	assert_int_equal(boot.rsdp_size, 20);
}

/* Firmware is UEFI then, even if the tag is too short to say more. */
static void uefis_system_table(void **state)
{
	static const uint64_t address = 0x7e000018;

	(void)state;
	put_tag(EFI_64, &address, sizeof(address));
	read_all();
	assert_true(boot.uefi);
	assert_int_equal(boot.efi_system_table, address);
	start(NULL);
	put_tag(EFI_64, &address, 4);
	read_all();
	assert_true(boot.uefi);
	assert_int_equal(boot.efi_system_table, 0);
	assert_non_null(strstr(boot.report, "UEFI's system table left out"));
}

/* The copy of ACPI 2.0 is used in either order. A copy that is too long is cut. */
static void newer_rsdp_wins(void **state)
{
	static const uint8_t longer[48] = {[35] = 7, [36] = 9};

	(void)state;
	put_tag(RSDP_2, longer, sizeof(longer));
	put_tag(RSDP_1, "RSD PTR one.........", 20);
	read_all();
	assert_int_equal(boot.rsdp_size, sizeof(boot.rsdp));
	assert_int_equal(boot.rsdp[35], 7);
}

/* A size of 0 would cause an endless loop, and almost 4 GiB would wrap. Both end the reading. */
static void tag_sizes_lie(void **state)
{
	static const uint32_t sizes[] = {0, 7, 0x7fffffff, 0xfffffff8, 0xfffffff9, 0xffffffff};

	for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		start(state);
		put_tag(LOADER, "GRUB", 5);
		put_numbers(COMMAND_LINE, sizes[i]);
		put_tag(COMMAND_LINE, "never seen", 11);
		read_with(UINT32_MAX, used);
		assert_string_equal(boot.loader, "GRUB");
		assert_string_equal(boot.options, "");
		assert_non_null(strstr(boot.report, "ends at byte 24 of "));
	}
}

/* The information's own size is cut to the limit. A tag that crosses the limit is not read. */
static void limit_counts(void **state)
{
	(void)state;
	put_tag(LOADER, "GRUB", 5);
	put_tag(COMMAND_LINE, "behind", 7);
	read_with(used, used - 8);
	assert_string_equal(boot.loader, "GRUB");
	assert_string_equal(boot.options, "");
	read_with(0, used);
	assert_int_equal(boot.module_count, 0);
}

/*
 * Entries of 0 bytes would never end; of 23, they lack a part; of 29, every second is not aligned.
 */
static void map_entry_sizes(void **state)
{
	static const struct {
		uint32_t size, regions;
	} rows[] = {{0, 0}, {23, 0}, {24, 3}, {29, 3}, {40, 3}};

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(state);
		put_map(rows[i].size, 3);
		read_all();
		assert_int_equal(boot.region_count, rows[i].regions);
		if (boot.region_count)
			assert_int_equal(boot.region[2].base, 2 << 20);
	}
}

/* An entry that the tag has only a part of is not read. */
static void map_ends_within_an_entry(void **state)
{
	uint32_t size = 16 + 24 + 23;

	(void)state;
	put_map(24, 2);
	memcpy(bytes + 12, &size, sizeof(size));
	read_all();
	assert_int_equal(boot.region_count, 1);
}

static void too_many(void **state)
{
	(void)state;
	put_map(24, BOOT_MAX_REGIONS + 1);
	for (uint32_t i = 0; i < BOOT_MAX_MODULES + 2; i++)
		put_module(0, 1, "");
	read_all();
	assert_int_equal(boot.region_count, BOOT_MAX_REGIONS);
	assert_true(boot.regions_truncated);
	assert_int_equal(boot.module_count, BOOT_MAX_MODULES);
	assert_int_equal(boot.modules_refused, 2);
}

/* Strings without a NUL end with their tag; those that are too long are cut, and marked. */
static void strings(void **state)
{
	static char line[BOOT_LINE_SIZE + 1];

	(void)state;
	memset(line, 'x', BOOT_LINE_SIZE);
	put_tag(LOADER, "GRUB", 4);
	put_tag(COMMAND_LINE, line, BOOT_LINE_SIZE);
	put_module(1, 1, line);
	read_all();
	assert_string_equal(boot.loader, "GRUB");
	assert_true(boot.options_truncated);
	assert_int_equal(strlen(boot.options), BOOT_LINE_SIZE - 1);
	assert_int_equal(boot.module_count, 1);
	assert_true(boot.module[0].truncated);
}

/* A kernel must not start without the initrd that belongs to it: the slot has to know. */
static void module_that_ends_before_it_begins(void **state)
{
	(void)state;
	put_module(0x2000, 0x1fff, "initrd slot=a");
	put_module(0x3000, 0x4000, "kernel slot=a");
	read_all();
	assert_int_equal(boot.module_count, 2);
	assert_true(boot.module[0].absent);
	assert_int_equal(boot.module[0].size, 0);
	assert_string_equal(boot.module[0].line, "initrd slot=a");
	assert_false(boot.module[1].absent);
	assert_string_equal(boot.report,
			    "module left out: it ends at 0x1fff, before it begins at 0x2000\n");
}

/* What a tag is too short for, or of another kind than is known, is left out, and told. */
static void tags_that_are_no_use(void **state)
{
	static const uint8_t empty[32], colours[24] = {[21] = 1}, palette[32] = {[21] = 0};
	static const struct {
		uint32_t type, size;
		const void *contents;
		const char *report;
	} rows[] = {
		{MODULE, 4, empty, "module left out: the loader's tag has 12 bytes, expected 16"},
		{MAP, 4, empty, "memory map left out: the loader's tag has 12 bytes, expected 16"},
		{MAP, 32, empty, "memory map left out: its entries have 0 bytes, expected 24"},
		{SCREEN, 20, empty, "screen left out: the loader's tag has 28 bytes, expected 32"},
		{SCREEN, 24, colours,
		 "screen left out: the loader's tag has 32 bytes, expected 38"},
		{SCREEN, 32, palette,
		 "screen left out: its type is 0, expected 1 (direct colour) or 2 (text)"},
		{RSDP_1, 19, empty,
		 "ACPI root pointer left out: the loader's tag has 27 bytes, expected 28"},
	};

	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(state);
		put_tag(rows[i].type, rows[i].contents, rows[i].size);
		read_all();
		assert_non_null(strstr(boot.report, rows[i].report));
		assert_int_equal(boot.module_count + boot.region_count + boot.rsdp_size, 0);
		assert_int_equal(boot.screen, SCREEN_NONE);
	}
}

/* More lines than there is room for are cut between lines, and marked. */
static void more_faults_than_are_kept(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < BOOT_REPORT_SIZE / 50; i++)
		put_tag(RSDP_1, "", 1);
	read_all();
	assert_true(boot.report_truncated);
	assert_int_equal(boot.report[strlen(boot.report) - 1], '\n');
}

#define TEST(function) cmocka_unit_test_setup(function, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_that_is_used),
		TEST(uefis_system_table),
		TEST(newer_rsdp_wins),
		TEST(tag_sizes_lie),
		TEST(limit_counts),
		TEST(map_entry_sizes),
		TEST(map_ends_within_an_entry),
		TEST(too_many),
		TEST(strings),
		TEST(module_that_ends_before_it_begins),
		TEST(tags_that_are_no_use),
		TEST(more_faults_than_are_kept),
	};

	return cmocka_run_group_tests_name("boot_info", tests, NULL, NULL);
}
