/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kernels.h - small kernel images for the loaders' tests, made byte by byte, and a slot for them.
 */
#ifndef TESTS_KERNELS_H
#define TESTS_KERNELS_H

#include <elf.h>
#include <string.h>
#include "arch/x86/memory/phys.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "monitor/load/load.h"
#include "monitor/config/lines.h"
#include "lib/units.h"

#define POISON	  0xa5			/* what RAM holds before a loader writes to it */
#define FILE_AT	  (3 * GIB)		/* address of the kernel's file */
#define INITRD_AT (3 * GIB + 256 * MIB) /* address of the initrd */
#define MODULE_AT (3 * GIB + 512 * MIB) /* address of the modules */
#define RSDP_AT	  (3 * GIB + 768 * MIB)
#define INFO_AT \
	UINT64_C(0x3f000000) /* the slot's struct switchyard_info; only its address is used */

/* One slot, its memory map, and the result of load_slot(). */
struct kernel_test {
	struct slot slot;
	struct region map[4];
	struct load_context context;
	struct guest_entry entry;
	struct error error;
	uint8_t *file;
};

/* Makes a kernel file of size bytes, all zero. */
static inline uint8_t *make_file(struct kernel_test *test, uint64_t size)
{
	memset(test, 0, sizeof(*test));
	test->file = fake_memory(FILE_AT, size, 0);
	test->slot.kernel = (struct image){.base = FILE_AT, .size = size, .string = ""};
	test->slot.initrd.string = "";
	return test->file;
}

/* Gives the slot RAM: [base, base + size) and a slice of low_size bytes at 64 KiB. */
static inline void make_ram(struct kernel_test *test, uint64_t base, uint64_t size,
			    uint64_t low_size)
{
	test->slot.ram = (struct region){.base = base, .size = size, .type = REGION_RAM};
	test->slot.low = (struct region){.base = 64 * KIB, .size = low_size, .type = REGION_RAM};
	fake_memory(base, size, POISON);
	if (low_size)
		fake_memory(64 * KIB, low_size, POISON);
	memcpy(fake_memory(RSDP_AT, 36, 0), "RSD PTR ", 8);
	test->map[0] = test->slot.low;
	test->map[1] = (struct region){.base = 0xf0000, .size = 64 * KIB, .type = REGION_RESERVED};
	test->map[2] = test->slot.ram;
	test->context = (struct load_context){.map = test->map,
					      .map_count = 3,
					      .rsdp = RSDP_AT,
					      .rsdp_size = 36,
					      .info = INFO_AT,
					      .screen = SCREEN_TEXT,
					      .cursor_column = 7,
					      .cursor_row = 24,
					      .loader_name = "Switchyard test"};
}

/* The kernel finds a framebuffer above 4 GiB instead of text mode. */
static inline void give_framebuffer(struct kernel_test *test)
{
	static const struct boot_framebuffer mode = {.base = 0x480000000,
						     .pitch = 5136,
						     .width = 1280,
						     .height = 800,
						     .bits = 32,
						     .red = {16, 8},
						     .green = {8, 7},
						     .blue = {0, 6}};

	test->context.screen = SCREEN_FRAMEBUFFER;
	test->context.framebuffer = &mode;
}

static inline void add_initrd(struct kernel_test *test, uint64_t size)
{
	memset(fake_memory(INITRD_AT, size, 0x1d), 0x77, 1);
	test->slot.initrd = (struct image){.base = INITRD_AT, .size = size, .string = ""};
}

static inline void add_module(struct kernel_test *test, uint64_t size, const char *string)
{
	uint64_t base = MODULE_AT + test->slot.module_count * 16 * MIB;

	fake_memory(base, size, (uint8_t)(0x30 + test->slot.module_count));
	test->slot.module[test->slot.module_count++] =
		(struct image){.base = base, .size = size, .string = string};
}

static inline bool inspect(struct kernel_test *test)
{
	return load_inspect(&test->slot, &test->error);
}

static inline bool load(struct kernel_test *test)
{
	return load_slot(&test->slot, &test->context, &test->entry, &test->error);
}

static inline void assert_refused(struct kernel_test *test, const char *reason)
{
	assert_false(inspect(test));
	assert_string_equal(test->error.text, reason);
}

static inline void assert_bytes(uint64_t address, uint8_t value, uint64_t size)
{
	for (uint64_t i = 0; i < size; i++)
		assert_int_equal(*(uint8_t *)phys(address + i), value);
}

/*
 * Writes the headers of an ELF file with count segments into test->file. The segments' file offsets
 * come from the caller.
 */
static inline void make_elf32(struct kernel_test *test, uint32_t entry, const Elf32_Phdr *segments,
			      uint16_t count)
{
	Elf32_Ehdr header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
			     .e_type = ET_EXEC,
			     .e_machine = EM_386,
			     .e_entry = entry,
			     .e_phoff = sizeof(header),
			     .e_phentsize = sizeof(Elf32_Phdr),
			     .e_phnum = count};

	memcpy(test->file, &header, sizeof(header));
	memcpy(test->file + sizeof(header), segments, count * sizeof(*segments));
}

static inline void make_elf64(struct kernel_test *test, uint64_t entry, const Elf64_Phdr *segments,
			      uint16_t count)
{
	Elf64_Ehdr header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			     .e_type = ET_EXEC,
			     .e_machine = EM_X86_64,
			     .e_entry = entry,
			     .e_phoff = sizeof(header),
			     .e_phentsize = sizeof(Elf64_Phdr),
			     .e_phnum = count};

	memcpy(test->file, &header, sizeof(header));
	memcpy(test->file + sizeof(header), segments, count * sizeof(*segments));
}

#endif
