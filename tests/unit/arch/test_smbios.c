/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests of SMBIOS: both entry points, with and without UEFI, and lists that are wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "arch/x86/acpi/acpi_walk.h"
#include "arch/x86/acpi/smbios.h"
#include "fake/fake.h"

#define BIOS	  0xf0000u
#define ENTRY	  0xf1230u
#define TABLE	  0x7f000000u
#define SYSTEM	  0x7e000000u
#define ENTRIES	  0x7e001000u
#define EFI_ENTRY 0x7e002000u
#define WANTED	  38

/* A structure with strings, one without, and the wanted one. */
static const uint8_t list[] = {1, 5,  0, 0, 9, 'a',  'b',  0, 'c', 0,	0, 2, 4, 0, 0, 0,
			       0, 38, 6, 0, 0, 0x11, 0x22, 0, 0,   127, 4, 0, 0, 0, 0};
static uint8_t *bios, *table;

static void write32(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

static int start(void **state)
{
	(void)state;
	fake_reset();
	bios = fake_memory(BIOS, 0x10000, 0);
	table = fake_memory(TABLE, sizeof(list), 0);
	memcpy(table, list, sizeof(list));
	return 0;
}

static void sum_entry(uint8_t *at)
{
	acpi_set_checksum(at + 0x10, 0x0f, at + 0x15);
	acpi_set_checksum(at, at[5], at + 4);
}

static void make_entry(uint8_t *at)
{
	memset(at, 0, 0x20);
	memcpy(at, "_SM_", 4);
	at[5] = 0x1f;
	memcpy(at + 0x10, "_DMI_", 5);
	at[0x16] = sizeof(list);
	write32(at + 0x18, TABLE);
	at[0x1e] = 0x33; /* version 3.3 */
	sum_entry(at);
}

static void sum_entry_3(uint8_t *at)
{
	acpi_set_checksum(at, at[6], at + 5);
}

static void make_entry_3(uint8_t *at)
{
	memset(at, 0, 0x20);
	memcpy(at, "_SM3_", 5);
	at[6] = 0x18;
	write32(at + 0x0c, sizeof(list));
	write32(at + 0x10, TABLE);
	sum_entry_3(at);
}

static void is_found(uint64_t system)
{
	uint8_t found[8];

	memset(found, 0xff, sizeof(found));
	assert_true(smbios_find(system, WANTED, found, sizeof(found)));
	assert_memory_equal(found, "\x26\x06\0\0\x11\x22\0\0", sizeof(found));
}

static void a_bios_has_it_below_1_mib(void **state)
{
	(void)state;
	assert_false(smbios_find(0, WANTED, (uint8_t[8]){0}, 8));
	make_entry(bios + ENTRY - BIOS);
	is_found(0);
	assert_false(smbios_find(0, WANTED + 1, (uint8_t[8]){0}, 8));
	make_entry_3(bios + ENTRY - BIOS);
	is_found(0);
}

static void uefi_names_it(void **state)
{
	static const uint8_t guid[] = {0x44, 0x15, 0xfd, 0xf2, 0x94, 0x97, 0x2c, 0x4a,
				       0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94};
	uint8_t *system = fake_memory(SYSTEM, 120, 0), *entries = fake_memory(ENTRIES, 48, 0);

	(void)state;
	make_entry(bios + ENTRY - BIOS); /* of no interest */
	write32(system + 104, 2);
	write32(system + 112, ENTRIES);
	assert_false(smbios_find(SYSTEM, WANTED, (uint8_t[8]){0}, 8));
	memcpy(entries + 24, guid, sizeof(guid));
	write32(entries + 40, EFI_ENTRY);
	make_entry_3(fake_memory(EFI_ENTRY, 0x20, 0));
	is_found(SYSTEM);
}

/* Slots are told of both. One that is wrong, or named as something else, is not handed on. */
static void uefi_names_both(void **state)
{
	uint8_t *system = fake_memory(SYSTEM, 120, 0), *tables = fake_memory(ENTRIES, 72, 0);
	uint8_t *entry = fake_memory(EFI_ENTRY, 0x20, 0);
	struct smbios_entries found;

	(void)state;
	smbios_efi_entries(0, &found);
	assert_int_equal(found.entry | found.entry_3, 0);
	make_entry(bios + ENTRY - BIOS);
	make_entry_3(entry);
	write32(system + 104, 3);
	write32(system + 112, ENTRIES);
	write32(tables + 16, EFI_ENTRY);
	memcpy(tables + 24, smbios_guid, sizeof(smbios_guid));
	write32(tables + 40, ENTRY);
	memcpy(tables + 48, smbios_guid_3, sizeof(smbios_guid_3));
	write32(tables + 64, EFI_ENTRY);
	smbios_efi_entries(SYSTEM, &found);
	assert_int_equal(found.entry, ENTRY);
	assert_int_equal(found.entry_3, EFI_ENTRY);
	entry[5]++;
	smbios_efi_entries(SYSTEM, &found);
	assert_int_equal(found.entry, ENTRY);
	assert_int_equal(found.entry_3, 0);
}

/* A list that claims to be longer than what is mapped is not read, and a broken one ends there. */
static void a_wrong_list(void **state)
{
	uint8_t found[8];

	(void)state;
	make_entry(bios + ENTRY - BIOS);
	bios[ENTRY - BIOS + 0x16] = sizeof(list) + 1;
	sum_entry(bios + ENTRY - BIOS);
	assert_false(smbios_find(0, WANTED, found, sizeof(found)));
	bios[ENTRY - BIOS + 0x16] = sizeof(list);
	sum_entry(bios + ENTRY - BIOS);
	table[12] = 0; /* the second structure's length */
	assert_false(smbios_find(0, WANTED, found, sizeof(found)));
	table[12] = sizeof(list);
	assert_false(smbios_find(0, WANTED, found, sizeof(found)));
}

/* Bytes that look like an entry point are none, if one of them is wrong. The next one counts. */
static void entry_points_have_checksums(void **state)
{
	uint8_t *entry = bios + 0x20, found[8];

	(void)state;
	for (uint32_t i = 0; i < 0x1f; i++) {
		make_entry(entry);
		entry[i]++;
		assert_false(smbios_find(0, WANTED, found, sizeof(found)));
	}
	make_entry(entry);
	entry[5] = 0x1e; /* version 2.1 */
	sum_entry(entry);
	is_found(0);
	entry[0x15]++;
	acpi_set_checksum(entry, entry[5], entry + 4);
	assert_false(smbios_find(0, WANTED, found, sizeof(found)));
	for (uint32_t i = 0; i < 0x18; i++) {
		make_entry_3(entry);
		entry[i]++;
		assert_false(smbios_find(0, WANTED, found, sizeof(found)));
	}
	make_entry(bios + ENTRY - BIOS);
	is_found(0);
}

/* Version 3 says only how long the list is at most. One without an end is read to that length. */
static void a_list_as_long_as_can_be(void **state)
{
	uint8_t *entry = bios + ENTRY - BIOS, *room = fake_memory(2 * TABLE, 1 << 20, 1), found[8];

	(void)state;
	make_entry_3(entry);
	write32(entry + 0x0c, UINT32_MAX);
	write32(entry + 0x10, 2 * TABLE);
	sum_entry_3(entry);
	memcpy(room, list, 5); /* its strings have no end */
	assert_false(smbios_find(0, WANTED, found, sizeof(found)));
	memcpy(room, list, sizeof(list));
	is_found(0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_bios_has_it_below_1_mib, start),
		cmocka_unit_test_setup(uefi_names_it, start),
		cmocka_unit_test_setup(uefi_names_both, start),
		cmocka_unit_test_setup(a_wrong_list, start),
		cmocka_unit_test_setup(entry_points_have_checksums, start),
		cmocka_unit_test_setup(a_list_as_long_as_can_be, start),
	};

	return cmocka_run_group_tests_name("smbios", tests, NULL, NULL);
}
