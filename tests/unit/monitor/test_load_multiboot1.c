/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests of Multiboot 1 kernels: with address fields and as ELF, their boot information, and each
 * fault of a header.
 */
#include "kernels.h"
#include "guest/linux/switchyard.h"

#define SIZE	  UINT64_C(0x4000)
#define HEADER_AT 0x40
#define LOAD	  UINT32_C(0x100000)

/* Offsets into the boot information: Multiboot Specification 0.6.96, 3.3. */
enum {
	INFO_FLAGS = 0,
	INFO_MEM_LOWER = 4,
	INFO_MEM_UPPER = 8,
	INFO_COMMAND_LINE = 16,
	INFO_MODULE_COUNT = 20,
	INFO_MODULES = 24,
	INFO_MAP_LENGTH = 44,
	INFO_MAP = 48,
	INFO_LOADER_NAME = 64,
	INFO_FRAMEBUFFER = 88,
	INFO_FRAMEBUFFER_TYPE = 109,
};

static struct kernel_test test;

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

/* Loaded from the file's beginning; 0x1000 bytes of bss; entry at 0x10. */
static const uint32_t good_fields[] = {LOAD + HEADER_AT, LOAD, LOAD + SIZE, LOAD + SIZE + 0x1000,
				       LOAD + 0x10};

static void make_header(uint32_t flags, const uint32_t *fields)
{
	uint32_t header[8] = {0x1badb002, flags, -(0x1badb002u + flags)};

	if (fields)
		memcpy(&header[3], fields, 5 * sizeof(uint32_t));
	memcpy(test.file + HEADER_AT, header, sizeof(header));
}

static int start(void **state)
{
	(void)state;
	make_file(&test, SIZE);
	memset(test.file, 0xf4, SIZE);
	make_header(0x10003, good_fields);
	return 0;
}

static uint32_t info32(uint32_t offset)
{
	uint32_t value;

	memcpy(&value, (uint8_t *)phys(test.entry.bx) + offset, sizeof(value));
	return value;
}

static void flat_kernel(void **state)
{
	(void)state;
	assert_true(inspect(&test));
	assert_int_equal(test.slot.type, SWITCHYARD_MULTIBOOT1);
	assert_true(test.slot.needs.fixed);
	assert_int_equal(test.slot.needs.base, LOAD);
	assert_int_equal(test.slot.needs.size, SIZE + 0x1000 + 4096);
	assert_int_equal(test.slot.needs.max_end, 4 * GIB);
	make_ram(&test, MIB, MIB, 64 * KIB);
	assert_true(load(&test));
	assert_int_equal(test.entry.mode, ENTRY_PROTECTED);
	assert_int_equal(test.entry.ip, LOAD + 0x10);
	assert_int_equal(test.entry.ax, 0x2badb002);
	assert_int_equal(test.entry.cx, SWITCHYARD_MAGIC);
	assert_int_equal(test.entry.dx, INFO_AT);
	assert_memory_equal(phys(LOAD), test.file, SIZE);
	assert_bytes(LOAD + SIZE, 0, 0x1000);
	assert_bytes(LOAD + SIZE + 0x1000, POISON, 0x4000);
}

static void boot_information(void **state)
{
	(void)state;
	test.slot.kernel.string = "its own  \"command line\"";
	add_module(&test, 5000, "first");
	add_module(&test, 10, "");
	assert_true(inspect(&test));
	assert_int_equal(test.slot.needs.size, SIZE + 0x1000 + 8192 + 4096 + 2 * 4096);
	make_ram(&test, MIB, MIB, 64 * KIB);
	assert_true(load(&test));
	assert_true(test.entry.bx >= 64 * KIB && test.entry.bx < 128 * KIB);
	assert_int_equal(info32(INFO_FLAGS), 0x124d);
	assert_int_equal(info32(INFO_MEM_LOWER), 0);
	assert_int_equal(info32(INFO_MEM_UPPER), 1024);
	assert_string_equal(phys(info32(INFO_COMMAND_LINE)), "its own  \"command line\"");
	assert_string_equal(phys(info32(INFO_LOADER_NAME)), "Switchyard test");
	assert_int_equal(info32(INFO_FRAMEBUFFER), 0xb8000);
	assert_int_equal(info32(INFO_FRAMEBUFFER_TYPE) & 0xff, 2);
}

static void modules(void **state)
{
	uint32_t module[8];

	(void)state;
	add_module(&test, 5000, "first");
	add_module(&test, 10, "");
	assert_true(inspect(&test));
	make_ram(&test, MIB, MIB, 64 * KIB);
	assert_true(load(&test));
	assert_int_equal(info32(INFO_MODULE_COUNT), 2);
	memcpy(module, phys(info32(INFO_MODULES)), sizeof(module));
	assert_int_equal(module[0], LOAD + SIZE + 0x1000);
	assert_int_equal(module[1] - module[0], 5000);
	assert_string_equal(phys(module[2]), "first");
	assert_int_equal(module[4], module[0] + 8192);
	assert_int_equal(module[5] - module[4], 10);
	assert_string_equal(phys(module[6]), "");
	assert_bytes(module[0], 0x30, 5000);
	assert_bytes(module[4], 0x31, 10);
}

static void memory_map(void **state)
{
	const uint8_t *map;

	(void)state;
	assert_true(inspect(&test));
	make_ram(&test, MIB, MIB, 64 * KIB);
	assert_true(load(&test));
	assert_int_equal(info32(INFO_MAP_LENGTH), 3 * 24);
	map = phys(info32(INFO_MAP));
	for (uint32_t i = 0; i < 3; i++, map += 24) {
		const uint32_t size = 20;

		assert_memory_equal(map, &size, 4);
		assert_memory_equal(map + 4, &test.map[i].base, 8);
		assert_memory_equal(map + 12, &test.map[i].size, 8);
		assert_memory_equal(map + 20, &test.map[i].type, 4);
	}
}

/* If the slice is too small, the whole information lies behind the kernel. */
static void without_room_below_1m(void **state)
{
	static char line[BOOT_LINE_SIZE];
	static struct region map[GUEST_MAX_REGIONS];

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	test.slot.kernel.string = line;
	for (int i = 0; i < SLOT_MAX_MODULES; i++)
		add_module(&test, 1, line);
	assert_true(inspect(&test));
	make_ram(&test, MIB, (test.slot.needs.size + 4095) & -4096ull, 32 * KIB);
	test.context.map = map;
	test.context.map_count = GUEST_MAX_REGIONS;
	test.context.loader_name = "a loader's name that is much longer than anybody would make it";
	assert_true(load(&test));
	assert_int_equal(test.entry.bx, LOAD + SIZE + 0x1000);
	assert_string_equal(phys(info32(INFO_COMMAND_LINE)), line);
}

static void no_screen_no_upper_memory(void **state)
{
	static const uint32_t fields[] = {4 * MIB + HEADER_AT, 4 * MIB, 0, 0, 4 * MIB};

	(void)state;
	make_header(0x10000, fields);
	assert_true(inspect(&test));
	assert_int_equal(test.slot.needs.size, SIZE + 4096);
	make_ram(&test, 4 * MIB, MIB, 64 * KIB);
	test.context.screen = SCREEN_NONE;
	assert_true(load(&test));
	assert_int_equal(info32(INFO_FLAGS), 0x24d);
	assert_int_equal(info32(INFO_MEM_UPPER), 0);
}

static void framebuffer(void **state)
{
	static const uint8_t colours[] = {16, 8, 8, 7, 0, 6};
	const uint8_t *info;

	(void)state;
	assert_true(inspect(&test));
	make_ram(&test, MIB, (test.slot.needs.size + 4095) & -4096ull, 64 * KIB);
	give_framebuffer(&test);
	assert_true(load(&test));
	assert_int_equal(info32(INFO_FLAGS) & 1 << 12, 1 << 12);
	assert_int_equal(info32(88), 0x80000000);
	assert_int_equal(info32(92), 4);
	assert_int_equal(info32(96), 5136);
	assert_int_equal(info32(100), 1280);
	assert_int_equal(info32(104), 800);
	info = phys(test.entry.bx);
	assert_int_equal(info[108], 32);
	assert_int_equal(info[109], 1); /* RGB */
	assert_memory_equal(info + 110, colours, sizeof(colours));
}

/* Only a part of the file is loaded. It does not begin at the start of the file. */
static void part_of_the_file(void **state)
{
	static const uint32_t fields[] = {LOAD + 0x20, LOAD, LOAD + 0x100, 0, LOAD};

	(void)state;
	for (uint32_t i = 0; i < 0x100; i++)
		test.file[HEADER_AT - 0x20 + i] = (uint8_t)i;
	make_header(0x10000, fields);
	assert_true(inspect(&test));
	make_ram(&test, MIB, MIB, 64 * KIB);
	assert_true(load(&test));
	assert_memory_equal(phys(LOAD), test.file + HEADER_AT - 0x20, 0x100);
	assert_bytes(LOAD + 0x100, POISON, 0x100);
}

static void elf_kernel(void **state)
{
	Elf32_Phdr segment = {.p_type = PT_LOAD,
			      .p_offset = 0x1000,
			      .p_vaddr = 0xc0100000,
			      .p_paddr = LOAD,
			      .p_filesz = 0x1000,
			      .p_memsz = 0x2000};

	const uint32_t header[3] = {0x1badb002, 3, -(0x1badb002u + 3)};

	(void)state;
	make_elf32(&test, 0xc0100008, &segment, 1);
	memcpy(test.file + 0x1000 - sizeof(header), header, sizeof(header));
	assert_true(inspect(&test));
	assert_int_equal(test.slot.type, SWITCHYARD_MULTIBOOT1);
	assert_int_equal(test.slot.needs.size, 0x2000 + 4096);
	make_ram(&test, MIB, MIB, 64 * KIB);
	assert_true(load(&test));
	assert_int_equal(test.entry.ip, LOAD + 8);
	assert_bytes(LOAD, 0xf4, 0x1000);
	assert_bytes(LOAD + 0x1000, 0, 0x1000);
}

static void bad_headers(void **state)
{
	static const struct {
		uint32_t flags;
		uint32_t fields[5];
		const char *reason;
	} rows[] = {
		{0x1000b,
		 {LOAD + HEADER_AT, LOAD, 0, 0, LOAD},
		 "Multiboot header requires flags 0xb; supported are 0x7"},
		{0x10000,
		 {LOAD, LOAD + 1, 0, 0, LOAD},
		 "Multiboot address fields: header at 0x100000, load at 0x100001, but the header is "
		 "0x40 bytes into the file"},
		{0x10000,
		 {LOAD + HEADER_AT + 1, LOAD, 0, 0, LOAD},
		 "Multiboot address fields: header at 0x100041, load at 0x100000, but the header is "
		 "0x40 bytes into the file"},
		{0x10000,
		 {LOAD + HEADER_AT, LOAD, LOAD + SIZE + 1, 0, LOAD},
		 "Multiboot address fields: load 0x100000 to 0x104001, but the file has 0x4000 bytes "
		 "for it"},
		{0x10000,
		 {LOAD + HEADER_AT, LOAD, LOAD - 1, 0, LOAD},
		 "Multiboot address fields: load 0x100000 to 0xfffff, but the file has 0x4000 bytes "
		 "for it"},
		{0x10000,
		 {LOAD + HEADER_AT, LOAD, 0, LOAD + SIZE - 1, LOAD},
		 "Multiboot address fields: bss ends at 0x103fff, before 0x104000 where the loaded "
		 "part ends"},
		{0x10000,
		 {LOAD + HEADER_AT, LOAD, LOAD, 0, LOAD},
		 "Multiboot address fields: nothing to load"},
		{0x10000,
		 {LOAD + HEADER_AT, LOAD, 0, 0, LOAD + SIZE},
		 "Multiboot entry point 0x104000 is outside of the kernel, 0x100000-0x104000"},
		{0, {0}, "Multiboot kernel without address fields is no ELF file either"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_header(rows[i].flags, rows[i].fields);
		assert_refused(&test, rows[i].reason);
	}
}

/* A header must lie in the first 8192 bytes, at a multiple of 4, and have the right sum. */
static void where_headers_are_found(void **state)
{
	const uint32_t header[3] = {0x1badb002, 0, -0x1badb002u};
	static const struct {
		uint32_t offset;
		bool found;
	} rows[] = {{0, true}, {8180, true}, {8184, false}, {8192, false}, {42, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		memset(test.file, 0, SIZE);
		memcpy(test.file + rows[i].offset, header, sizeof(header));
		assert_false(inspect(&test));
		assert_int_equal(!strncmp(test.error.text, "Multiboot kernel", 16), rows[i].found);
	}
	memset(test.file, 0, SIZE);
	memcpy(test.file, header, sizeof(header));
	test.file[8]++;
	assert_refused(&test, "not a kernel of a known type: no bzImage, Multiboot or ELF magic");
	test.file[8]--;
	for (uint64_t size = 0; size < 32; size++) {
		test.slot.kernel.size = size;
		assert_false(inspect(&test));
	}
}

static void no_initrd(void **state)
{
	(void)state;
	add_initrd(&test, 10);
	assert_refused(&test, "a Multiboot kernel takes no initrd; expected module lines");
}

/* Any header byte may have any value. No access is outside of the file and the slot. */
static void any_byte_may_be_wrong(void **state)
{
	(void)state;
	make_ram(&test, MIB, MIB, 64 * KIB);
	for (uint32_t field = 0; field < 5; field++) {
		for (uint32_t byte = 0; byte < 32; byte += 8) {
			for (uint32_t value = 0; value < 256; value += 5) {
				uint32_t fields[5];

				memcpy(fields, good_fields, sizeof(fields));
				fields[field] &= ~(0xffu << byte);
				fields[field] |= value << byte;
				make_header(0x10000, fields);
				test.slot.type = TYPE_AUTO;
				if (inspect(&test))
					load(&test);
			}
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(flat_kernel),
		TEST(boot_information),
		TEST(modules),
		TEST(memory_map),
		TEST(without_room_below_1m),
		TEST(no_screen_no_upper_memory),
		TEST(framebuffer),
		TEST(part_of_the_file),
		TEST(elf_kernel),
		TEST(bad_headers),
		TEST(where_headers_are_found),
		TEST(no_initrd),
		TEST(any_byte_may_be_wrong),
	};

	return cmocka_run_group_tests_name("load_multiboot1", tests, NULL, NULL);
}
