/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of reading firmware's ACPI tables when these are wrong about themselves. */
#include <cmocka.h>
#include <string.h>
#include "arch/x86/acpi/acpi_sleep.h"
#include "arch/x86/acpi/acpi_walk.h"
#include "arch/x86/acpi/fadt.h"
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"
#include "reports.h"

#define TABLES	    UINT64_C(0x7ffe0000)
#define TABLES_SIZE UINT64_C(0x300)
#define XSDT	    (TABLES + 0x000)
#define FIRST	    (TABLES + 0x100)
#define SECOND	    (TABLES + 0x200)
#define LAST_36	    (TABLES + TABLES_SIZE - 36) /* room for a header only */

static struct acpi_rsdp rsdp;
static struct reports reports; /* what the last find() reported */

static void finish(uint64_t address, const char *signature, uint32_t length)
{
	struct acpi_header *header = phys(address);
	uint8_t *bytes = (uint8_t *)header, sum = 0;

	memcpy(header->signature, signature, 4);
	header->length = length;
	header->checksum = 0;
	for (uint32_t i = 0; i < length && address + i < TABLES + TABLES_SIZE; i++)
		sum = (uint8_t)(sum + bytes[i]);
	header->checksum = (uint8_t)-sum;
}

static void finish_rsdp(void)
{
	rsdp.length = sizeof(rsdp);
	acpi_set_checksum(&rsdp, ACPI_RSDP_V1_SIZE, &rsdp.checksum);
	acpi_set_checksum(&rsdp, sizeof(rsdp), &rsdp.extended_checksum);
}

/* Looks for a table as the monitor does when it starts. */
static const void *find(const char *signature, uint32_t min_length)
{
	struct acpi_root root;

	reports.count = 0;
	acpi_find_root(&rsdp, &root, keep_report, &reports);
	return acpi_find(&root, signature, min_length, keep_report, &reports);
}

static void assert_reported(uint32_t i, const char *text)
{
	assert_true(i < reports.count);
	assert_string_equal(reports.text[i], text);
}

static int start(void **state)
{
	uint64_t entries[] = {FIRST, SECOND};

	(void)state;
	fake_memory(TABLES, TABLES_SIZE, 0);
	rsdp = (struct acpi_rsdp){.revision = 2, .xsdt = XSDT};
	memcpy((uint8_t *)phys(XSDT) + 36, entries, sizeof(entries));
	finish(XSDT, "XSDT", 36 + sizeof(entries));
	finish(FIRST, "HPET", 56);
	finish(SECOND, "APIC", 44);
	finish_rsdp();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	fake_reset();
	return 0;
}

static void finds_a_table(void **state)
{
	(void)state;
	assert_ptr_equal(find("APIC", 44), phys(SECOND));
	assert_null(find("FACP", 36));
	assert_int_equal(reports.count, 0);
	assert_null(find("APIC", 45));
	assert_int_equal(reports.count, 1);
	assert_reported(
		0, "ACPI: APIC at 0x7ffe0200 has a length of 44 bytes; expected 45 to 1048576");
}

/* The table is used, as Linux does. The log says which table is wrong. */
static void a_wrong_checksum_is_told(void **state)
{
	struct acpi_header *table = phys(SECOND), *root = phys(XSDT);

	(void)state;
	table->checksum = (uint8_t)(table->checksum + 2);
	root->checksum++;
	assert_ptr_equal(find("APIC", 44), table);
	assert_int_equal(reports.count, 2);
	assert_non_null(strstr(reports.text[0], "ACPI: XSDT has checksum 0x"));
	snprintf(reports.text[2], sizeof(reports.text[2]),
		 "ACPI: APIC has checksum 0x%02x, expected 0x%02x; it is used all the same",
		 table->checksum, (uint8_t)(table->checksum - 2));
	assert_reported(1, reports.text[2]);
}

/* It is used, too: with UEFI, Linux does not check its sums or its length. */
static void the_root_pointer_is_believed(void **state)
{
	static const struct {
		uint8_t *byte;
		const char *report;
		uint32_t count;
	} rows[] = {
		{&rsdp.checksum, "ACPI: the RSDP has checksum 0x", 2},
		{&rsdp.extended_checksum, "ACPI: the extended RSDP has checksum 0x", 1},
		{(uint8_t *)&rsdp.length,
		 "ACPI: the RSDP has a length of 37 bytes, expected 36; it is used all the same",
		 1},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		stop(state);
		start(state);
		++*rows[i].byte;
		assert_ptr_equal(find("APIC", 44), phys(SECOND));
		assert_int_equal(reports.count, rows[i].count);
		assert_non_null(strstr(reports.text[0], rows[i].report));
	}
}

/* The XSDT is used, but faults of the RSDT are reported, too, because slots get a copy of it. */
static void both_root_tables_are_checked(void **state)
{
	(void)state;
	rsdp.rsdt = (uint32_t)FIRST;
	finish_rsdp();
	assert_ptr_equal(find("APIC", 44), phys(SECOND));
	assert_int_equal(reports.count, 1);
	assert_reported(0, "ACPI: no RSDT at 0x7ffe0100");
}

/* The length of a table, or of the list, reaches beyond memory. Nothing there is read. */
static void length_beyond_memory(void **state)
{
	struct acpi_header *header = phys(SECOND);

	(void)state;
	header->length = TABLES_SIZE;
	assert_null(find("APIC", 44));
	header = phys(XSDT);
	header->length = TABLES_SIZE + 1;
	assert_null(find("HPET", 56));
}

/* The root pointer, or the list, has an address with no memory, or with too little memory. */
static void pointers_to_nowhere(void **state)
{
	uint64_t nowhere = UINT64_C(0xfffffffffffffff0);

	(void)state;
	memcpy((uint8_t *)phys(XSDT) + 36, &nowhere, sizeof(nowhere));
	finish(XSDT, "XSDT", 36 + 16);
	assert_null(find("HPET", 56));
	assert_ptr_equal(find("APIC", 44), phys(SECOND));
	rsdp.xsdt = nowhere;
	assert_null(find("APIC", 44));
	rsdp.xsdt = LAST_36 + 1;
	assert_null(find("APIC", 44));
}

/* Only the first table of that name is tried, because a list may name it 100,000 times. */
static void wrong_table_ends_the_search(void **state)
{
	(void)state;
	finish(FIRST, "APIC", 43);
	assert_null(find("APIC", 44));
}

/* The root pointer must name a root table. The RSDT is used if it names no XSDT. */
static void which_root(void **state)
{
	uint32_t entry = (uint32_t)SECOND;

	(void)state;
	finish(XSDT, "RSDT", 36 + 16);
	assert_null(find("APIC", 44));
	memcpy((uint8_t *)phys(XSDT) + 36, &entry, sizeof(entry));
	finish(XSDT, "RSDT", 36 + sizeof(entry));
	rsdp = (struct acpi_rsdp){.revision = 2, .rsdt = (uint32_t)XSDT};
	assert_ptr_equal(find("APIC", 44), phys(SECOND));
	rsdp.rsdt = 0;
	assert_null(find("APIC", 44));
}

/* A MADT with a local APIC, one too short for its kind, an IO-APIC, a local x2APIC, one byte. */
static const uint8_t madt_entries[] = {
	ACPI_MADT_LOCAL_APIC,
	8,
	1,
	2,
	1,
	0,
	0,
	0,
	ACPI_MADT_LOCAL_APIC,
	7,
	9,
	9,
	1,
	0,
	0,
	ACPI_MADT_IO_APIC,
	12,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	0,
	ACPI_MADT_LOCAL_X2APIC,
	16,
	0,
	0,
	4,
	1,
	0,
	0,
	2,
	0,
	0,
	0,
	3,
	0,
	0,
	0,
	ACPI_MADT_LOCAL_APIC,
};

static struct acpi_madt *make_madt(void)
{
	memcpy((uint8_t *)phys(SECOND) + sizeof(struct acpi_madt), madt_entries,
	       sizeof(madt_entries));
	finish(SECOND, "APIC", sizeof(struct acpi_madt) + sizeof(madt_entries));
	return phys(SECOND);
}

static void walks_the_madt(void **state)
{
	struct acpi_madt_walk walk = acpi_madt_begin(make_madt());
	struct acpi_processor processor;
	struct error error;

	(void)state;
	assert_true(acpi_madt_processor(acpi_madt_next(&walk), &processor));
	assert_int_equal(processor.uid, 1);
	assert_int_equal(processor.apic_id, 2);
	assert_true(processor.enabled);
	assert_false(acpi_madt_processor(acpi_madt_next(&walk), &processor));
	assert_false(acpi_madt_processor(acpi_madt_next(&walk), &processor));
	assert_true(acpi_madt_processor(acpi_madt_next(&walk), &processor));
	assert_int_equal(processor.uid, 3);
	assert_int_equal(processor.apic_id, 0x104);
	assert_false(processor.enabled);
	assert_null(acpi_madt_next(&walk));
	assert_true(acpi_madt_ended(&walk, &error));
}

/* The walk ends at an entry that is too short, or longer than the rest of the table. */
static void madt_entry_lies(void **state)
{
	static const uint8_t lengths[] = {0, 1, 45, 255};
	struct acpi_madt *madt = make_madt();
	struct error error;

	(void)state;
	for (size_t i = 0; i < sizeof(lengths); i++) {
		struct acpi_madt_walk walk = acpi_madt_begin(madt);

		((uint8_t *)(madt + 1))[1] = lengths[i];
		assert_null(acpi_madt_next(&walk));
		assert_false(acpi_madt_ended(&walk, &error));
		assert_non_null(strstr(error.text, "MADT entry at byte 44 has a length of"));
	}
}

static void no_madt(void **state)
{
	struct acpi_madt_walk walk = acpi_madt_begin(NULL);
	struct error error;

	(void)state;
	assert_null(acpi_madt_next(&walk));
	assert_true(acpi_madt_ended(&walk, &error));
}

/* The new field is used if the table has it and it is not 0. */
static void fadt_addresses(void **state)
{
	static const uint32_t whole = sizeof(struct acpi_fadt);
	static const struct {
		uint32_t length, port;
		struct acpi_address extended;
		uint16_t expected;
	} rows[] = {
		{whole, 0x404, {.space = ACPI_SPACE_IO}, 0x404},
		{whole, 0x404, {.space = ACPI_SPACE_IO, .address = 0x604}, 0x604},
		{whole, 0, {.space = ACPI_SPACE_IO, .address = 0x604}, 0x604},
		{whole, 0x404, {.space = ACPI_SPACE_MEMORY, .address = 0x604}, 0},
		{whole, 0x404, {.space = ACPI_SPACE_IO, .address = 0x10604}, 0},
		{whole, 0x10404, {.space = ACPI_SPACE_IO}, 0},
		{116, 0x404, {.space = ACPI_SPACE_IO, .address = 0x604}, 0x404},
		{172 + 11, 0x404, {.space = ACPI_SPACE_IO, .address = 0x604}, 0x404},
		{172 + 12, 0x404, {.space = ACPI_SPACE_IO, .address = 0x604}, 0x604},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct acpi_fadt fadt = {.header.length = rows[i].length,
					 .pm1a_control = rows[i].port,
					 .x_pm1a_control = rows[i].extended};

		assert_int_equal(fadt_port(&fadt, fadt.pm1a_control, &fadt.x_pm1a_control),
				 rows[i].expected);
	}
}

static void fadt_names_the_dsdt(void **state)
{
	struct acpi_fadt fadt = {.header.length = sizeof(fadt), .dsdt = (uint32_t)FIRST};

	(void)state;
	assert_int_equal(fadt_dsdt(&fadt), FIRST);
	fadt.x_dsdt = SECOND;
	assert_int_equal(fadt_dsdt(&fadt), SECOND);
	fadt.dsdt = 0;
	assert_int_equal(fadt_dsdt(&fadt), SECOND);
	fadt.header.length = 147; /* one byte too short for the field */
	assert_int_equal(fadt_dsdt(&fadt), 0);
}

/* Name (\_S5, Package () {5, 1}). It lies behind the DSDT's header and 8 other bytes. */
static const uint8_t s5[] = {0x08, '\\', '_', 'S', '5', '_', 0x12, 0x06, 0x04, 0x0a, 5, 0x01};
#define S5_AT	 (36 + 8)
#define DSDT_END ((uint32_t)(S5_AT + sizeof(s5)))

static void make_dsdt(uint32_t length)
{
	memcpy((uint8_t *)phys(FIRST) + S5_AT, s5, sizeof(s5));
	finish(FIRST, "DSDT", length);
}

static void finds_s5(void **state)
{
	int a, b;

	(void)state;
	make_dsdt(DSDT_END);
	assert_true(acpi_find_s5(FIRST, &a, &b));
	assert_int_equal(a, 5);
	assert_int_equal(b, 1);
	make_dsdt(DSDT_END - 1);
	assert_false(acpi_find_s5(FIRST, &a, &b));
}

/* The DSDT is shorter than its header, or longer than memory; or there is no DSDT. */
static void dsdt_lies(void **state)
{
	int a, b;

	(void)state;
	make_dsdt(35);
	assert_false(acpi_find_s5(FIRST, &a, &b));
	make_dsdt((uint32_t)(TABLES_SIZE - 0x100 + 1));
	assert_false(acpi_find_s5(FIRST, &a, &b));
	make_dsdt(UINT32_MAX);
	assert_false(acpi_find_s5(FIRST, &a, &b));
	finish(FIRST, "SSDT", DSDT_END);
	assert_false(acpi_find_s5(FIRST, &a, &b));
	assert_false(acpi_find_s5(0, &a, &b));
}

/* A package whose length says that its elements lie behind the DSDT's end. */
static void s5_at_the_end(void **state)
{
	uint8_t *package;
	int a, b;

	(void)state;
	package = (uint8_t *)phys(TABLES) + TABLES_SIZE - sizeof(s5) + 1;
	memcpy(package, s5, sizeof(s5) - 1);
	package[7] = 0xc0; /* three more bytes of length */
	finish(FIRST, "DSDT", (uint32_t)(TABLES_SIZE - 0x100));
	assert_false(acpi_find_s5(FIRST, &a, &b));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(finds_a_table),
		TEST(a_wrong_checksum_is_told),
		TEST(the_root_pointer_is_believed),
		TEST(both_root_tables_are_checked),
		TEST(length_beyond_memory),
		TEST(pointers_to_nowhere),
		TEST(wrong_table_ends_the_search),
		TEST(which_root),
		TEST(walks_the_madt),
		TEST(madt_entry_lies),
		TEST(no_madt),
		TEST(fadt_addresses),
		TEST(fadt_names_the_dsdt),
		TEST(finds_s5),
		TEST(dsdt_lies),
		TEST(s5_at_the_end),
	};

	return cmocka_run_group_tests_name("acpi", tests, NULL, NULL);
}
