/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of Multiboot2 kernels: tags, relocation, boot information, and each fault of a header. */
#include "kernels.h"
#include "guest/linux/switchyard.h"

#define SIZE	  UINT64_C(0xa000)
#define CONTENTS  UINT64_C(0x9000) /* file offset of the ELF segment's bytes */
#define HEADER_AT 0x100
#define LOAD	  UINT32_C(0x200000)
#define MEMORY	  UINT64_C(0x2000) /* bytes of it, bss included */

static struct kernel_test test;
static uint32_t header_size; /* bytes that the header has so far */

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void put32(uint32_t offset, uint32_t value)
{
	memcpy(test.file + HEADER_AT + offset, &value, sizeof(value));
}

/* Adds a header tag with count 32-bit words. */
static void add_tag(uint16_t type, uint16_t flags, const uint32_t *words, uint32_t count)
{
	put32(header_size, type | (uint32_t)flags << 16);
	put32(header_size + 4, 8 + 4 * count);
	for (uint32_t i = 0; i < count; i++)
		put32(header_size + 8 + 4 * i, words[i]);
	header_size = (header_size + 8 + 4 * count + 7) & ~7u;
}

/* Adds the end tag and writes the header's beginning. */
static void finish_header(void)
{
	add_tag(0, 0, NULL, 0);
	put32(0, 0xe85250d6);
	put32(4, 0);
	put32(8, header_size);
	put32(12, -(0xe85250d6 + header_size));
}

/* An ELF32 kernel with a header that has no tags yet. */
static int start(void **state)
{
	Elf32_Phdr segment = {.p_type = PT_LOAD,
			      .p_offset = CONTENTS,
			      .p_vaddr = LOAD,
			      .p_paddr = LOAD,
			      .p_filesz = 0x1000,
			      .p_memsz = MEMORY};

	(void)state;
	make_file(&test, SIZE);
	memset(test.file + CONTENTS, 0xf4, 0x1000);
	make_elf32(&test, LOAD + 4, &segment, 1);
	header_size = 16;
	return 0;
}

/* The first boot information tag of that type, or NULL. */
static const uint8_t *info_tag(uint32_t wanted)
{
	const uint8_t *info = phys(test.entry.bx);
	uint32_t total, offset = 8;

	memcpy(&total, info, sizeof(total));
	while (offset + 8 <= total) {
		uint32_t type, size;

		memcpy(&type, info + offset, sizeof(type));
		memcpy(&size, info + offset + 4, sizeof(size));
		assert_true(size >= 8 && size <= total - offset);
		if (type == wanted)
			return info + offset;
		if (type == 0)
			assert_int_equal(offset + 8, total);
		offset = (offset + size + 7) & ~7u;
	}
	return NULL;
}

static uint32_t tag32(uint32_t type, uint32_t offset)
{
	const uint8_t *tag = info_tag(type);
	uint32_t value;

	assert_non_null(tag);
	memcpy(&value, tag + offset, sizeof(value));
	return value;
}

static void elf_kernel(void **state)
{
	(void)state;
	finish_header();
	assert_true(inspect(&test));
	assert_int_equal(test.slot.type, SWITCHYARD_MULTIBOOT2);
	assert_true(test.slot.needs.fixed);
	assert_int_equal(test.slot.needs.base, LOAD);
	assert_int_equal(test.slot.needs.size, MEMORY + 4096);
	make_ram(&test, LOAD, MIB, 64 * KIB);
	assert_true(load(&test));
	assert_int_equal(test.entry.mode, ENTRY_PROTECTED);
	assert_int_equal(test.entry.ip, LOAD + 4);
	assert_int_equal(test.entry.ax, 0x36d76289);
	assert_int_equal(test.entry.bx % 8, 0);
	assert_int_equal(test.entry.cx, SWITCHYARD_MAGIC);
	assert_int_equal(test.entry.dx, INFO_AT);
	assert_bytes(LOAD, 0xf4, 0x1000);
	assert_bytes(LOAD + 0x1000, 0, 0x1000);
}

static void boot_information(void **state)
{
	const uint8_t *map;

	(void)state;
	finish_header();
	test.slot.kernel.string = "a -- b";
	add_module(&test, 5000, "first");
	add_module(&test, 1, "second one");
	assert_true(inspect(&test));
	make_ram(&test, LOAD, MIB, 64 * KIB);
	assert_true(load(&test));
	assert_string_equal((const char *)info_tag(1) + 8, "a -- b");
	assert_string_equal((const char *)info_tag(2) + 8, "Switchyard test");
	assert_string_equal((const char *)info_tag(3) + 16, "first");
	assert_int_equal(tag32(3, 8), LOAD + MEMORY);
	assert_int_equal(tag32(3, 12), LOAD + MEMORY + 5000);
	assert_bytes(tag32(3, 8), 0x30, 5000);
	assert_int_equal(tag32(4, 8), 0);
	assert_int_equal(tag32(6, 4), 16 + 3 * 24);
	assert_int_equal(tag32(6, 8), 24);
	map = info_tag(6) + 16;
	for (uint32_t i = 0; i < 3; i++, map += 24) {
		assert_memory_equal(map, &test.map[i].base, 8);
		assert_memory_equal(map + 8, &test.map[i].size, 8);
		assert_memory_equal(map + 16, &test.map[i].type, 4);
	}
	assert_int_equal(tag32(8, 8), 0xb8000);
	assert_int_equal(tag32(8, 28) >> 8 & 0xff, 2);
	assert_int_equal(tag32(14, 4), 8 + 20);
	assert_memory_equal(info_tag(14) + 8, "RSD PTR ", 8);
	assert_int_equal(tag32(15, 4), 8 + 36);
	assert_null(info_tag(21));
	assert_non_null(info_tag(0));
}

static void what_the_machine_lacks(void **state)
{
	(void)state;
	finish_header();
	assert_true(inspect(&test));
	make_ram(&test, LOAD, MIB, 64 * KIB);
	test.context.screen = SCREEN_NONE;
	test.context.rsdp_size = 20;
	assert_true(load(&test));
	assert_null(info_tag(8));
	assert_non_null(info_tag(14));
	assert_null(info_tag(15));
	test.context.rsdp = 0;
	assert_true(load(&test));
	assert_null(info_tag(14));
}

static void framebuffer(void **state)
{
	static const uint8_t colours[] = {16, 8, 8, 7, 0, 6};

	(void)state;
	finish_header();
	assert_true(inspect(&test));
	make_ram(&test, LOAD, MIB, 64 * KIB);
	give_framebuffer(&test);
	assert_true(load(&test));
	assert_int_equal(tag32(8, 4), 32 + sizeof(colours));
	assert_int_equal(tag32(8, 8), 0x80000000);
	assert_int_equal(tag32(8, 12), 4);
	assert_int_equal(tag32(8, 16), 5136);
	assert_int_equal(tag32(8, 20), 1280);
	assert_int_equal(tag32(8, 24), 800);
	assert_int_equal(tag32(8, 28), 1 << 8 | 32); /* RGB, 32 bits */
	assert_memory_equal(info_tag(8) + 32, colours, sizeof(colours));
}

/*
 * It fits with the longest strings, all modules, the fullest map, and no room below 1 MiB.
 */
static void the_largest_information(void **state)
{
	static char line[BOOT_LINE_SIZE];
	static struct region map[GUEST_MAX_REGIONS];
	static char name[4 * BOOT_LINE_SIZE];

	(void)state;
	finish_header();
	memset(line, 'x', sizeof(line) - 1);
	test.slot.kernel.string = line;
	for (int i = 0; i < SLOT_MAX_MODULES; i++)
		add_module(&test, 1, line);
	assert_true(inspect(&test));
	make_ram(&test, LOAD, test.slot.needs.size, 32 * KIB);
	test.context.map = map;
	test.context.map_count = GUEST_MAX_REGIONS;
	give_framebuffer(&test);
	assert_true(load(&test));
	assert_int_equal(test.entry.bx, LOAD + MEMORY);
	assert_non_null(info_tag(15));
	/* A name that is too long is refused. It is not cut. */
	memset(name, 'x', sizeof(name) - 1);
	test.context.loader_name = name;
	assert_false(load(&test));
	assert_non_null(strstr(test.error.text, "Multiboot2 information is larger than"));
}

static void address_and_entry_tags(void **state)
{
	const uint32_t addresses[] = {LOAD + 0x10, LOAD, LOAD + 0x800, LOAD + 0x1000};
	const uint32_t entry = LOAD + 0x20;

	(void)state;
	add_tag(2, 0, addresses, 4);
	add_tag(3, 0, &entry, 1);
	finish_header();
	assert_true(inspect(&test));
	assert_int_equal(test.slot.needs.size, 0x1000 + 4096);
	make_ram(&test, LOAD, MIB, 64 * KIB);
	assert_true(load(&test));
	assert_int_equal(test.entry.ip, entry);
	assert_memory_equal(phys(LOAD), test.file + HEADER_AT - 0x10, 0x800);
	assert_bytes(LOAD + 0x800, 0, 0x800);
}

/* A load address of -1 means that the file is loaded from its start. */
static void load_from_the_beginning(void **state)
{
	const uint32_t addresses[] = {LOAD + HEADER_AT, UINT32_MAX, 0, 0};
	const uint32_t entry = LOAD;

	(void)state;
	add_tag(2, 0, addresses, 4);
	add_tag(3, 0, &entry, 1);
	finish_header();
	assert_true(inspect(&test));
	assert_int_equal(test.slot.needs.base, LOAD);
	make_ram(&test, LOAD, MIB, 64 * KIB);
	assert_true(load(&test));
	assert_memory_equal(phys(LOAD), test.file, SIZE);
}

static void relocatable(void **state)
{
	static const struct {
		uint32_t tag[4]; /* lowest, highest, alignment, preference */
		uint64_t ram, place;
	} rows[] = {
		{{0x100000, 0xffffffff, 0x1000, 0}, 32 * MIB, 32 * MIB},
		{{0x100000, 0xffffffff, 0x1000, 1}, 32 * MIB, 32 * MIB},
		{{0x100000, 0xffffffff, 0x1000, 2}, 32 * MIB, 40 * MIB - MEMORY - 4096},
		{{0x2300000, 0xffffffff, 0x100000, 0}, 32 * MIB, 35 * MIB},
		{{0x100000, 0x24fffff, 0x10000, 2}, 32 * MIB, 37 * MIB - 0x10000},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(state);
		add_tag(10, 0, rows[i].tag, 4);
		finish_header();
		((Elf32_Ehdr *)test.file)->e_type = ET_DYN;
		assert_true(inspect(&test));
		assert_false(test.slot.needs.fixed);
		assert_int_equal(test.slot.needs.max_end, rows[i].tag[1] + 1ull);
		make_ram(&test, rows[i].ram, 8 * MIB, 64 * KIB);
		assert_true(load(&test));
		assert_int_equal(test.entry.ip, rows[i].place + 4);
		assert_int_equal(tag32(21, 8), rows[i].place);
		assert_bytes(rows[i].place, 0xf4, 0x1000);
		assert_bytes(rows[i].place + 0x1000, 0, 0x1000);
		stop(state);
	}
}

static void a_large_alignment_needs_more(void **state)
{
	const uint32_t tag[] = {0, 0xffffffff, 0x1000000, 0};

	(void)state;
	add_tag(10, 0, tag, 4);
	finish_header();
	assert_true(inspect(&test));
	assert_int_equal(test.slot.needs.size, MEMORY + 4096 + 14 * MIB);
	make_ram(&test, 30 * MIB, 16 * MIB, 64 * KIB);
	assert_true(load(&test));
	assert_int_equal(test.entry.ip, 32 * MIB + 4);
	make_ram(&test, MIB, 14 * MIB + MEMORY + 4096, 0);
	assert_false(load(&test));
	assert_string_equal(test.error.text,
			    "Multiboot2 kernel needs 0x3000 bytes at a multiple of "
			    "0x1000000; there is no such place in "
			    "0x100000-0xf03000");
}

/* Tags for EFI, and tags that may be ignored. */
static void tags_that_change_nothing(void **state)
{
	const uint32_t requests[] = {1, 2, 3, 4, 6, 8, 14, 15, 21};
	const uint32_t unknown[] = {5, 9, 99};
	const uint32_t word = 0;

	(void)state;
	add_tag(1, 0, requests, 9);
	add_tag(1, 1, unknown, 3);
	for (uint16_t type = 4; type <= 9; type++)
		add_tag(type, 0, &word, 1);
	add_tag(42, 1, &word, 1);
	finish_header();
	assert_true(inspect(&test));
}

struct bad_tag {
	uint16_t type, flags;
	uint32_t count;
	uint32_t words[4];
	const char *reason;
};

static void bad_tags(void **state)
{
	static const struct bad_tag rows[] = {
		{1,
		 0,
		 2,
		 {3, 9},
		 "Multiboot2 kernel requires information of type 9, which is not supported"},
		{42,
		 0,
		 0,
		 {0},
		 "Multiboot2 header requires a tag of type 42, which is not supported"},
		{2, 0, 3, {0}, "Multiboot2 header tag of type 2 has 20 bytes; expected 24"},
		{3, 0, 0, {0}, "Multiboot2 header tag of type 3 has 8 bytes; expected 12"},
		{3,
		 0,
		 1,
		 {LOAD - 1},
		 "Multiboot entry point 0x1fffff is outside of the kernel, 0x200000-0x202000"},
		{2,
		 0,
		 4,
		 {LOAD, LOAD, 0, 0},
		 "Multiboot2 header has an address tag, but no entry address tag"},
		{10,
		 0,
		 4,
		 {0, 0xffffffff, 0, 0},
		 "Multiboot2 relocation has an alignment of 0; expected a power of two"},
		{10,
		 0,
		 4,
		 {0, 0xffffffff, 12, 0},
		 "Multiboot2 relocation has an alignment of 12; expected a power of two"},
		{10,
		 0,
		 4,
		 {0x1000, 0x2ffe, 1, 0},
		 "Multiboot2 relocation: 0x2000 bytes have no place between 0x1000 and 0x2ffe"},
		{10,
		 0,
		 4,
		 {0x2000, 0x1000, 1, 0},
		 "Multiboot2 relocation: 0x2000 bytes have no place between 0x2000 and 0x1000"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		start(state);
		add_tag(rows[i].type, rows[i].flags, rows[i].words, rows[i].count);
		finish_header();
		assert_refused(&test, rows[i].reason);
		stop(state);
	}
}

static void bad_headers(void **state)
{
	(void)state;
	finish_header();
	put32(4, 4);
	put32(12, -(0xe85250d6 + 4 + header_size));
	assert_refused(&test, "Multiboot2 header is for architecture 4; expected 0 (i386)");
	put32(4, 0);
	put32(8, 16);
	put32(12, -(0xe85250d6 + 16));
	assert_refused(&test, "Multiboot2 header of 16 bytes has no end tag");
	put32(8, 8);
	put32(12, -(0xe85250d6 + 8));
	assert_refused(&test, "Multiboot2 header at 0x100 has 8 bytes; expected it within the "
			      "file's first 32768");
	put32(8, 0x7f01);
	put32(12, -(0xe85250d6 + 0x7f01));
	assert_refused(&test, "Multiboot2 header at 0x100 has 32513 bytes; expected it within the "
			      "file's first 32768");
	put32(8, header_size);
	put32(12, 0);
	test.slot.type = SWITCHYARD_MULTIBOOT2;
	assert_refused(&test,
		       "no Multiboot2 header with a right checksum in the first 32768 bytes");
}

static void bad_tag_sizes(void **state)
{
	(void)state;
	finish_header();
	put32(16, 4);
	put32(20, 7);
	assert_refused(&test, "Multiboot2 header tag of type 4 has 7 bytes; the header has 8 left");
	put32(20, 9);
	assert_refused(&test, "Multiboot2 header tag of type 4 has 9 bytes; the header has 8 left");
	put32(20, 0xffffffff);
	assert_false(inspect(&test));
	put32(20, 8);
	assert_refused(&test, "Multiboot2 header of 24 bytes has no end tag");
}

static void position_independent_without_the_tag(void **state)
{
	(void)state;
	finish_header();
	((Elf32_Ehdr *)test.file)->e_type = ET_DYN;
	assert_refused(&test, "Multiboot2 kernel is a position-independent ELF file without a "
			      "relocatable tag");
}

static void too_high_for_its_entry(void **state)
{
	Elf64_Phdr segment = {.p_type = PT_LOAD, .p_paddr = 8 * GIB, .p_filesz = 1, .p_memsz = 1};

	(void)state;
	make_elf64(&test, 0, &segment, 1);
	finish_header();
	assert_true(inspect(&test));
	assert_int_equal(test.slot.needs.base, 8 * GIB);
	assert_int_equal(test.slot.needs.max_end, 4 * GIB); /* so the plan refuses it */
}

/* Any header byte may have any value. No access is outside of the file and the slot. */
static void any_byte_may_be_wrong(void **state)
{
	static const uint32_t tag[] = {0x100000, 0xffffffff, 0x1000, 2};
	static const uint32_t addresses[] = {LOAD + 0x10, LOAD, LOAD + 0x800, LOAD + 0x1000};
	static const uint32_t entry = LOAD + 0x20;
	uint8_t good[128];

	(void)state;
	add_tag(2, 0, addresses, 4);
	add_tag(3, 0, &entry, 1);
	add_tag(10, 0, tag, 4);
	finish_header();
	memcpy(good, test.file + HEADER_AT, sizeof(good));
	make_ram(&test, LOAD, MIB, 64 * KIB);
	for (uint32_t offset = 16; offset < header_size; offset++) {
		for (uint32_t value = 0; value < 256; value += 3) {
			memcpy(test.file + HEADER_AT, good, sizeof(good));
			test.file[HEADER_AT + offset] = (uint8_t)value;
			test.slot.type = TYPE_AUTO;
			if (inspect(&test))
				load(&test);
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
#define ROWS(name) cmocka_unit_test(name) /* each row makes its own kernel */

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(elf_kernel),
		TEST(boot_information),
		TEST(what_the_machine_lacks),
		TEST(framebuffer),
		TEST(the_largest_information),
		TEST(address_and_entry_tags),
		TEST(load_from_the_beginning),
		ROWS(relocatable),
		TEST(a_large_alignment_needs_more),
		TEST(tags_that_change_nothing),
		ROWS(bad_tags),
		TEST(bad_headers),
		TEST(bad_tag_sizes),
		TEST(position_independent_without_the_tag),
		TEST(too_high_for_its_entry),
		TEST(any_byte_may_be_wrong),
	};

	return cmocka_run_group_tests_name("load_multiboot2", tests, NULL, NULL);
}
