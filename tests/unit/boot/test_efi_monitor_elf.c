// SPDX-License-Identifier: GPL-2.0-only
/* Loading a position-independent ELF file anywhere, and refusing what is none. */
#include "cmocka.h"
#include <elf.h>
#include <string.h>
#include "boot/efi/monitor_elf.h"

#define BASE	    0x100000ull
#define MEMORY_SIZE 0x2000ull
#define CONTENT	    0x11
#define ENTRY	    (BASE + 0x10)
#define WORD_AT	    0x200 /* of the image: relocated to the address of ENTRY */

/* One PT_LOAD segment, the whole struct from .dynamic on, with .bss behind it. */
static struct file {
	Elf64_Ehdr header;
	Elf64_Phdr segment[2];
	struct {
		uint8_t text[0x100];
		Elf64_Dyn dynamic[3];
		Elf64_Rela rela;
	} image;
} file;

#define OFFSET(member)	 ((uint64_t)offsetof(struct file, member))
#define IN_IMAGE(member) (OFFSET(member) - OFFSET(image))

static uint8_t memory[MEMORY_SIZE] __attribute__((aligned(4096)));

static int make_file(void **state)
{
	(void)state;
	memset(&file, 0, sizeof(file));
	memcpy(file.header.e_ident, ELFMAG, SELFMAG);
	file.header.e_ident[EI_CLASS] = ELFCLASS64;
	file.header.e_ident[EI_DATA] = ELFDATA2LSB;
	file.header.e_type = ET_DYN;
	file.header.e_machine = EM_X86_64;
	file.header.e_phoff = OFFSET(segment);
	file.header.e_phentsize = sizeof(Elf64_Phdr);
	file.header.e_phnum = 2;
	file.header.e_entry = ENTRY;
	file.segment[0] = (Elf64_Phdr){.p_type = PT_LOAD,
				       .p_offset = OFFSET(image),
				       .p_vaddr = BASE,
				       .p_filesz = sizeof(file.image),
				       .p_memsz = MEMORY_SIZE};
	file.segment[1] = (Elf64_Phdr){.p_type = PT_DYNAMIC,
				       .p_vaddr = BASE + IN_IMAGE(image.dynamic),
				       .p_memsz = sizeof(file.image.dynamic)};
	memset(file.image.text, CONTENT, sizeof(file.image.text));
	file.image.dynamic[0] =
		(Elf64_Dyn){.d_tag = DT_RELA, .d_un = {.d_ptr = BASE + IN_IMAGE(image.rela)}};
	file.image.dynamic[1] =
		(Elf64_Dyn){.d_tag = DT_RELASZ, .d_un = {.d_val = sizeof(Elf64_Rela)}};
	file.image.rela = (Elf64_Rela){.r_offset = BASE + WORD_AT,
				       .r_info = ELF64_R_INFO(0, R_X86_64_RELATIVE),
				       .r_addend = ENTRY};
	memset(memory, 0xff, sizeof(memory));
	return 0;
}

static void loaded_and_relocated(void **state)
{
	uint64_t bytes, entry, word;
	struct error error;

	(void)state;
	assert_true(monitor_elf_memory(&file, sizeof(file), &bytes, &error));
	assert_int_equal(bytes, MEMORY_SIZE);
	assert_true(monitor_elf_place(&file, sizeof(file), memory, &entry, &error));
	assert_int_equal(entry, (uint64_t)memory + (ENTRY - BASE));
	assert_int_equal(memory[0], CONTENT);
	memcpy(&word, memory + WORD_AT, sizeof(word));
	assert_int_equal(word, entry);
	for (uint64_t i = WORD_AT + sizeof(word); i < MEMORY_SIZE; i++)
		assert_int_equal(memory[i], 0);
}

static void assert_refused(const char *reason)
{
	struct error error;
	uint64_t entry;

	assert_false(monitor_elf_place(&file, sizeof(file), memory, &entry, &error));
	assert_non_null(strstr(error.text, reason));
}

static void no_such_elf_file(void **state)
{
	struct error error;
	uint64_t bytes;

	(void)state;
	for (uint64_t size = 0; size < OFFSET(image); size++)
		assert_false(monitor_elf_memory(&file, size, &bytes, &error));
	file.header.e_type = ET_EXEC;
	assert_refused("no position-independent ELF64 file");
	file.header.e_type = ET_DYN;
	file.header.e_phoff = UINT64_MAX - 8;
	assert_refused("no position-independent ELF64 file");
}

static void bad_segments(void **state)
{
	(void)state;
	file.segment[0].p_offset = sizeof(file);
	assert_refused("segment 0 of the monitor's image is cut");
	make_file(NULL);
	file.segment[0].p_memsz = file.segment[0].p_filesz - 1;
	assert_refused("segment 0 of the monitor's image is cut");
	make_file(NULL);
	file.segment[0].p_type = PT_NOTE;
	assert_refused("nothing to load");
}

static void bad_entry(void **state)
{
	(void)state;
	file.header.e_entry = BASE + MEMORY_SIZE;
	assert_refused("entry point");
}

static void bad_relocations(void **state)
{
	(void)state;
	file.image.rela.r_info = ELF64_R_INFO(0, R_X86_64_64);
	assert_refused("relocation 0 of the monitor's image is not relative");
	make_file(NULL);
	file.image.rela.r_offset = BASE + MEMORY_SIZE - 4;
	assert_refused("relocation 0 of the monitor's image is not relative");
	make_file(NULL);
	file.image.dynamic[0].d_un.d_ptr = BASE - 8;
	assert_refused("relocations outside");
	make_file(NULL);
	file.image.dynamic[1].d_un.d_val = MEMORY_SIZE;
	assert_refused("relocations outside");
	make_file(NULL);
	file.segment[1].p_vaddr = BASE + MEMORY_SIZE;
	assert_refused("relocations outside");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(loaded_and_relocated, make_file),
		cmocka_unit_test_setup(no_such_elf_file, make_file),
		cmocka_unit_test_setup(bad_segments, make_file),
		cmocka_unit_test_setup(bad_entry, make_file),
		cmocka_unit_test_setup(bad_relocations, make_file),
	};

	return cmocka_run_group_tests_name("efi_image", tests, NULL, NULL);
}
