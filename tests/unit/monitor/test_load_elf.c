/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of plain ELF kernels, and of load.c's messages for files that are no kernels. */
#include "kernels.h"
#include "reports.h"
#include "guest/linux/switchyard.h"

#define SIZE	 UINT64_C(0x3000)
#define CONTENTS 0x1000 /* file offset of the segments' contents */

static struct kernel_test test;

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static Elf64_Phdr segment64(uint64_t paddr, uint64_t filesz, uint64_t memsz)
{
	return (Elf64_Phdr){.p_type = PT_LOAD,
			    .p_offset = CONTENTS,
			    .p_vaddr = paddr,
			    .p_paddr = paddr,
			    .p_filesz = filesz,
			    .p_memsz = memsz};
}

static void make_two_segments(void)
{
	Elf64_Phdr segments[] = {segment64(4 * MIB + 0x800, 0x1800, 0x2000),
				 {.p_type = PT_NOTE, .p_offset = ~0ull, .p_filesz = ~0ull},
				 segment64(4 * MIB, 0x100, 0x100)};

	make_file(&test, SIZE);
	make_elf64(&test, 4 * MIB + 0x10, segments, 3);
	memset(test.file + CONTENTS, 0xf4, SIZE - CONTENTS);
}

static void elf64_is_loaded(void **state)
{
	(void)state;
	make_two_segments();
	assert_true(inspect(&test));
	assert_int_equal(test.slot.type, SWITCHYARD_ELF);
	assert_true(test.slot.needs.fixed);
	assert_int_equal(test.slot.needs.base, 4 * MIB);
	assert_int_equal(test.slot.needs.size, 0x2800);
	make_ram(&test, 4 * MIB, MIB, 64 * KIB);
	assert_true(load(&test));
	assert_int_equal(test.entry.mode, ENTRY_LONG);
	assert_int_equal(test.entry.ip, 4 * MIB + 0x10);
	assert_int_equal(test.entry.cx, SWITCHYARD_MAGIC);
	assert_int_equal(test.entry.dx, INFO_AT);
	assert_int_equal(test.entry.ax, 0);
	assert_bytes(4 * MIB, 0xf4, 0x100);
	assert_bytes(4 * MIB + 0x100, POISON, 0x700);
	assert_bytes(4 * MIB + 0x800, 0xf4, 0x1800);
	assert_bytes(4 * MIB + 0x2000, 0, 0x800);
	assert_bytes(4 * MIB + 0x2800, POISON, 0x1000);
}

/* The kernel runs at high virtual addresses, and its entry point is one of them. */
static void elf32_entry_is_translated(void **state)
{
	Elf32_Phdr segment = {.p_type = PT_LOAD,
			      .p_offset = CONTENTS,
			      .p_vaddr = 0xc0200000,
			      .p_paddr = 0x200000,
			      .p_filesz = 0x1000,
			      .p_memsz = 0x1000};

	(void)state;
	make_file(&test, SIZE);
	make_elf32(&test, 0xc0200123, &segment, 1);
	assert_true(inspect(&test));
	assert_int_equal(test.slot.needs.max_end, 4 * GIB);
	make_ram(&test, 2 * MIB, MIB, 0);
	assert_true(load(&test));
	assert_int_equal(test.entry.mode, ENTRY_PROTECTED);
	assert_int_equal(test.entry.ip, 0x200123);
}

/* The same, but the entry point is physical. */
static void elf32_physical_entry(void **state)
{
	Elf32_Phdr segment[] = {{.p_type = PT_LOAD,
				 .p_offset = CONTENTS,
				 .p_vaddr = 0x80100000,
				 .p_paddr = 0x100000,
				 .p_filesz = 0x1000,
				 .p_memsz = 0x1000},
				{.p_type = PT_LOAD,
				 .p_offset = CONTENTS,
				 .p_vaddr = 0x100000,
				 .p_paddr = 0x110000,
				 .p_filesz = 0x10,
				 .p_memsz = 0x10}};

	(void)state;
	make_file(&test, SIZE);
	make_elf32(&test, 0x10000c, segment, 1);
	assert_true(inspect(&test));
	make_ram(&test, MIB, MIB, 0);
	assert_true(load(&test));
	assert_int_equal(test.entry.ip, 0x10000c);
	/* The entry point is a virtual address in another segment, as the ABI says. */
	make_elf32(&test, 0x10000c, segment, 2);
	assert_true(inspect(&test));
	assert_true(load(&test));
	assert_int_equal(test.entry.ip, 0x11000c);
	make_elf32(&test, 0x101000, segment, 1);
	assert_false(inspect(&test));
}

static void bad_segments(void **state)
{
	const struct {
		Elf64_Phdr a, b;
		const char *reason;
	} rows[] = {
		{segment64(4 * MIB, 0x1000, 0x2000), segment64(4 * MIB + 0x1fff, 1, 1),
		 "ELF segments 0 (0x400000-0x402000) and 1 (0x401fff-0x402000) overlap"},
		{segment64(4 * MIB, 0x1000, 0x1000), segment64(3 * MIB, 1, 2 * MIB),
		 "ELF segments 0 (0x400000-0x401000) and 1 (0x300000-0x500000) overlap"},
		{segment64(4 * MIB, 0x1000, 0x1000), segment64(-0x1000ull, 0x1000, 0x2000),
		 "ELF segment 1 wraps: 0x2000 bytes at 0xfffffffffffff000"},
		{segment64(4 * MIB, 0x1000, 0x1000), segment64(1, 0x1000, -1ull),
		 "ELF segment 1 wraps: 0xffffffffffffffff bytes at 0x1"},
		{segment64(4 * MIB, 0x1000, 0x1000), segment64(1ull << 52, 0x1000, 0x1000),
		 "ELF segment 1 is 0x1000 bytes at 0x10000000000000; expected below "
		 "0x10000000000000"},
		{segment64(4 * MIB, 0x1000, 0x1000), segment64(8 * MIB, 0x2000, 0x1fff),
		 "ELF segment 1 has 8192 bytes in the file, but 8191 in memory"},
		{segment64(4 * MIB, 0x1000, 0x1000), segment64(8 * MIB, 1, 0),
		 "ELF segment 1 has 1 bytes in the file, but 0 in memory"},
		{segment64(4 * MIB, 0x1000, 0x1000), segment64(8 * MIB, 0x2001, 0x3000),
		 "ELF segment 1 is 0x2001 bytes at 0x1000, beyond the file's 0x3000"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		Elf64_Phdr segments[] = {rows[i].a, rows[i].b};

		make_file(&test, SIZE);
		make_elf64(&test, 4 * MIB, segments, 2);
		assert_refused(&test, rows[i].reason);
		fake_reset();
	}
}

static void bad_headers(void **state)
{
	const struct {
		size_t offset;
		uint16_t value;
		const char *reason;
	} rows[] = {
		{EI_CLASS, 3 | ELFDATA2LSB << 8, "ELF class 3; expected 1 (32 bits) or 2 (64)"},
		{EI_CLASS, ELFCLASS64 | ELFDATA2MSB << 8,
		 "ELF data encoding 2; expected 1 (little-endian)"},
		{offsetof(Elf64_Ehdr, e_machine), EM_AARCH64,
		 "ELF64 file for machine 183; expected 62"},
		{offsetof(Elf64_Ehdr, e_type), ET_REL,
		 "ELF file of type 1; expected 2 (executable)"},
		{offsetof(Elf64_Ehdr, e_type), ET_DYN,
		 "position-independent ELF file; expected one linked to an address, or a Multiboot2 "
		 "header that says it can be relocated"},
		{offsetof(Elf64_Ehdr, e_phnum), 0,
		 "ELF file has 0 program headers; expected 1 to 64"},
		{offsetof(Elf64_Ehdr, e_phnum), 65535,
		 "ELF file has 65535 program headers; expected 1 to 64"},
		{offsetof(Elf64_Ehdr, e_phentsize), 32,
		 "ELF program headers of 32 bytes; expected 56"},
		{offsetof(Elf64_Ehdr, e_phoff), 0x2fff,
		 "ELF program headers at 0x2fff, beyond the file's 12288 bytes"},
		{offsetof(Elf64_Ehdr, e_entry), 0x8000,
		 "ELF entry point 0x408000 is in no segment"},
		{sizeof(Elf64_Ehdr), PT_NULL, "ELF entry point 0x400010 is in no segment"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		make_two_segments();
		memset(test.file + sizeof(Elf64_Ehdr) + 2 * sizeof(Elf64_Phdr), 0,
		       sizeof(Elf64_Phdr));
		((Elf64_Phdr *)(test.file + sizeof(Elf64_Ehdr)))->p_vaddr = 4 * MIB;
		memcpy(test.file + rows[i].offset, &rows[i].value, sizeof(uint16_t));
		if (i == sizeof(rows) / sizeof(rows[0]) - 1)
			assert_refused(&test, "ELF file has no segment to load");
		else
			assert_refused(&test, rows[i].reason);
		fake_reset();
	}
}

static void short_files(void **state)
{
	(void)state;
	for (uint64_t size = 4; size < sizeof(Elf64_Ehdr); size++) {
		make_file(&test, size);
		memcpy(test.file, ELFMAG, SELFMAG);
		if (size > EI_CLASS)
			test.file[EI_CLASS] = ELFCLASS64;
		assert_false(inspect(&test));
		assert_non_null(strstr(test.error.text, "is shorter than its header"));
		fake_reset();
	}
}

static void no_kernel_at_all(void **state)
{
	(void)state;
	make_file(&test, 4096);
	assert_refused(&test, "not a kernel of a known type: no bzImage, Multiboot or ELF magic");
	test.file[0] = 0x1f;
	test.file[1] = 0x8b;
	assert_refused(&test, "kernel is compressed by gzip; GRUB unpacks it if its entry has "
			      "\"insmod gzio\"");
	fake_reset();
	make_file(&test, 1);
	assert_refused(&test, "not a kernel of a known type: no bzImage, Multiboot or ELF magic");
	test.slot.type = SWITCHYARD_ELF;
	assert_refused(&test, "no ELF magic at the file's beginning");
	test.slot.type = SWITCHYARD_LINUX;
	assert_refused(&test, "no bzImage: the magic \"HdrS\" is not at 0x202");
	test.slot.type = SWITCHYARD_MULTIBOOT1;
	assert_refused(&test, "no Multiboot header with a right checksum in the first 8192 bytes");
	test.slot.type = SWITCHYARD_MULTIBOOT2;
	assert_refused(&test,
		       "no Multiboot2 header with a right checksum in the first 32768 bytes");
	test.slot.kernel.size = 0;
	assert_refused(&test, "the kernel's file is empty");
}

static void what_plain_elf_can_not_take(void **state)
{
	(void)state;
	make_two_segments();
	test.slot.kernel.string = "x";
	assert_refused(&test,
		       "a plain ELF kernel takes no command line; expected nothing behind --");
	test.slot.kernel.string = "";
	add_initrd(&test, 10);
	assert_refused(&test, "a plain ELF kernel takes no initrd or modules; expected a Linux or "
			      "Multiboot kernel");
}

static void only_the_wrong_slot_is_dropped(void **state)
{
	static struct slot_table table;
	static struct reports reports;

	(void)state;
	make_two_segments();
	table.count = 3;
	for (uint32_t i = 0; i < table.count; i++) {
		table.slot[i] = test.slot;
		table.slot[i].name[0] = (char)('a' + i);
	}
	table.slot[1].kernel.size = 0;
	load_inspect_all(&table, keep_report, &reports);
	assert_int_equal(table.count, 2);
	assert_string_equal(table.slot[0].name, "a");
	assert_string_equal(table.slot[1].name, "c");
	assert_int_equal(table.slot[1].type, SWITCHYARD_ELF);
	assert_int_equal(reports.count, 1);
	assert_string_equal(reports.text[0], "slot b: the kernel's file is empty");
}

/* load_slot() never writes outside of the slot's range, even if the plan is wrong. */
static void outside_of_the_range(void **state)
{
	(void)state;
	make_two_segments();
	assert_true(inspect(&test));
	make_ram(&test, 4 * MIB, 0x2000, 64 * KIB);
	assert_false(load(&test));
	assert_string_equal(test.error.text,
			    "kernel needs 0x400000-0x402800, the slot has 0x400000-0x402000");
	test.slot.ram.base = 6 * MIB;
	test.slot.ram.size = 6 * MIB;
	assert_false(load(&test));
}

/* Any header byte may have any value. The call returns, without an access outside of the file. */
static void any_byte_may_be_wrong(void **state)
{
	(void)state;
	for (size_t offset = 0; offset < sizeof(Elf64_Ehdr) + 3 * sizeof(Elf64_Phdr); offset++) {
		for (unsigned int value = 0; value < 256; value += 15) {
			make_two_segments();
			test.file[offset] = (uint8_t)value;
			inspect(&test);
			fake_reset();
		}
	}
}

#define TEST(name) cmocka_unit_test_teardown(name, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(elf64_is_loaded),
		TEST(elf32_entry_is_translated),
		TEST(elf32_physical_entry),
		TEST(bad_segments),
		TEST(bad_headers),
		TEST(short_files),
		TEST(no_kernel_at_all),
		TEST(what_plain_elf_can_not_take),
		TEST(only_the_wrong_slot_is_dropped),
		TEST(outside_of_the_range),
		TEST(any_byte_may_be_wrong),
	};

	return cmocka_run_group_tests_name("load_elf", tests, NULL, NULL);
}
