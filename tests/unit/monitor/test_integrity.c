// SPDX-License-Identifier: GPL-2.0-only
/* Damage to a parked slot is found and named. Other changes are allowed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/memory/page_walk.h"
#include "arch/x86/platform/platform.h"
#include "fake/fake.h"
#include "monitor/switch/integrity.h"
#include "monitor/switch/kept_state.h"
#include "monitor/switch/slot_block.h"

#define BASE	 UINT64_C(0x40000000)
#define SIZE	 UINT64_C(0x400000)
#define TABLE	 UINT64_C(0x1000)
#define PRESENT	 1ull
#define WRITABLE 3ull
#define USER	 5ull
#define ALL	 7ull /* permissions of a table's entry */
#define LARGE	 0x81ull
#define NX	 (1ull << 63)
#define TEXT	 (BASE + 0x10000) /* two adjacent pages */
#define DATA	 (BASE + 0x20000)
#define GDT	 (BASE + 0x30000)
#define IDT	 (BASE + 0x31000)
#define BLOCK	 (BASE + SIZE) /* one page of ACPI tables, then the fixed part */

static struct slot slot = {
	.name = "beta",
	.ram = {.base = BASE, .size = SIZE},
	.block = {.base = BLOCK, .size = TABLE + sizeof(struct slot_block)},
};
static const char *block_damage;
static struct cpu_context context;
static uint64_t device;
static struct kept_state kept;
static struct text_sums sums;
static uint8_t *memory, *acpi, font[64];
static struct error error;

/* These lists of one item each replace the monitor's. */
static const struct state_item registers = {.name = "registers"}, timer = {.name = "pit"};
static const struct state_layout cpu_list = {
	.count = 1,
	.size = sizeof(context),
	.place = {{&registers, 0, sizeof(context)}},
};
static const struct state_layout machine_list = {
	.count = 1,
	.size = sizeof(device),
	.place = {{&timer, 0, sizeof(device)}},
};

const struct state_layout *cpu_state_layout(void)
{
	return &cpu_list;
}

const struct state_layout *platform_layout(void)
{
	return &machine_list;
}

const char *slot_block_damage(const struct slot *of)
{
	assert_ptr_equal(of, &slot);
	return block_damage;
}

static uint64_t *entry(uint64_t table, unsigned int i)
{
	return (uint64_t *)(memory + table * TABLE) + i;
}

/* Table n lies at BASE + n pages. 0 is the root, 1 the PDPT, 2 the directory, 3 the page table. */
static int start(void **state)
{
	(void)state;
	memory = fake_memory(BASE, SIZE, 0);
	acpi = fake_memory(BLOCK, TABLE, 0);
	memset(&kept, 0, sizeof(kept));
	memset(&context, 0, sizeof(context));
	kept.cpu[0] = &context;
	kept.platform = &device;
	kept.integrity.sums = &sums;
	*entry(0, 511) = (BASE + 1 * TABLE) | ALL;
	*entry(1, 510) = (BASE + 2 * TABLE) | ALL;
	*entry(2, 0) = (BASE + 3 * TABLE) | ALL;
	*entry(3, 0) = TEXT | PRESENT;
	*entry(3, 1) = (TEXT + TABLE) | PRESENT;
	*entry(3, 2) = DATA | WRITABLE;
	*entry(3, 3) = (DATA + TABLE) | PRESENT | NX;
	*entry(3, 4) = (DATA + 2 * TABLE) | USER;
	*entry(3, 5) = GDT | PRESENT | NX;
	*entry(3, 6) = IDT | PRESENT | NX;
	kept.cpu[0]->cr3 = BASE;
	kept.cpu[0]->efer = EFER_NXE;
	kept.cpu[0]->gdtr.base = 0xffffffff80005000ull;
	kept.cpu[0]->gdtr.limit = 0x7f;
	kept.cpu[0]->idtr.base = 0xffffffff80006000ull;
	kept.cpu[0]->idtr.limit = 0xf;
	kept.apart = (uint64_t)font;
	kept.apart_size = sizeof(font);
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void take(enum integrity_check check)
{
	integrity_take(&slot, &kept, check);
	assert_true(integrity_verify(&slot, &kept, &error));
}

static void assert_damaged(const char *what)
{
	error.text[0] = '\0';
	assert_false(integrity_verify(&slot, &kept, &error));
	assert_non_null(strstr(error.text, "slot beta: "));
	assert_non_null(strstr(error.text, what));
	assert_non_null(strstr(error.text, "switch beta force"));
}

static void assert_harmless(uint64_t address)
{
	memory[address - BASE] ^= 1;
	assert_true(integrity_verify(&slot, &kept, &error));
	memory[address - BASE] ^= 1;
}

static void text_is_found(void **state)
{
	(void)state;
	take(INTEGRITY_TEXT);
	assert_int_equal(kept.integrity.range_count, 1);
	assert_int_equal(sums.range[0].first, (TEXT - BASE) / TABLE);
	assert_int_equal(sums.range[0].count, 2);
}

static void text_that_changed_is_named(void **state)
{
	(void)state;
	take(INTEGRITY_ALL);
	memory[TEXT + TABLE + 7 - BASE] ^= 1;
	assert_damaged("kernel text at 0x40010000 to 0x40011fff");
}

static void data_may_change(void **state)
{
	(void)state;
	take(INTEGRITY_ALL);
	assert_harmless(DATA);
	assert_harmless(DATA + TABLE);
	assert_harmless(DATA + 2 * TABLE);
}

static void items_that_changed_are_named(void **state)
{
	(void)state;
	take(INTEGRITY_ALL);
	kept.cpu[0]->rsp ^= 1;
	assert_damaged("saved CPU state: registers changed");
	kept.cpu[0]->rsp ^= 1;
	device ^= 1;
	assert_damaged("saved device state: pit changed");
	device ^= 1;
	acpi[TABLE - 1] ^= 1;
	assert_damaged("ACPI tables");
	acpi[TABLE - 1] ^= 1;
	block_damage = "jump to the gate";
	assert_damaged("its jump to the gate changed");
	block_damage = NULL;
	memory[GDT + 0x7f - BASE] ^= 1;
	assert_damaged("GDT");
	memory[GDT + 0x7f - BASE] ^= 1;
	assert_harmless(GDT + 0x80);
	memory[IDT - BASE] ^= 1;
	assert_damaged("IDT");
	memory[IDT - BASE] ^= 1;
	assert_harmless(IDT + 0x10);
	font[0] ^= 1;
	assert_damaged("saved device state: vga-font changed");
	font[0] ^= 1;
	*entry(0, 1) = 1;
	assert_damaged("top page table");
	*entry(0, 1) = 0;
	assert_true(integrity_verify(&slot, &kept, &error));
}

static void only_what_is_asked_for(void **state)
{
	(void)state;
	take(INTEGRITY_CONTROL);
	memory[TEXT - BASE] ^= 1;
	assert_true(integrity_verify(&slot, &kept, &error));
	take(INTEGRITY_TEXT);
	kept.cpu[0]->rsp ^= 1;
	assert_true(integrity_verify(&slot, &kept, &error));
	take(INTEGRITY_OFF);
	memory[TEXT - BASE] ^= 1;
	assert_true(integrity_verify(&slot, &kept, &error));
}

static void rights_of_all_levels_count(void **state)
{
	(void)state;
	*entry(2, 0) |= NX;
	take(INTEGRITY_TEXT);
	assert_int_equal(kept.integrity.page_count, 0);
	kept.cpu[0]->efer = 0; /* without NXE, the bit has no meaning */
	take(INTEGRITY_TEXT);
	assert_int_not_equal(kept.integrity.page_count, 0);
}

static void large_pages(void **state)
{
	(void)state;
	*entry(2, 1) = (BASE + 0x200000) | LARGE;
	take(INTEGRITY_TEXT);
	assert_int_equal(kept.integrity.page_count, 2 + 512);
	memory[0x3fffff] ^= 1;
	assert_damaged("0x403fc000 to 0x403fffff");
	memory[0x3fffff] ^= 1;
	memory[0x3fbfff] ^= 1;
	assert_damaged("0x403f8000 to 0x403fbfff");
}

static void five_levels(void **state)
{
	(void)state;
	*entry(8, 511) = BASE | ALL;
	kept.cpu[0]->cr3 = BASE + 8 * TABLE;
	kept.cpu[0]->cr4 = CR4_LA57;
	take(INTEGRITY_ALL);
	assert_int_equal(kept.integrity.page_count, 2);
}

static void tables_elsewhere_are_not_read(void **state)
{
	(void)state;
	*entry(0, 0) = 0x1000 | WRITABLE;	 /* there is no memory: phys() would be NULL */
	*entry(0, 1) = (BASE + SIZE) | WRITABLE; /* one page behind the slot's range */
	*entry(3, 6) = (BASE + SIZE) | PRESENT;
	take(INTEGRITY_ALL);
	assert_int_equal(kept.integrity.page_count, 2);
	kept.cpu[0]->cr3 = 0;
	take(INTEGRITY_ALL);
	assert_int_equal(kept.integrity.page_count, 0);
}

static void tables_in_a_circle_end(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 512; i++)
		*entry(0, i) = BASE | ALL | (uint64_t)i << 52;
	take(INTEGRITY_ALL);
}

/* The largest possible number of sums fits into the room. */
static void ranges_of_one_page(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 512; i++)
		*entry(3, i) = i % 2 ? 0 : (BASE + i * TABLE) | PRESENT;
	for (unsigned int i = 1; i < 4; i++)
		*entry(2, i) = (BASE + 3 * TABLE) | ALL | (uint64_t)i << 52;
	take(INTEGRITY_TEXT);
	assert_int_equal(kept.integrity.range_count, INTEGRITY_RANGES);
	assert_int_equal(kept.integrity.left_out, (4 * 256 - INTEGRITY_RANGES) * TABLE);
	assert_int_equal(integrity_room(INTEGRITY_ALL), sizeof(sums));
	assert_int_equal(integrity_room(INTEGRITY_CONTROL), 0);
}

static void too_much_text_is_told(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 512; i++)
		*entry(2, i) = (BASE + 0x200000 * (i % 2)) | LARGE;
	take(INTEGRITY_TEXT);
	assert_true(kept.integrity.left_out > 0);
	assert_true(kept.integrity.page_count <= INTEGRITY_PAGES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_is_found, start, end),
		cmocka_unit_test_setup_teardown(text_that_changed_is_named, start, end),
		cmocka_unit_test_setup_teardown(data_may_change, start, end),
		cmocka_unit_test_setup_teardown(items_that_changed_are_named, start, end),
		cmocka_unit_test_setup_teardown(only_what_is_asked_for, start, end),
		cmocka_unit_test_setup_teardown(rights_of_all_levels_count, start, end),
		cmocka_unit_test_setup_teardown(large_pages, start, end),
		cmocka_unit_test_setup_teardown(five_levels, start, end),
		cmocka_unit_test_setup_teardown(tables_elsewhere_are_not_read, start, end),
		cmocka_unit_test_setup_teardown(tables_in_a_circle_end, start, end),
		cmocka_unit_test_setup_teardown(ranges_of_one_page, start, end),
		cmocka_unit_test_setup_teardown(too_much_text_is_told, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
