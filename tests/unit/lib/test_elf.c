// SPDX-License-Identifier: GPL-2.0-only
/* Tests of reading ELF files of both classes, and of refusing those with wrong headers. */
#include "cmocka.h"
#include <elf.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "lib/elf.h"

#define CONTENT 0x5a
#define POISON	0xa5

static struct file32 {
	Elf32_Ehdr header;
	Elf32_Phdr segment[2];
	uint8_t contents[0x100];
} file32;

static struct file64 {
	Elf64_Ehdr header;
	Elf64_Phdr segment[2];
	uint8_t contents[0x100];
} file64;

static void make_file32(void)
{
	file32 = (struct file32){
		.header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB},
			   .e_type = ET_EXEC,
			   .e_machine = EM_386,
			   .e_entry = 0xc0100010,
			   .e_phoff = offsetof(struct file32, segment),
			   .e_phentsize = sizeof(Elf32_Phdr),
			   .e_phnum = 2},
		.segment = {{.p_type = PT_NOTE},
			    {.p_type = PT_LOAD,
			     .p_offset = offsetof(struct file32, contents),
			     .p_vaddr = 0xc0100000,
			     .p_paddr = 0x100000,
			     .p_filesz = 0x100,
			     .p_memsz = 0x180}},
	};
	memset(file32.contents, CONTENT, sizeof(file32.contents));
}

static void make_file64(void)
{
	file64 = (struct file64){
		.header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB},
			   .e_type = ET_DYN,
			   .e_machine = EM_AARCH64,
			   .e_entry = 0xffffffff81000010,
			   .e_phoff = offsetof(struct file64, segment),
			   .e_phentsize = sizeof(Elf64_Phdr),
			   .e_phnum = 2},
		.segment = {{.p_type = PT_DYNAMIC},
			    {.p_type = PT_LOAD,
			     .p_offset = offsetof(struct file64, contents),
			     .p_vaddr = 0xffffffff81000000,
			     .p_paddr = 0x1000000,
			     .p_filesz = 0x100,
			     .p_memsz = 0x180}},
	};
	memset(file64.contents, CONTENT, sizeof(file64.contents));
}

static int start(void **state)
{
	(void)state;
	make_file32();
	make_file64();
	return 0;
}

/* Calls the functions that a reader calls before it uses the file's segments. */
static bool accepts(struct elf_file *file, const void *bytes, uint64_t size, struct error *error)
{
	if (!elf_open(file, bytes, size, error) || !elf_check_table(file, error))
		return false;
	for (uint32_t i = 0; i < file->segments; i++) {
		struct elf_segment segment = elf_segment(file, i);

		if (elf_is_loaded(&segment) && !elf_check_segment(file, i, &segment, error))
			return false;
	}
	return true;
}

static void assert_contents(const struct elf_file *file, const struct elf_segment *segment)
{
	uint8_t memory[0x200];

	memset(memory, POISON, sizeof(memory));
	elf_copy_segment(file, segment, memory);
	for (uint32_t i = 0; i < sizeof(memory); i++)
		assert_int_equal(memory[i], i < 0x100 ? CONTENT : i < 0x180 ? 0 : POISON);
}

static void class_32(void **state)
{
	struct elf_segment segment;
	struct elf_file file;
	struct error error;

	(void)state;
	assert_true(accepts(&file, &file32, sizeof(file32), &error));
	assert_false(file.is_64);
	assert_int_equal(file.type, ET_EXEC);
	assert_int_equal(file.machine, EM_386);
	assert_int_equal(file.entry, 0xc0100010);
	assert_int_equal(file.segments, 2);
	segment = elf_segment(&file, 0);
	assert_int_equal(segment.type, PT_NOTE);
	segment = elf_segment(&file, 1);
	assert_int_equal(segment.type, PT_LOAD);
	assert_int_equal(segment.offset, offsetof(struct file32, contents));
	assert_int_equal(segment.vaddr, 0xc0100000);
	assert_int_equal(segment.paddr, 0x100000);
	assert_int_equal(segment.filesz, 0x100);
	assert_int_equal(segment.memsz, 0x180);
	assert_contents(&file, &segment);
}

static void class_64(void **state)
{
	struct elf_segment segment;
	struct elf_file file;
	struct error error;

	(void)state;
	assert_true(accepts(&file, &file64, sizeof(file64), &error));
	assert_true(file.is_64);
	assert_int_equal(file.type, ET_DYN);
	assert_int_equal(file.machine, EM_AARCH64);
	assert_int_equal(file.entry, 0xffffffff81000010);
	assert_int_equal(file.segments, 2);
	segment = elf_segment(&file, 1);
	assert_int_equal(segment.type, PT_LOAD);
	assert_int_equal(segment.offset, offsetof(struct file64, contents));
	assert_int_equal(segment.vaddr, 0xffffffff81000000);
	assert_int_equal(segment.paddr, 0x1000000);
	assert_int_equal(segment.filesz, 0x100);
	assert_int_equal(segment.memsz, 0x180);
	assert_contents(&file, &segment);
}

/* A file of a later version of the format may have program headers with more fields. */
static void longer_rows(void **state)
{
	struct {
		Elf64_Ehdr header;
		struct {
			Elf64_Phdr known;
			uint64_t more;
		} segment[2];
	} longer = {.header = file64.header};
	struct elf_file file;
	struct error error;

	(void)state;
	longer.header.e_phentsize = sizeof(longer.segment[0]);
	longer.segment[1].known.p_vaddr = 0x1234;
	assert_true(accepts(&file, &longer, sizeof(longer), &error));
	assert_int_equal(elf_segment(&file, 1).vaddr, 0x1234);
}

static void what_is_loaded(void **state)
{
	struct elf_segment segment = {.type = PT_LOAD};

	(void)state;
	assert_false(elf_is_loaded(&segment));
	segment.memsz = 1;
	assert_true(elf_is_loaded(&segment));
	segment.type = PT_NOTE;
	assert_false(elf_is_loaded(&segment));
	/* The segment has contents, but no memory for them, so a reader must refuse it. */
	segment = (struct elf_segment){.type = PT_LOAD, .filesz = 1};
	assert_true(elf_is_loaded(&segment));
}

static void assert_refused(const void *bytes, uint64_t size, const char *reason)
{
	void *exact = malloc(size); /* so that AddressSanitizer catches reads beyond it */
	struct elf_file file;
	struct error error;

	assert_non_null(exact);
	memcpy(exact, bytes, size);
	assert_false(accepts(&file, exact, size, &error));
	assert_string_equal(error.text, reason);
	free(exact);
}

static void cut_files(void **state)
{
	char reason[80];

	(void)state;
	for (uint64_t size = 1; size < SELFMAG; size++)
		assert_refused(&file64, size, "no ELF magic at the file's beginning");
	for (uint64_t size = SELFMAG; size < sizeof(Elf64_Ehdr); size++) {
		snprintf(reason, sizeof(reason), "ELF file of %lu bytes is shorter than its header",
			 size);
		assert_refused(&file64, size, reason);
		if (size < sizeof(Elf32_Ehdr))
			assert_refused(&file32, size, reason);
	}
	for (uint64_t size = sizeof(Elf64_Ehdr); size < offsetof(struct file64, contents); size++) {
		snprintf(reason, sizeof(reason),
			 "ELF program headers at 0x40, beyond the file's %lu bytes", size);
		assert_refused(&file64, size, reason);
	}
	assert_refused(&file64, sizeof(file64) - 1,
		       "ELF segment 1 is 0x100 bytes at 0xb0, beyond the file's 0x1af");
}

static void bad_ident(void **state)
{
	(void)state;
	file64.header.e_ident[EI_MAG3] = 'f';
	assert_refused(&file64, sizeof(file64), "no ELF magic at the file's beginning");
	make_file64();
	file64.header.e_ident[EI_CLASS] = ELFCLASSNONE;
	assert_refused(&file64, sizeof(file64), "ELF class 0; expected 1 (32 bits) or 2 (64)");
	file64.header.e_ident[EI_CLASS] = 3;
	assert_refused(&file64, sizeof(file64), "ELF class 3; expected 1 (32 bits) or 2 (64)");
	make_file64();
	file64.header.e_ident[EI_DATA] = ELFDATA2MSB;
	assert_refused(&file64, sizeof(file64), "ELF data encoding 2; expected 1 (little-endian)");
}

static void lying_tables(void **state)
{
	(void)state;
	file64.header.e_phentsize = sizeof(Elf64_Phdr) - 1;
	assert_refused(&file64, sizeof(file64), "ELF program headers of 55 bytes; expected 56");
	file32.header.e_phentsize = 0;
	assert_refused(&file32, sizeof(file32), "ELF program headers of 0 bytes; expected 32");
	make_file64();
	file64.header.e_phentsize = 0xffff;
	assert_refused(&file64, sizeof(file64),
		       "ELF program headers at 0x40, beyond the file's 432 bytes");
	make_file64();
	file64.header.e_phnum = 0xffff;
	assert_refused(&file64, sizeof(file64),
		       "ELF program headers at 0x40, beyond the file's 432 bytes");
	make_file64();
	file64.header.e_phoff = UINT64_MAX - 8;
	assert_refused(&file64, sizeof(file64),
		       "ELF program headers at 0xfffffffffffffff7, beyond the file's 432 bytes");
	make_file32();
	file32.header.e_phoff = UINT32_MAX;
	assert_refused(&file32, sizeof(file32),
		       "ELF program headers at 0xffffffff, beyond the file's 372 bytes");
}

static void lying_segments(void **state)
{
	const struct {
		uint64_t offset, vaddr, paddr, filesz, memsz;
		const char *reason;
	} rows[] = {
		{0xb0, 0, 0, 0x100, 0xff,
		 "ELF segment 1 has 256 bytes in the file, but 255 in memory"},
		{0xb0, 0, 0, 1, 0, "ELF segment 1 has 1 bytes in the file, but 0 in memory"},
		{0xb1, 0, 0, 0x100, 0x100,
		 "ELF segment 1 is 0x100 bytes at 0xb1, beyond the file's 0x1b0"},
		{0x1b1, 0, 0, 0, 1, "ELF segment 1 is 0 bytes at 0x1b1, beyond the file's 0x1b0"},
		{UINT64_MAX, 0, 0, 2, 2,
		 "ELF segment 1 is 0x2 bytes at 0xffffffffffffffff, beyond the file's 0x1b0"},
		{0xb0, 0, UINT64_MAX, 1, 2, "ELF segment 1 wraps: 0x2 bytes at 0xffffffffffffffff"},
		{0xb0, UINT64_MAX, 0, 1, 2, "ELF segment 1 wraps: 0x2 bytes at 0"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		file64.segment[1] = (Elf64_Phdr){.p_type = PT_LOAD,
						 .p_offset = rows[i].offset,
						 .p_vaddr = rows[i].vaddr,
						 .p_paddr = rows[i].paddr,
						 .p_filesz = rows[i].filesz,
						 .p_memsz = rows[i].memsz};
		assert_refused(&file64, sizeof(file64), rows[i].reason);
	}
}

/* The last byte of virtual addresses is an address, too: kernels have segments up to there. */
static void a_segment_may_end_at_the_top(void **state)
{
	struct elf_file file;
	struct error error;

	(void)state;
	file64.segment[1].p_vaddr = -file64.segment[1].p_memsz;
	assert_true(accepts(&file, &file64, sizeof(file64), &error));
}

/* A loader may put a file anywhere, so nothing in it needs to be aligned. */
static void at_any_address(void **state)
{
	static uint8_t memory[sizeof(file64) + 1];
	struct elf_file file;
	struct error error;

	(void)state;
	memcpy(memory + 1, &file64, sizeof(file64));
	assert_true(accepts(&file, memory + 1, sizeof(file64), &error));
	assert_int_equal(elf_segment(&file, 1).paddr, 0x1000000);
	memcpy(memory + 1, &file32, sizeof(file32));
	assert_true(accepts(&file, memory + 1, sizeof(file32), &error));
	assert_int_equal(elf_segment(&file, 1).paddr, 0x100000);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(class_32),	      TEST(class_64),	    TEST(longer_rows),
		TEST(what_is_loaded), TEST(cut_files),	    TEST(bad_ident),
		TEST(lying_tables),   TEST(lying_segments), TEST(a_segment_may_end_at_the_top),
		TEST(at_any_address),
	};

	return cmocka_run_group_tests_name("elf", tests, NULL, NULL);
}
