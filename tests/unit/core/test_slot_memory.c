// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of what a reader of a slot's memory is told: RAM, registers, the kernel's note, and where
 * that kernel has mapped its RAM and its image.
 */
#include "arch/x86/memory/phys.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "fake/fake_printk.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/core/kernel_map.h"
#include "monitor/core/slot_memory.h"

#define IMAGE_TEXT 0xffffffff80001000ull
#define PRESENT	   1ull
#define LARGE	   (1ull << 7)
#define STACK_AT   (PRINTK_RAM_AT + 60 * KIB)
#define LOW_SIZE   (32 * KIB)

static struct slot slot;
static struct cpu_context contexts[3];
static struct cpu_context *cpus[4];
static struct guest_memory memory;
static struct slot_memory from;
static uint8_t told[4096] __attribute__((aligned(8)));

static void describe(uint64_t text, uint64_t section)
{
	fake_printk_describe(8);
	fake_printk_add("SYMBOL(_stext)=%llx\nSYMBOL(mem_section)=%llx\n", (unsigned long long)text,
			(unsigned long long)section);
	fake_printk_write_note();
	assert_true(guest_memory_init(&memory, &slot.ram, &fake_printk_info));
}

static int start(void **state)
{
	uint64_t back = 0xffffffff80001234ull;

	(void)state;
	fake_reset();
	fake_memory(PRINTK_RAM_AT, PRINTK_RAM_SIZE, 0);
	memset(&slot, 0, sizeof(slot));
	memset(contexts, 0, sizeof(contexts));
	slot.low = (struct region){.base = 64 * KIB, .size = LOW_SIZE};
	slot.ram = (struct region){.base = PRINTK_RAM_AT, .size = PRINTK_RAM_SIZE};
	slot.state = SWITCHYARD_CRASHED;
	slot.turn = 0x100000007ull;
	describe(IMAGE_TEXT, PRINTK_DIRECT + PRINTK_RAM_AT + 0x100);
	fake_printk_map();
	cpus[0] = &contexts[0];
	cpus[1] = NULL;
	cpus[2] = &contexts[1];
	cpus[3] = &contexts[2];
	for (uint32_t i = 0; i < 3; i++)
		contexts[i].cr3 = PRINTK_TABLE_AT;
	contexts[2].rsp = PRINTK_DIRECT + STACK_AT;
	contexts[2].r15 = 15;
	contexts[2].tr = 0x40;
	memcpy(phys(STACK_AT), &back, sizeof(back));
	from = (struct slot_memory){.slot = &slot,
				    .cpu = cpus,
				    .cpu_count = 4,
				    .registers = 1 | 1 << 3,
				    .memory = &memory,
				    .note = PRINTK_NOTE_AT};
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static const struct switchyard_memory *tell(void)
{
	const struct switchyard_memory *memory_told = (const void *)told;

	uint64_t size = slot_memory_tell(&from, told, sizeof(told));

	assert_int_equal(size, memory_told->size + memory_told->cpu_count * memory_told->cpu_size);
	assert_int_equal(memory_told->size, sizeof(*memory_told));
	assert_int_equal(memory_told->cpu_size, sizeof(struct switchyard_registers));
	return memory_told;
}

static const struct switchyard_registers *registers(uint32_t index)
{
	return (const struct switchyard_registers *)(told + sizeof(struct switchyard_memory)) +
	       index;
}

static void all_is_told(void **state)
{
	const struct switchyard_memory *is = tell();

	(void)state;
	assert_int_equal(is->state, SWITCHYARD_CRASHED);
	assert_int_equal(is->turn, 7);
	assert_int_equal(is->range_count, 2);
	assert_int_equal(is->range[0].base, 64 * KIB);
	assert_int_equal(is->range[0].size, LOW_SIZE);
	assert_int_equal(is->range[1].base, PRINTK_RAM_AT);
	assert_int_equal(is->range[1].size, PRINTK_RAM_SIZE);
	assert_int_equal(is->note.base, PRINTK_NOTE_AT);
	assert_int_equal(is->note.size, VMCOREINFO_HEADER + fake_printk_info.size);
	assert_int_equal(is->direct, PRINTK_DIRECT);
	assert_int_equal(is->image_address, IMAGE_TEXT);
	assert_int_equal(is->image.base, PRINTK_RAM_AT + PAGE_SIZE);
	assert_int_equal(is->image.size, PRINTK_RAM_SIZE - PAGE_SIZE); /* not beyond its RAM */
}

/* By rising address, because the pages of a snapshot are counted like this. */
static void the_piece_below_4g_is_told(void **state)
{
	const struct switchyard_memory *is;

	(void)state;
	slot.dma = (struct region){.base = MIB, .size = 3 * PAGE_SIZE};
	is = tell();
	assert_int_equal(is->range_count, 3);
	assert_int_equal(is->range[0].base, 64 * KIB);
	assert_int_equal(is->range[1].base, MIB);
	assert_int_equal(is->range[1].size, 3 * PAGE_SIZE);
	assert_int_equal(is->range[2].base, PRINTK_RAM_AT);
}

/* CPUs have the numbers that their kernel gives them. */
static void registers_of_those_that_came(void **state)
{
	const struct switchyard_memory *is = tell();

	(void)state;
	assert_int_equal(is->cpu_count, 2);
	assert_int_equal(registers(0)->cpu, 0);
	assert_int_equal(registers(0)->rip, 0); /* nothing is mapped at its stack, 0 */
	assert_int_equal(registers(1)->cpu, 2);
	assert_int_equal(registers(1)->rip, 0xffffffff80001234ull);
	assert_int_equal(registers(1)->rsp, PRINTK_DIRECT + STACK_AT + 8);
	assert_int_equal(registers(1)->r15, 15);
	assert_int_equal(registers(1)->tr, 0x40);
	from.registers = 0;
	assert_int_equal(tell()->cpu_count, 0);
}

static void stacks_that_can_not_be_read(void **state)
{
	static const uint64_t stacks[] = {PRINTK_DIRECT + STACK_AT + 4,
					  PRINTK_DIRECT + PRINTK_RAM_AT - 8,
					  PRINTK_DIRECT + PRINTK_RAM_AT + PRINTK_RAM_SIZE,
					  UINT64_MAX - 7};

	(void)state;
	for (size_t i = 0; i < sizeof(stacks) / sizeof(stacks[0]); i++) {
		contexts[2].rsp = stacks[i];
		tell();
		assert_int_equal(registers(1)->rip, 0);
	}
}

static void a_kernel_that_says_nothing(void **state)
{
	const struct switchyard_memory *is;

	(void)state;
	from.memory = NULL;
	is = tell();
	assert_int_equal(is->note.size, 0);
	assert_int_equal(is->direct, 0);
	assert_int_equal(is->image.size, 0);
	assert_int_equal(is->range_count, 2);
	from.memory = &memory;
	memset(phys(PRINTK_NOTE_AT), 0, PAGE_SIZE); /* a device wrote there meanwhile */
	assert_int_equal(tell()->note.size, 0);
}

static void maps_that_are_not_true(void **state)
{
	(void)state;
	fake_printk_entry(PRINTK_PAGE(3), PRINTK_DIRECT >> 30 & 511, 0);
	assert_int_equal(tell()->direct, 0);
	/* Both addresses are mapped, but not by a whole number of GiB. */
	fake_printk_entry(PRINTK_PAGE(3), PRINTK_DIRECT >> 30 & 511, PRINTK_PAGE(4) | PRESENT);
	for (uint32_t i = 0; i < 512; i++)
		fake_printk_entry(PRINTK_PAGE(4), i, (i - 1) * LARGE_PAGE | LARGE | PRESENT);
	describe(IMAGE_TEXT, PRINTK_DIRECT + LARGE_PAGE + PRINTK_RAM_AT + 0x100);
	assert_int_equal(tell()->direct, 0);
	fake_printk_entry(PRINTK_PAGE(2), 0, (PRINTK_RAM_AT + LARGE_PAGE) | LARGE | PRESENT);
	assert_int_equal(tell()->image.size, 0);
}

static void an_image_outside_of_its_ram(void **state)
{
	(void)state;
	describe(IMAGE_TEXT + GIB, IMAGE_TEXT); /* mem_section is a constant of the image */
	assert_int_equal(tell()->image.size, 0);
	assert_int_equal(tell()->direct, 0);
	fake_printk_describe(4);
	fake_printk_write_note();
	assert_true(guest_memory_init(&memory, &slot.ram, &fake_printk_info));
	assert_int_equal(tell()->image.size, 0);
	assert_int_equal(tell()->note.base, PRINTK_NOTE_AT);
}

static void buffers_that_are_too_small(void **state)
{
	uint64_t needed =
		sizeof(struct switchyard_memory) + 2 * sizeof(struct switchyard_registers);

	(void)state;
	for (uint64_t room = 0; room < needed; room++) {
		memset(told, 0x5a, sizeof(told));
		assert_int_equal(slot_memory_tell(&from, told, room), 0);
		for (uint64_t at = room; at < sizeof(told); at++)
			assert_int_equal(told[at], 0x5a);
	}
	assert_int_equal(slot_memory_tell(&from, told, needed), needed);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_is_told),
		TEST(the_piece_below_4g_is_told),
		TEST(registers_of_those_that_came),
		TEST(stacks_that_can_not_be_read),
		TEST(a_kernel_that_says_nothing),
		TEST(maps_that_are_not_true),
		TEST(an_image_outside_of_its_ram),
		TEST(buffers_that_are_too_small),
	};

	return cmocka_run_group_tests_name("slot_memory", tests, NULL, NULL);
}
