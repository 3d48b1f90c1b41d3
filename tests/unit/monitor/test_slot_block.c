/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of the slot's block: its layout, and damage to it. */
#include <stddef.h>
#include <string.h>
#include "arch/x86/gate/gate.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/memory/phys.h"
#include "cmocka.h"
#include "fake/fake.h"
#include "monitor/load/guest_acpi.h"
#include "monitor/switch/slot_block.h"

#define BASE   (5 * GIB)
#define TABLES (2 * PAGE_SIZE) /* ACPI tables */

static struct monitor monitor;
static struct boot_info boot;
static struct error error;
static uint64_t rsdp, acpi_room;
static bool acpi_fits, tables_whole;
static uint64_t expected_cpus;

void gate_entry(void)
{
}

void paging_copy(uint64_t pml4, uint64_t pdpt)
{
	memset(phys(pml4), 0x4c, PAGE_SIZE);
	memset(phys(pdpt), 0x3c, PAGE_SIZE);
}

bool paging_is_copy(uint64_t pml4, uint64_t pdpt)
{
	assert_int_equal(*(uint8_t *)phys(pml4), 0x4c);
	assert_int_equal(*(uint8_t *)phys(pdpt), 0x3c);
	return tables_whole;
}

uint64_t guest_acpi_room(uint64_t from, uint64_t cpus)
{
	assert_int_equal(from, (uint64_t)boot.rsdp);
	assert_int_equal(cpus, expected_cpus);
	return acpi_room;
}

bool guest_acpi_allows(uint64_t from, uint64_t size, uint64_t cpus, struct error *why)
{
	assert_int_equal(from, (uint64_t)boot.rsdp);
	assert_int_equal(size, TABLES);
	assert_int_equal(cpus, expected_cpus);
	return acpi_fits || fail(why, "no room");
}

bool guest_acpi(uint64_t from, uint64_t base, uint64_t size, uint64_t cpus, uint64_t info,
		uint64_t *guest_rsdp, struct error *why)
{
	assert_int_equal(from, (uint64_t)boot.rsdp);
	assert_int_equal(base, BASE);
	assert_int_equal(size, TABLES);
	assert_int_equal(cpus, expected_cpus);
	assert_int_equal(info, BASE + TABLES + 2 * PAGE_SIZE);
	if (acpi_fits)
		*guest_rsdp = BASE;
	return acpi_fits || fail(why, "no room");
}

static struct slot *own(void)
{
	return &monitor.slots.slot[1];
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	memset(&monitor, 0, sizeof(monitor));
	monitor.boot = &boot;
	monitor.slots.count = 2;
	strcpy(monitor.slots.slot[0].name, "one");
	strcpy(own()->name, "own");
	own()->cpus = expected_cpus = 5;
	own()->ram = (struct region){.base = GIB, .size = GIB};
	own()->block.base = BASE;
	own()->runs = 7;
	boot.rsdp_size = 20;
	acpi_room = PAGE_SIZE + 1;
	acpi_fits = tables_whole = true;
	slot_block_measure(&boot, own());
	fake_memory(BASE, own()->block.size, 0xee);
	return 0;
}

static void sizes(void **state)
{
	(void)state;
	assert_int_equal(own()->block.size, TABLES + 3 * PAGE_SIZE);
	assert_int_equal(own()->block.type, REGION_ACPI);
	acpi_room = 100 * PAGE_SIZE;
	slot_block_measure(&boot, own());
	assert_int_equal(own()->block.size, 36 * KIB);
	boot.rsdp_size = 0;
	slot_block_measure(&boot, own());
	assert_int_equal(own()->block.size, 3 * PAGE_SIZE);
	assert_int_equal(slot_block_efi(own()), 0);
	own()->efi = true;
	slot_block_measure(&boot, own());
	assert_int_equal(own()->block.size, 3 * PAGE_SIZE + GUEST_EFI_SIZE);
	assert_int_equal(slot_block_efi(own()), BASE);
	assert_int_equal(slot_block_info(own()), BASE + GUEST_EFI_SIZE + 2 * PAGE_SIZE);
	own()->efi = false;
}

/* The code at info.gate is ENDBR64 and JMP [RIP + 6]. The gate's address follows. */
static void the_jump(void **state)
{
	static const uint8_t code[] = {0xf3, 0x0f, 0x1e, 0xfa, 0xff, 0x25, 6, 0, 0, 0};
	const struct switchyard_info *info;
	const uint8_t *jump;
	uint64_t target;

	(void)state;
	assert_true(slot_block_build(&monitor, 1, &rsdp, &error));
	assert_int_equal(rsdp, BASE);
	info = phys(slot_block_info(own()));
	assert_int_equal(info->magic, SWITCHYARD_MAGIC);
	assert_int_equal(info->size, sizeof(*info));
	assert_true(info->power_on);
	assert_int_equal(info->self, 2);
	assert_int_equal(info->slot_count, 2);
	assert_int_equal(info->gate, BASE + own()->block.size - 32);
	assert_int_equal(info->identity_pml4, BASE + TABLES);
	assert_int_equal(info->identity_pdpt, BASE + TABLES + PAGE_SIZE);
	jump = phys(info->gate);
	assert_memory_equal(jump, code, sizeof(code));
	memcpy(&target, jump + sizeof(code) + 6, sizeof(target));
	assert_int_equal(target, (uint64_t)gate_entry);
}

/* A guest's notes are gone after a build. They stay when the other parts are renewed. */
static void notes(void **state)
{
	(void)state;
	slot_block_build(&monitor, 1, &rsdp, &error);
	slot_block(own())->info.notes.pic_master = 0x30;
	slot_block_renew(&monitor.slots, 1);
	assert_int_equal(slot_block(own())->info.notes.pic_master, 0x30);
	slot_block_build(&monitor, 1, &rsdp, &error);
	assert_int_equal(slot_block(own())->info.notes.pic_master, 0);
}

static void damage(void **state)
{
	struct slot_block *block = slot_block(own());

	(void)state;
	slot_block_build(&monitor, 1, &rsdp, &error);
	assert_null(slot_block_damage(own()));
	block->jump.code[9] ^= 1;
	assert_string_equal(slot_block_damage(own()), "jump to the gate");
	slot_block_renew(&monitor.slots, 1);
	assert_null(slot_block_damage(own()));
	block->jump.target ^= 1;
	assert_string_equal(slot_block_damage(own()), "jump to the gate");
	slot_block_renew(&monitor.slots, 1);
	tables_whole = false;
	assert_string_equal(slot_block_damage(own()), "page tables for the gate");
}

static void no_acpi(void **state)
{
	(void)state;
	acpi_fits = false;
	assert_false(slot_block_build(&monitor, 1, &rsdp, &error));
	assert_string_equal(error.text, "no room");
	assert_int_equal(rsdp, 0);
}

/* A slot is not started as something else than its line says. */
static void what_the_line_asks_for(void **state)
{
	(void)state;
	assert_true(slot_block_allows(&monitor, own(), &error));
	acpi_fits = false;
	assert_false(slot_block_allows(&monitor, own(), &error));
	assert_string_equal(error.text, "slot own can't be started: no room");
	boot.rsdp_size = 0;
	assert_false(slot_block_allows(&monitor, own(), &error));
	assert_string_equal(error.text,
			    "slot own can't be started: the machine has no ACPI tables; "
			    "cpus= can't be done");
	own()->cpus = 0;
	assert_true(slot_block_allows(&monitor, own(), &error));
	assert_true(slot_block_build(&monitor, 1, &rsdp, &error));
}

/* A kernel that reads no tables needs none, unless cpus= has to be said by one. */
static void a_kernel_that_reads_no_tables(void **state)
{
	(void)state;
	acpi_fits = false;
	own()->type = SWITCHYARD_LINUX;
	own()->kernel.string = "quiet acpi=off";
	assert_false(slot_block_allows(&monitor, own(), &error));
	assert_string_equal(error.text, "slot own can't be started: no room");
	own()->cpus = 0;
	expected_cpus = 0;
	assert_true(slot_block_allows(&monitor, own(), &error));
	assert_true(slot_block_build(&monitor, 1, &rsdp, &error));
	assert_int_equal(rsdp, 0);
	own()->kernel.string = "acpi=off acpi=force";
	assert_false(slot_block_allows(&monitor, own(), &error));
	own()->kernel.string = "quiet acpi=force";
	assert_false(slot_block_allows(&monitor, own(), &error));
	assert_string_equal(error.text, "slot own can't be started: no room; with acpi=off on its "
					"command line it does without");
	own()->type = SWITCHYARD_ELF;
	own()->kernel.string = "acpi=off";
	assert_false(slot_block_allows(&monitor, own(), &error));
}

static void table_of_slots(void **state)
{
	const struct switchyard_slot *row = slot_block(own())->info.slot;

	(void)state;
	slot_block_build(&monitor, 1, &rsdp, &error);
	slot_block_publish(&monitor.slots, 1);
	assert_string_equal(row[0].name, "one");
	assert_int_equal(row[1].base, GIB);
	assert_int_equal(row[1].size, GIB + own()->block.size);
	assert_int_equal(row[1].runs, 7);
}

/* A slot that reads its own row is running, and may show its driver at any time. */
static void rows_without_a_driver(void **state)
{
	const struct switchyard_slot *row = slot_block(own())->info.slot;
	struct slot *other = &monitor.slots.slot[0];

	(void)state;
	slot_block_build(&monitor, 1, &rsdp, &error);
	other->runs = 0;
	slot_block_publish(&monitor.slots, 1);
	assert_int_equal(row[0].flags, 0);
	assert_int_equal(row[1].flags, 0);
	other->runs = 1;
	slot_block_publish(&monitor.slots, 1);
	assert_int_equal(row[0].flags, SWITCHYARD_SLOT_NO_DRIVER);
	other->has_driver = true;
	slot_block_publish(&monitor.slots, 1);
	assert_int_equal(row[0].flags, 0);
}

#define TEST(name) cmocka_unit_test_setup(name, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rows_without_a_driver),
		TEST(sizes),
		TEST(the_jump),
		TEST(notes),
		TEST(damage),
		TEST(no_acpi),
		TEST(what_the_line_asks_for),
		TEST(a_kernel_that_reads_no_tables),
		TEST(table_of_slots),
	};

	return cmocka_run_group_tests_name("slot_block", tests, NULL, NULL);
}
