// SPDX-License-Identifier: GPL-2.0-only
/* Tests of ACPI's tables of IOMMUs, right and wrong ones. */
#include "arch/x86/iommu/iommu_tables.h"
#include <stdlib.h>
#include <string.h>
#include "cmocka.h"
#include "reports.h"

#define HEADER	 48 /* of both tables, before the entries */
#define FLAGS	 37 /* of a DMAR */
#define PROMISED 0x4
#define IVINFO	 36

static struct reports reports;
static struct iommu_units units;
static uint8_t table[4096];
static uint32_t length;

static int start(void **state)
{
	(void)state;
	reports.count = 0;
	length = HEADER;
	memset(table, 0, sizeof(table));
	return 0;
}

static void add_bytes(const void *bytes, uint32_t size)
{
	memcpy(table + length, bytes, size);
	length += size;
}

/* An entry of this size that says it has another one. */
static void add_drhd(uint16_t type, uint16_t says, uint32_t size, uint64_t address)
{
	uint8_t entry[64] = {0};

	memcpy(entry, &type, sizeof(type));
	memcpy(entry + 2, &says, sizeof(says));
	memcpy(entry + 8, &address, sizeof(address));
	add_bytes(entry, size);
}

/* The type has one byte there, and flags follow. */
static void add_ivhd(uint8_t type, uint16_t says, uint32_t size, uint64_t address)
{
	add_drhd((uint16_t)(type | 0xff00), says, size, address);
}

/* The copy has exactly the table's length, so that AddressSanitizer sees what is read behind. */
static void look(const char *signature)
{
	struct acpi_header *header = malloc(length);
	bool intel = !strcmp(signature, "DMAR");

	assert_non_null(header);
	memcpy(header, table, length);
	memcpy(header->signature, signature, sizeof(header->signature));
	header->length = length;
	iommu_tables_read(intel ? header : NULL, intel ? NULL : header, &units, keep_report,
			  &reports);
	free(header);
}

static void units_of_both_kinds(void **state)
{
	(void)state;
	add_drhd(1, 24, 24, 0xdead000); /* reserved memory, RMRR */
	add_drhd(0, 16, 16, 0xfed90000);
	add_drhd(0, 24, 24, 0xfed91000); /* with a device's scope */
	look("DMAR");
	assert_int_equal(units.count, 2);
	assert_int_equal(units.unit[0].kind, IOMMU_VTD);
	assert_int_equal(units.unit[0].address, 0xfed90000);
	assert_int_equal(units.unit[1].address, 0xfed91000);
	assert_false(units.promised);
	assert_int_equal(reports.count, 0);
}

/* Each type repeats the unit with more about it. */
static void an_amd_unit_that_is_named_thrice(void **state)
{
	(void)state;
	add_ivhd(0x10, 24, 24, 0xfed80000);
	add_ivhd(0x11, 40, 40, 0xfed80000);
	add_ivhd(0x40, 40, 40, 0xfed80000);
	add_ivhd(0x20, 32, 32, 0xdead000); /* memory, IVMD */
	look("IVRS");
	assert_int_equal(units.count, 1);
	assert_int_equal(units.unit[0].kind, IOMMU_AMD);
	assert_int_equal(units.unit[0].address, 0xfed80000);
	assert_int_equal(reports.count, 0);
}

static void firmware_that_protects_ram(void **state)
{
	(void)state;
	table[FLAGS] = PROMISED;
	look("DMAR");
	assert_true(units.promised);
	table[IVINFO] = 0x2;
	look("IVRS");
	assert_true(units.promised);
	table[IVINFO] = 0x1;
	look("IVRS");
	assert_false(units.promised);
}

static void a_length_of_zero(void **state)
{
	(void)state;
	add_drhd(0, 16, 16, 0xfed90000);
	add_drhd(0, 0, 16, 0xfed91000);
	look("DMAR");
	assert_int_equal(units.count, 1);
	assert_int_equal(reports.count, 1);
	assert_string_equal(reports.text[0], "ACPI: DMAR entry at byte 64 has a length of 0");
}

static void a_length_beyond_the_end(void **state)
{
	(void)state;
	add_ivhd(0x10, 25, 24, 0xfed80000);
	look("IVRS");
	assert_int_equal(units.count, 0);
	assert_int_equal(reports.count, 1);
	assert_string_equal(reports.text[0], "ACPI: IVRS entry at byte 48 has a length of 25");
}

/* The rest is shorter than any entry, or the entry than a unit. */
static void entries_that_are_cut(void **state)
{
	(void)state;
	add_drhd(0, 15, 15, 0xfed90000);
	add_drhd(0, 8, 8, 0);
	add_bytes("abc", 3);
	look("DMAR");
	assert_int_equal(units.count, 0);
	assert_int_equal(reports.count, 0);
}

static void addresses_that_are_none(void **state)
{
	(void)state;
	add_drhd(0, 16, 16, 0);
	add_drhd(0, 16, 16, 0xfed90008);
	look("DMAR");
	assert_int_equal(units.count, 0);
	assert_int_equal(reports.count, 2);
	assert_string_equal(
		reports.text[1],
		"ACPI: DMAR names an IOMMU at 0xfed90008, expected a multiple of 0x1000");
}

static void more_units_than_there_is_room_for(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < IOMMU_MAX + 2; i++)
		add_drhd(0, 16, 16, 0xfed90000 + i * 0x1000ull);
	look("DMAR");
	assert_int_equal(units.count, IOMMU_MAX);
	assert_int_equal(units.left_out, 2);
}

#define TEST(function) cmocka_unit_test_setup(function, start)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(units_of_both_kinds),	  TEST(an_amd_unit_that_is_named_thrice),
		TEST(firmware_that_protects_ram), TEST(a_length_of_zero),
		TEST(a_length_beyond_the_end),	  TEST(entries_that_are_cut),
		TEST(addresses_that_are_none),	  TEST(more_units_than_there_is_room_for),
	};

	return cmocka_run_group_tests_name("iommu tables", tests, NULL, NULL);
}
