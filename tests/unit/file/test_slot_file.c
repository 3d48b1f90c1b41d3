// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of how syctl reads the file of a snapshot: the driver's own code writes it here, and what is
 * wrong with it is one line each.
 */
#include "cmocka.h"
#include "guest/syctl/slot_file.c"
#include "guest/linux/format/core_notes.h"

#define LOW_AT	 0x10000u
#define LOW_SIZE 0x2000u
#define RAM_AT	 0x400000u
#define RAM_SIZE 0x8000u
#define RECORD	 (sizeof(struct switchyard_record) + 64)
#define OWN	 "SLOT=beta\nSTATE=parked\nTURN=1\nLEVEL=17\nSNAPSHOT=noon\nSUM=0123456789abcdef\n"

static uint8_t made[0x20000];
static uint64_t made_size;
static char text[SWITCHYARD_TEXT_SIZE];
static struct slot_file file;
static union {
	struct switchyard_record record;
	uint8_t bytes[RECORD];
} kept;

static void make(const char *own, bool with_record)
{
	static const struct switchyard_memory memory = {
		.size = sizeof(memory),
		.range_count = 2,
		.range = {{LOW_AT, LOW_SIZE}, {RAM_AT, RAM_SIZE}},
		.image = {RAM_AT + 0x2000, 0x1000},
		.image_address = 0xffffffff81000000,
		.bits = 64,
	};
	struct switchyard_core_of of = {
		.memory = &memory,
		.own = own,
		.own_size = (uint32_t)strlen(own),
		.record = with_record ? &kept : NULL,
		.record_size = with_record ? RECORD : 0,
	};

	of.ram = note_padded(switchyard_core_room(&memory, of.own_size + of.record_size));
	of.ram = (of.ram + SLOT_FILE_PAGE - 1) / SLOT_FILE_PAGE * SLOT_FILE_PAGE;
	memset(made, 0, sizeof(made));
	switchyard_core_write(made, &of);
	made_size = of.ram + LOW_SIZE + RAM_SIZE;
}

static int start(void **state)
{
	(void)state;
	memset(&kept, 0, sizeof(kept));
	kept.record = (struct switchyard_record){
		.size = RECORD,
		.version = SWITCHYARD_RECORD_VERSION,
		.slot = "beta",
		.low = {LOW_AT, LOW_SIZE},
		.ram = {RAM_AT, RAM_SIZE},
	};
	make(OWN, true);
	return 0;
}

static const char *read_made(void)
{
	return slot_file_read(made, made_size, made_size, &file, text);
}

static void is_wrong(const char *line)
{
	const char *error = read_made();

	assert_non_null(error);
	assert_string_equal(error, line);
	start(NULL);
}

/*
 * Number n of the headers of memory: the image's comes first, then low memory, then the rest. That of
 * notes is before.
 */
static Elf64_Phdr *memory_header(int32_t n)
{
	Elf64_Ehdr *elf = (void *)made;

	return (Elf64_Phdr *)(made + elf->e_phoff) + 1 + n;
}

static void what_dump_writes_is_read(void **state)
{
	(void)state;
	assert_null(read_made());
	assert_string_equal(file.slot, "beta");
	assert_string_equal(file.snapshot, "noon");
	assert_int_equal(file.sum, 0x0123456789abcdef);
	assert_memory_equal(made + file.sum_at, "0123456789abcdef\n", 17);
	assert_int_equal(file.record_size, RECORD);
	assert_memory_equal(made + file.record_at, &kept, RECORD);
	assert_int_equal(file.piece_count, 2);
	assert_int_equal(file.piece[0].physical, LOW_AT);
	assert_int_equal(file.piece[0].size, LOW_SIZE);
	assert_int_equal(file.piece[1].physical, RAM_AT);
	assert_int_equal(file.piece[1].offset, file.piece[0].offset + LOW_SIZE);
	assert_int_equal(file.piece[1].offset + RAM_SIZE, made_size);
}

static void other_files(void **state)
{
	(void)state;
	memcpy(made, "KDUMP   ", 8);
	is_wrong(
		"a dump of makedumpfile, which has no way back; dump the snapshot without -d: free "
		"pages and zeros are left out all the same");
	made[0] = 0;
	is_wrong("no ELF file; expected one that \"syctl dump SLOT@NAME FILE\" has written");
	made[EI_CLASS] = ELFCLASS32;
	is_wrong("not a core file of an x86-64 kernel");
	((Elf64_Ehdr *)(void *)made)->e_phnum = 65;
	is_wrong("65 program headers of 56 bytes; expected 1 to 64 of 56");
	((Elf64_Ehdr *)(void *)made)->e_phoff = UINT64_MAX - 8;
	is_wrong("cut off in its headers");
	make("SLOT=beta\nSTATE=parked\nTURN=1\nLEVEL=0 \n", false);
	is_wrong("the memory of slot beta, not of a snapshot, so that it can't be restored");
	make("SLOT=beta\nLEVEL=31\nSNAPSHOT=noon\nSUM=0123456789abcdef\n", true);
	is_wrong("level 31, so pages in use are missing; expected 0, 1, 16 or 17");
	make("SLOT=beta\nLEVEL=16\nSNAPSHOT=noon\n", false);
	is_wrong("an older version's: its note SWITCHYARD has no SUM=");
	make("SLOT=beta\nLEVEL=16\nSNAPSHOT=noon\nSUM=" SWITCHYARD_NO_SUM "\n", true);
	assert_int_not_equal(slot_file_sum_place(made, made_size), 0);
	is_wrong("it has no sum, which \"syctl dump beta@noon FILE\" adds");
	make(OWN, false);
	is_wrong("snapshot noon of slot beta can only be read: its devices worked, its other CPUs "
		 "were online, or the monitor was older");
}

static void files_that_were_cut_off(void **state)
{
	uint64_t whole = made_size;

	(void)state;
	made_size--;
	is_wrong("cut off: 45055 bytes; expected 45056");
	/* Wherever it ends, there is a reason. */
	for (uint64_t size = 0; size < whole; size++) {
		assert_non_null(slot_file_read(made, size, size, &file, text));
		assert_null(strchr(text, '\n'));
	}
}

static void headers_that_lie(void **state)
{
	(void)state;
	memory_header(2)->p_offset -= SLOT_FILE_PAGE;
	is_wrong("memory at 0x400000 overlaps what is before it");
	memory_header(0)->p_offset += SLOT_FILE_PAGE;
	is_wrong("memory at 0x402000 overlaps other memory, or is not the slot's");
	memory_header(0)->p_paddr = 0x100000;
	is_wrong("memory at 0x100000 overlaps other memory, or is not the slot's");
	memory_header(2)->p_filesz -= SLOT_FILE_PAGE;
	is_wrong("no header of the 32 KiB at 0x400000, which its record names");
	memory_header(2)->p_offset++;
	is_wrong("memory at 0x400000 is not in whole pages");
	memory_header(2)->p_offset = UINT64_MAX / SLOT_FILE_PAGE * SLOT_FILE_PAGE;
	is_wrong("memory at 0x400000 overlaps what is before it");
	memory_header(0)->p_type = PT_NOTE;
	is_wrong("more than one header of notes");
	memory_header(-1)->p_type = PT_LOAD;
	is_wrong("no header of notes");
	memory_header(-1)->p_filesz = UINT64_MAX;
	is_wrong("cut off in its notes");
	memory_header(-1)->p_filesz -= 8;
	is_wrong("a note is longer than all notes are");
}

static void records_that_lie(void **state)
{
	(void)state;
	kept.record.version = 2;
	make(OWN, true);
	is_wrong("a record of version 2; expected 1");
	kept.record.size--;
	make(OWN, true);
	assert_non_null(read_made());
	start(NULL);
	strcpy(kept.record.slot, "alpha");
	make(OWN, true);
	is_wrong("its note SWITCHYARD says slot beta, and its record another one");
}

static void one_bit_changes_the_sum(void **state)
{
	uint64_t sum = 0, other = 0, parts = 0;

	(void)state;
	slot_file_add(&sum, made, made_size, 0);
	slot_file_add(&parts, made, 2 * SLOT_FILE_PAGE, 0);
	slot_file_add(&parts, made + 2 * SLOT_FILE_PAGE, made_size - 2 * SLOT_FILE_PAGE,
		      2 * SLOT_FILE_PAGE);
	assert_true(sum == parts);
	made[made_size - 1] ^= 1;
	slot_file_add(&other, made, made_size, 0);
	assert_true(sum != other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(what_dump_writes_is_read, start),
		cmocka_unit_test_setup(other_files, start),
		cmocka_unit_test_setup(files_that_were_cut_off, start),
		cmocka_unit_test_setup(headers_that_lie, start),
		cmocka_unit_test_setup(records_that_lie, start),
		cmocka_unit_test_setup(one_bit_changes_the_sum, start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
