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
#define PIECE	 UINT64_C(0x10000000)
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

uint64_t slot_block_tables(const struct slot *of)
{
	assert_ptr_equal(of, &slot);
	return TABLE;
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
	kept.integrity.text.sums = &sums;
	integrity_forget(&kept.integrity);
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
	integrity_take(&slot, &kept, check, false);
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
	assert_int_equal(kept.integrity.text.count, 1);
	assert_int_equal(kept.integrity.text.size, 2 * TABLE);
	assert_int_equal(text_piece_address(sums.piece), TEXT);
	assert_int_equal(text_piece_size(sums.piece), 2 * TABLE);
}

static void text_that_changed_is_named(void **state)
{
	(void)state;
	take(INTEGRITY_ALL);
	memory[TEXT + TABLE + 7 - BASE] ^= 1;
	assert_damaged("kernel text at 0x40010000 to 0x40011fff");
}

/*
 * A slot above 4 GiB has a piece of RAM below. Tables and pages of its kernel may lie there, too. As
 * long as that is no RAM of the slot, nothing of it is read.
 */
static void what_lies_in_the_piece_below_4g(void **state)
{
	uint8_t *piece = fake_memory(PIECE, 4 * TABLE, 0);

	(void)state;
	memcpy(piece, memory + 3 * TABLE, TABLE);
	((uint64_t *)piece)[0] = (PIECE + TABLE) | PRESENT;
	((uint64_t *)piece)[5] = (PIECE + 2 * TABLE) | PRESENT | NX;
	memcpy(piece + 3 * TABLE, memory, TABLE);
	*entry(2, 0) = PIECE | ALL;
	take(INTEGRITY_ALL);
	assert_int_equal(kept.integrity.text.size, 0);
	slot.dma = (struct region){.base = PIECE, .size = 4 * TABLE};
	kept.cpu[0]->cr3 = PIECE + 3 * TABLE;
	take(INTEGRITY_ALL);
	assert_int_equal(kept.integrity.text.size, 2 * TABLE);
	piece[TABLE] ^= 1;
	assert_damaged("kernel text at 0x10001000 to 0x10001fff");
	piece[TABLE] ^= 1;
	piece[2 * TABLE] ^= 1;
	assert_damaged("its GDT changed");
	piece[2 * TABLE] ^= 1;
	piece[3 * TABLE] ^= 1;
	assert_damaged("its top page table changed");
	piece[3 * TABLE] ^= 1;
	assert_true(integrity_verify(&slot, &kept, &error));
	slot.dma.size = 0;
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
	take(INTEGRITY_OFF);
	kept.cpu[0]->rsp ^= 1;
	memory[TEXT - BASE] ^= 1;
	assert_true(integrity_verify(&slot, &kept, &error));
}

static void rights_of_all_levels_count(void **state)
{
	(void)state;
	*entry(2, 0) |= NX;
	take(INTEGRITY_TEXT);
	assert_int_equal(kept.integrity.text.size, 0);
	kept.cpu[0]->efer = 0; /* without NXE, the bit has no meaning */
	take(INTEGRITY_TEXT);
	assert_int_not_equal(kept.integrity.text.size, 0);
}

static void large_pages(void **state)
{
	(void)state;
	*entry(2, 1) = (BASE + 0x200000) | LARGE;
	take(INTEGRITY_TEXT);
	assert_int_equal(kept.integrity.text.size, (2 + 512) * TABLE);
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
	assert_int_equal(kept.integrity.text.size, 2 * TABLE);
}

static void tables_elsewhere_are_not_read(void **state)
{
	(void)state;
	*entry(0, 0) = 0x1000 | WRITABLE;	 /* there is no memory: phys() would be NULL */
	*entry(0, 1) = (BASE + SIZE) | WRITABLE; /* one page behind the slot's range */
	*entry(3, 6) = (BASE + SIZE) | PRESENT;
	take(INTEGRITY_ALL);
	assert_int_equal(kept.integrity.text.size, 2 * TABLE);
	kept.cpu[0]->cr3 = 0;
	take(INTEGRITY_ALL);
	assert_int_equal(kept.integrity.text.size, 0);
}

static void tables_in_a_circle_end(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 512; i++)
		*entry(0, i) = BASE | ALL | (uint64_t)i << 52;
	take(INTEGRITY_ALL);
}

static void too_much_text_is_told(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 512; i++)
		*entry(2, i) = (BASE + 0x200000 * (i % 2)) | LARGE;
	take(INTEGRITY_TEXT);
	assert_int_equal(kept.integrity.text.count, TEXT_PIECES);
	assert_int_equal(kept.integrity.text.left_out, 512 * LARGE_PAGE - TEXT_PIECES * 4 * TABLE);
	assert_int_equal(integrity_room(INTEGRITY_TEXT), sizeof(sums));
	assert_int_equal(integrity_room(INTEGRITY_CONTROL), 0);
}

/* Eight large pages of text, all of them the same memory: 1,024 pieces, and the two small pages. */
static void map_much_text(void)
{
	for (unsigned int i = 1; i <= 8; i++)
		*entry(2, i) = (BASE + 0x200000) | LARGE | (uint64_t)i << 52;
}

#define MUCH_PIECES (8 * 128 + 1)

static void the_first_turn_is_whole(void **state)
{
	const struct text_turn *turn = &kept.integrity.text;

	(void)state;
	map_much_text();
	take(INTEGRITY_TEXT);
	assert_true(turn->next.end);
	assert_int_equal(turn->count, MUCH_PIECES);
	memory[0x200000 + 5] ^= 1;
	assert_damaged("kernel text at 0x40200000 to 0x40203fff");
}

/* Each parking reads the next part. All is read after TEXT_PARKINGS of them, or a few less. */
static void text_is_read_in_turn(void **state)
{
	const struct text_turn *turn = &kept.integrity.text;
	uint32_t parkings = 0, read = 0;

	(void)state;
	map_much_text();
	take(INTEGRITY_TEXT);
	do {
		take(INTEGRITY_TEXT);
		assert_int_equal(turn->first, read);
		assert_in_range(turn->count - read, 1, MUCH_PIECES / TEXT_PARKINGS + 2);
		read = turn->count;
		parkings++;
	} while (!turn->next.end);
	assert_int_equal(read, MUCH_PIECES);
	assert_in_range(parkings, TEXT_PARKINGS / 2, TEXT_PARKINGS);
}

/* A quick parking reads one part of the control state, or one piece of text: all in turn. */
static void a_quick_parking_reads_little(void **state)
{
	const struct text_turn *turn = &kept.integrity.text;
	uint32_t parkings = 0, damaged = 0, read = 0, before = 0;

	(void)state;
	map_much_text();
	take(INTEGRITY_TEXT);
	do {
		integrity_take(&slot, &kept, INTEGRITY_TEXT, true);
		if (kept.integrity.parts == INTEGRITY_PART_TEXT) {
			assert_in_range(turn->count - before, 0, 2);
			before = turn->count;
			read++;
		}
		assert_true(integrity_verify(&slot, &kept, &error));
		memory[GDT + 8 - BASE] ^= 1;
		damaged += !integrity_verify(&slot, &kept, &error);
		memory[GDT + 8 - BASE] ^= 1;
		parkings++;
	} while (!read || !turn->next.end);
	assert_int_equal(turn->count, MUCH_PIECES);
	assert_in_range(damaged, parkings / (PART_COUNT + 1), parkings / (PART_COUNT + 1) + 1);
	assert_in_range(read, MUCH_PIECES / 2, parkings / PART_COUNT);
}

/* Another kernel has changed text: it is told when the piece is read again, and the slot goes on. */
static void a_quick_parking_tells_of_text(void **state)
{
	const struct text_piece *found = NULL;

	(void)state;
	map_much_text();
	take(INTEGRITY_TEXT);
	memory[0x200000 + 5] ^= 1;
	for (uint32_t i = 0; i < (PART_COUNT + 1) * 2 * MUCH_PIECES && !found; i++) {
		found = integrity_take(&slot, &kept, INTEGRITY_TEXT, true);
		assert_true(integrity_verify(&slot, &kept, &error));
	}
	assert_non_null(found);
	integrity_take(&slot, &kept, INTEGRITY_ALL, true);
	memory[GDT + 8 - BASE] ^= 1;
	assert_damaged("GDT");
}

/* Returns how many parkings it takes until text is reported that changed while the slot was parked. */
static uint32_t parkings_until_found(enum integrity_check check, const struct text_piece **found)
{
	uint32_t parkings = 0;

	do {
		assert_in_range(++parkings, 1, TEXT_PARKINGS);
		assert_true(integrity_verify(&slot, &kept, &error));
		*found = integrity_take(&slot, &kept, check, false);
	} while (!*found);
	return parkings;
}

static void a_change_is_found_within_a_turn(void **state)
{
	const struct text_turn *turn = &kept.integrity.text;
	const struct text_piece *found;

	(void)state;
	map_much_text();
	*entry(2, 9) = BASE | LARGE; /* it is the last one that is read */
	take(INTEGRITY_TEXT);
	take(INTEGRITY_TEXT);
	memory[0x1ff000] ^= 1;
	assert_in_range(parkings_until_found(INTEGRITY_TEXT, &found), 2, TEXT_PARKINGS);
	assert_int_equal(text_piece_address(found), BASE + 0x1fc000);
	assert_int_equal(turn->changed, 1);
	/* It is found once. */
	for (uint32_t i = 0; i < 2 * TEXT_PARKINGS; i++)
		assert_null(integrity_take(&slot, &kept, INTEGRITY_TEXT, false));
	assert_int_equal(turn->changed, 0);
}

static void all_reads_everything_each_time(void **state)
{
	const struct text_piece *found;

	(void)state;
	map_much_text();
	take(INTEGRITY_ALL);
	take(INTEGRITY_ALL);
	assert_int_equal(kept.integrity.text.count, MUCH_PIECES);
	assert_int_equal(kept.integrity.text.compared, 0);
	memory[0x3fffff] ^= 1;
	assert_damaged("0x403fc000 to 0x403fffff");
	found = integrity_take(&slot, &kept, INTEGRITY_ALL, false);
	assert_non_null(found);
	assert_int_equal(kept.integrity.text.changed, 8); /* it is mapped eight times */
}

/* What was read at the last parking is compared, but not more than TEXT_COMPARED pieces. */
static void what_was_just_read_is_compared(void **state)
{
	const struct text_turn *turn = &kept.integrity.text;
	uint64_t last, not_compared;

	(void)state;
	map_much_text();
	take(INTEGRITY_TEXT);
	take(INTEGRITY_TEXT);
	assert_in_range(turn->count - turn->compared, 1, TEXT_COMPARED);
	assert_true(turn->compared > turn->first);
	last = text_piece_address(&sums.piece[turn->count - 1]) - BASE;
	not_compared = text_piece_address(&sums.piece[turn->compared - 1]) - BASE;
	memory[last] ^= 1;
	assert_damaged("kernel text at");
	memory[last] ^= 1;
	memory[not_compared] ^= 1;
	assert_true(integrity_verify(&slot, &kept, &error));
}

/* Modules that come and go are no change: only what is mapped as before is compared. */
static void new_text_is_no_change(void **state)
{
	(void)state;
	map_much_text();
	take(INTEGRITY_ALL);
	*entry(3, 8) = DATA | PRESENT;
	assert_null(integrity_take(&slot, &kept, INTEGRITY_ALL, false));
	memory[DATA - BASE] ^= 1;
	*entry(3, 8) = (DATA + TABLE) | PRESENT;
	assert_null(integrity_take(&slot, &kept, INTEGRITY_ALL, false));
	*entry(3, 8) = 0;
	assert_null(integrity_take(&slot, &kept, INTEGRITY_ALL, false));
}

static void a_kernel_that_starts_afresh_has_no_sums(void **state)
{
	(void)state;
	take(INTEGRITY_ALL);
	memory[TEXT - BASE] ^= 1;
	integrity_forget(&kept.integrity);
	assert_null(integrity_take(&slot, &kept, INTEGRITY_ALL, false));
	assert_ptr_equal(kept.integrity.text.sums, &sums);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(text_is_found, start, end),
		cmocka_unit_test_setup_teardown(text_that_changed_is_named, start, end),
		cmocka_unit_test_setup_teardown(what_lies_in_the_piece_below_4g, start, end),
		cmocka_unit_test_setup_teardown(data_may_change, start, end),
		cmocka_unit_test_setup_teardown(items_that_changed_are_named, start, end),
		cmocka_unit_test_setup_teardown(only_what_is_asked_for, start, end),
		cmocka_unit_test_setup_teardown(rights_of_all_levels_count, start, end),
		cmocka_unit_test_setup_teardown(large_pages, start, end),
		cmocka_unit_test_setup_teardown(five_levels, start, end),
		cmocka_unit_test_setup_teardown(tables_elsewhere_are_not_read, start, end),
		cmocka_unit_test_setup_teardown(tables_in_a_circle_end, start, end),
		cmocka_unit_test_setup_teardown(too_much_text_is_told, start, end),
		cmocka_unit_test_setup_teardown(the_first_turn_is_whole, start, end),
		cmocka_unit_test_setup_teardown(text_is_read_in_turn, start, end),
		cmocka_unit_test_setup_teardown(a_quick_parking_reads_little, start, end),
		cmocka_unit_test_setup_teardown(a_quick_parking_tells_of_text, start, end),
		cmocka_unit_test_setup_teardown(a_change_is_found_within_a_turn, start, end),
		cmocka_unit_test_setup_teardown(all_reads_everything_each_time, start, end),
		cmocka_unit_test_setup_teardown(what_was_just_read_is_compared, start, end),
		cmocka_unit_test_setup_teardown(new_text_is_no_change, start, end),
		cmocka_unit_test_setup_teardown(a_kernel_that_starts_afresh_has_no_sums, start,
						end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
