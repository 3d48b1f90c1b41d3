// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of what is read of a kernel that an NMI has stopped: the registers that it tells, and its
 * memory by its own page tables, in each mode of the CPU.
 */
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/memory/phys.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "fake/fake_printk.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/core/interrupted.h"

#define TOLD_AT PRINTK_RAM_AT
#define FREE_AT (PRINTK_RAM_AT + 56 * KIB)
#define PRESENT 1ull
#define LARGE	(1ull << 7)
#define OUTSIDE (PRINTK_RAM_AT + PRINTK_RAM_SIZE)
#define IMAGE	0xffffffff80000000ull
#define CPUS	2

/* What the kernel writes. */
struct told {
	struct switchyard_interrupted head;
	struct switchyard_registers cpu[CPUS];
};

static struct slot slot;
static struct slot_memory from;
static struct told *told;

static int start(void **state)
{
	(void)state;
	fake_reset();
	fake_memory(PRINTK_RAM_AT, PRINTK_RAM_SIZE, 0);
	slot = (struct slot){.ram = {.base = PRINTK_RAM_AT, .size = PRINTK_RAM_SIZE}};
	from = (struct slot_memory){.slot = &slot};
	told = phys(TOLD_AT);
	told->head = (struct switchyard_interrupted){.size = sizeof(told->head),
						     .cpu_size = sizeof(told->cpu[0]),
						     .cpu_count = CPUS};
	told->cpu[1].cpu = 1;
	memcpy(phys(FREE_AT), "what is there", 13);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static bool is_read(uint64_t address)
{
	struct switchyard_interrupted head;

	return interrupted_read(&slot, address, &head);
}

static void what_lies_in_ram_is_read(void **state)
{
	(void)state;
	assert_true(is_read(TOLD_AT));
	assert_false(is_read(TOLD_AT + 4));
	assert_false(is_read(TOLD_AT - 8));
	assert_false(is_read(OUTSIDE - 8));
	assert_false(is_read(OUTSIDE));
	assert_false(is_read(UINT64_MAX - 7));
}

/* Each field is wrong once. */
static void what_is_wrong_is_not_read(void **state)
{
	struct switchyard_interrupted good = told->head;

	(void)state;
	told->head.size = sizeof(good) - 8;
	assert_false(is_read(TOLD_AT));
	told->head.size = UINT32_MAX & ~7u;
	assert_false(is_read(TOLD_AT));
	told->head = good;
	told->head.cpu_size = sizeof(told->cpu[0]) - 8;
	assert_false(is_read(TOLD_AT));
	told->head.cpu_size = UINT32_MAX & ~7u;
	assert_false(is_read(TOLD_AT));
	told->head = good;
	told->head.cpu_count = 65;
	assert_false(is_read(TOLD_AT));
	told->head.cpu_count = 64;
	told->head.cpu_size = 1024;
	assert_false(is_read(TOLD_AT)); /* a little too long */
	told->head.cpu_size = 1016;
	assert_true(is_read(TOLD_AT));
}

/* A newer kernel's structures are longer. */
static void registers_are_found(void **state)
{
	struct slot_memory_cpus cpus = {0};

	(void)state;
	told->head.size += 8;
	told->head.cpu_size += 16;
	((struct switchyard_registers *)((uint8_t *)phys(TOLD_AT) + told->head.size))->rip = 1234;
	((struct switchyard_registers *)((uint8_t *)phys(TOLD_AT) + told->head.size +
					 told->head.cpu_size))
		->rip = 5678;
	interrupted_find_registers(TOLD_AT, &from);
	assert_true(slot_memory_next_cpu(&from, &cpus));
	assert_int_equal(cpus.registers.rip, 1234);
	assert_true(slot_memory_next_cpu(&from, &cpus));
	assert_int_equal(cpus.registers.rip, 5678);
	assert_false(slot_memory_next_cpu(&from, &cpus));
}

static void nothing_is_found_at_0(void **state)
{
	(void)state;
	interrupted_find_registers(0, &from);
	assert_null(from.told);
	interrupted_find_registers(TOLD_AT + 4, &from);
	assert_null(from.told);
}

/* The text at a virtual address, or the address that can't be read. */
static void assert_there(uint64_t address)
{
	uint8_t bytes[13];
	uint64_t bad;

	assert_true(slot_memory_read(&from, address, bytes, sizeof(bytes), &bad));
	assert_memory_equal(bytes, "what is there", sizeof(bytes));
}

static void assert_not_there(uint64_t address, uint32_t size, uint64_t where)
{
	static uint8_t bytes[64 * KIB];
	uint64_t bad = 1;

	assert_false(slot_memory_read(&from, address, bytes, size, &bad));
	assert_int_equal(bad, where);
}

static void in_mode(uint64_t efer, uint64_t cr0, uint64_t cr4)
{
	told->cpu[0].efer = told->cpu[1].efer = efer;
	told->cpu[0].cr0 = told->cpu[1].cr0 = cr0;
	told->cpu[0].cr4 = told->cpu[1].cr4 = cr4;
	told->cpu[1].cr3 = PRINTK_TABLE_AT; /* that of the first CPU is 0 */
	interrupted_find_registers(TOLD_AT, &from);
}

static void four_levels(void **state)
{
	(void)state;
	fake_printk_map();
	in_mode(EFER_LMA, CR0_PG, CR4_PAE);
	assert_there(IMAGE + FREE_AT - PRINTK_RAM_AT);
	assert_there(PRINTK_DIRECT + FREE_AT);
	assert_not_there(0x1000, 1, 0x1000);
	/* The page is larger than RAM. */
	assert_not_there(IMAGE + PRINTK_RAM_SIZE, 1, IMAGE + PRINTK_RAM_SIZE);
	assert_not_there(IMAGE + PRINTK_RAM_SIZE - 8, 16, IMAGE + PRINTK_RAM_SIZE);
	assert_not_there(PRINTK_DIRECT + PRINTK_RAM_AT - 1, 1, PRINTK_DIRECT + PRINTK_RAM_AT - 1);
	fake_printk_entry(PRINTK_PAGE(1), 510, OUTSIDE | PRESENT); /* a table elsewhere */
	assert_not_there(IMAGE, 1, IMAGE);
	fake_printk_entry(PRINTK_PAGE(0), 0, PRINTK_PAGE(0) | PRESENT); /* one that has itself */
	assert_not_there(0x1000, 1, 0x1000);
}

static void five_levels(void **state)
{
	(void)state;
	fake_printk_map();
	fake_printk_entry(PRINTK_PAGE(4), 511, PRINTK_PAGE(0) | PRESENT);
	in_mode(EFER_LMA, CR0_PG, CR4_PAE | CR4_LA57);
	assert_not_there(IMAGE, 1, IMAGE);
	told->cpu[1].cr3 = PRINTK_PAGE(4) | 0xfff; /* a PCID lies in the low bits */
	assert_there(IMAGE + FREE_AT - PRINTK_RAM_AT);
	told->cpu[1].cr3 = OUTSIDE;
	assert_not_there(IMAGE, 1, IMAGE);
}

static void no_paging(void **state)
{
	(void)state;
	in_mode(0, 0, 0);
	assert_there(FREE_AT);
	assert_not_there(PRINTK_RAM_AT - 1, 1, PRINTK_RAM_AT - 1);
	assert_not_there(OUTSIDE, 1, OUTSIDE);
}

static void put_32(uint64_t table, uint32_t index, uint64_t entry)
{
	((uint32_t *)phys(table))[index] = (uint32_t)entry;
}

static void two_levels(void **state)
{
	const uint32_t high = 0xc0000000u >> 22;

	(void)state;
	put_32(PRINTK_PAGE(0), high, PRINTK_PAGE(1) | PRESENT);
	put_32(PRINTK_PAGE(1), 5, FREE_AT | PRESENT);
	put_32(PRINTK_PAGE(0), high + 1, PRINTK_RAM_AT | LARGE | PRESENT);
	put_32(PRINTK_PAGE(0), high + 2, OUTSIDE | PRESENT);
	put_32(PRINTK_PAGE(0), high + 3, PRINTK_RAM_AT | LARGE | PRESENT | 1u << 13);
	in_mode(0, CR0_PG, CR4_PSE);
	assert_there(0xc0005000);
	assert_there(0xc0400000 + FREE_AT - PRINTK_RAM_AT);
	assert_not_there(0xc0006000, 1, 0xc0006000);
	assert_not_there(0xc0800000, 1, 0xc0800000); /* a table elsewhere */
	assert_not_there(0xc0c00000, 1, 0xc0c00000); /* beyond 4 GiB */
	assert_not_there(0x100000000, 1, 0x100000000);
	in_mode(0, CR0_PG, 0); /* no large pages: that entry is of a table */
	assert_not_there(0xc0400000, 1, 0xc0400000);
	told->cpu[1].cr3 = OUTSIDE;
	assert_not_there(0xc0005000, 1, 0xc0005000);
}

static void three_levels(void **state)
{
	(void)state;
	fake_printk_entry(PRINTK_PAGE(0) + 64, 3, PRINTK_PAGE(1) | PRESENT);
	fake_printk_entry(PRINTK_PAGE(1), 0, PRINTK_PAGE(2) | PRESENT);
	fake_printk_entry(PRINTK_PAGE(2), 5, FREE_AT | PRESENT);
	fake_printk_entry(PRINTK_PAGE(1), 1, PRINTK_RAM_AT | LARGE | PRESENT);
	fake_printk_entry(PRINTK_PAGE(1), 2, OUTSIDE | PRESENT);
	in_mode(0, CR0_PG, CR4_PAE);
	told->cpu[1].cr3 = PRINTK_PAGE(0) + 64;
	assert_there(0xc0005000);
	assert_there(0xc0200000 + FREE_AT - PRINTK_RAM_AT);
	assert_not_there(0xc0006000, 1, 0xc0006000);
	assert_not_there(0xc0400000, 1, 0xc0400000);
	assert_not_there(0x5000, 1, 0x5000);
	told->cpu[1].cr3 = OUTSIDE - 32; /* the last four entries of RAM: all zero */
	assert_not_there(0xc0005000, 1, 0xc0005000);
	told->cpu[1].cr3 = OUTSIDE;
	assert_not_there(0xc0005000, 1, 0xc0005000);
}

/* Without registers, the kernel's note says where its tables are. */
static void by_the_note(void **state)
{
	struct guest_memory memory;

	(void)state;
	fake_printk_describe(8);
	fake_printk_map();
	assert_true(guest_memory_init(&memory, &slot.ram, &fake_printk_info));
	assert_not_there(PRINTK_DIRECT + FREE_AT, 1, PRINTK_DIRECT + FREE_AT);
	from.memory = &memory;
	assert_there(PRINTK_DIRECT + FREE_AT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_lies_in_ram_is_read, start, end),
		cmocka_unit_test_setup_teardown(what_is_wrong_is_not_read, start, end),
		cmocka_unit_test_setup_teardown(registers_are_found, start, end),
		cmocka_unit_test_setup_teardown(nothing_is_found_at_0, start, end),
		cmocka_unit_test_setup_teardown(four_levels, start, end),
		cmocka_unit_test_setup_teardown(five_levels, start, end),
		cmocka_unit_test_setup_teardown(no_paging, start, end),
		cmocka_unit_test_setup_teardown(two_levels, start, end),
		cmocka_unit_test_setup_teardown(three_levels, start, end),
		cmocka_unit_test_setup_teardown(by_the_note, start, end),
	};

	return cmocka_run_group_tests_name("interrupted", tests, NULL, NULL);
}
