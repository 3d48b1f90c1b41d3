// SPDX-License-Identifier: GPL-2.0-only
/* From EFI's memory map to regions as E820 has them. */
#include "cmocka.h"
#include <efi.h>
#include <string.h>
#include "boot/efi/memory.h"
#include "lib/units.h"

static struct boot_info boot;

/* Firmware's descriptors are longer than the header's struct, so that nobody counts on its size. */
struct long_descriptor {
	EFI_MEMORY_DESCRIPTOR descriptor;
	uint64_t more;
};

static struct long_descriptor entry(uint32_t type, uint64_t base, uint64_t pages,
				    uint64_t attribute)
{
	return (struct long_descriptor){.descriptor = {.Type = type,
						       .PhysicalStart = base,
						       .NumberOfPages = pages,
						       .Attribute = attribute},
					.more = UINT64_MAX};
}

static void take(const struct long_descriptor *map, uint32_t count)
{
	memset(&boot, 0, sizeof(boot));
	memory_take(&boot, map, count * sizeof(*map), sizeof(*map));
}

static void assert_region(uint32_t index, uint64_t base, uint64_t size, uint32_t type)
{
	assert_true(index < boot.region_count);
	assert_int_equal(boot.region[index].base, base);
	assert_int_equal(boot.region[index].size, size);
	assert_int_equal(boot.region[index].type, type);
}

static void every_type(void **state)
{
	static const uint32_t expected[] = {
		[EfiReservedMemoryType] = REGION_RESERVED,
		[EfiLoaderCode] = REGION_RAM,
		[EfiLoaderData] = REGION_RAM,
		[EfiBootServicesCode] = REGION_RAM,
		[EfiBootServicesData] = REGION_RAM,
		[EfiRuntimeServicesCode] = REGION_RESERVED,
		[EfiRuntimeServicesData] = REGION_RESERVED,
		[EfiConventionalMemory] = REGION_RAM,
		[EfiUnusableMemory] = REGION_UNUSABLE,
		[EfiACPIReclaimMemory] = REGION_ACPI,
		[EfiACPIMemoryNVS] = REGION_NVS,
		[EfiMemoryMappedIO] = REGION_RESERVED,
		[EfiMemoryMappedIOPortSpace] = REGION_RESERVED,
		[EfiPalCode] = REGION_RESERVED,
		[14] = 7, /* persistent memory */
		[15] = REGION_RESERVED,
	};

	(void)state;
	for (uint32_t type = 0; type < sizeof(expected) / sizeof(expected[0]); type++) {
		struct long_descriptor map = entry(type, PAGE_SIZE, 2, 0xf);

		take(&map, 1);
		assert_int_equal(boot.region_count, 1);
		assert_region(0, PAGE_SIZE, 2 * PAGE_SIZE, expected[type]);
	}
}

static void what_the_runtime_keeps_is_no_ram(void **state)
{
	const struct long_descriptor map[] = {
		entry(EfiBootServicesData, 0, 1, EFI_MEMORY_RUNTIME),
		entry(EfiConventionalMemory, 2 * PAGE_SIZE, 1, 0x40000), /* EFI_MEMORY_SP */
	};

	(void)state;
	take(map, 2);
	assert_int_equal(boot.region_count, 2);
	assert_region(0, 0, PAGE_SIZE, REGION_RESERVED);
	assert_region(1, 2 * PAGE_SIZE, PAGE_SIZE, REGION_RESERVED);
}

static void neighbours_are_joined_in_order(void **state)
{
	const struct long_descriptor map[] = {
		entry(EfiConventionalMemory, 5 * PAGE_SIZE, 1, 0),
		entry(EfiLoaderData, 2 * PAGE_SIZE, 1, 0),
		entry(EfiACPIMemoryNVS, 3 * PAGE_SIZE, 1, 0),
		entry(EfiBootServicesCode, 0, 2, 0),
		entry(EfiBootServicesCode, 4 * PAGE_SIZE, 1, 0),
	};

	(void)state;
	take(map, 5);
	assert_int_equal(boot.region_count, 3);
	assert_region(0, 0, 3 * PAGE_SIZE, REGION_RAM);
	assert_region(1, 3 * PAGE_SIZE, PAGE_SIZE, REGION_NVS);
	assert_region(2, 4 * PAGE_SIZE, 2 * PAGE_SIZE, REGION_RAM);
}

static void the_same_start_twice(void **state)
{
	const struct long_descriptor map[] = {
		entry(EfiConventionalMemory, PAGE_SIZE, 4, 0),
		entry(EfiReservedMemoryType, PAGE_SIZE, 1, 0),
	};

	(void)state;
	take(map, 2);
	assert_int_equal(boot.region_count, 2);
	assert_region(0, PAGE_SIZE, 4 * PAGE_SIZE, REGION_RAM);
	assert_region(1, PAGE_SIZE, PAGE_SIZE, REGION_RESERVED);
}

static void empty_and_impossible_entries(void **state)
{
	const struct long_descriptor map[] = {
		entry(EfiConventionalMemory, PAGE_SIZE, 0, 0),
		entry(EfiConventionalMemory, 2 * PAGE_SIZE, UINT64_MAX / PAGE_SIZE + 1, 0),
	};

	(void)state;
	take(map, 2);
	assert_int_equal(boot.region_count, 0);
	memory_take(&boot, map, sizeof(map), 0);
	assert_int_equal(boot.region_count, 0);
}

static void too_many(void **state)
{
	struct long_descriptor map[BOOT_MAX_REGIONS + 1];

	(void)state;
	for (uint32_t i = 0; i < BOOT_MAX_REGIONS + 1; i++)
		map[i] = entry(EfiConventionalMemory, 2 * i * PAGE_SIZE, 1, 0);
	take(map, BOOT_MAX_REGIONS);
	assert_false(boot.regions_truncated);
	take(map, BOOT_MAX_REGIONS + 1);
	assert_int_equal(boot.region_count, BOOT_MAX_REGIONS);
	assert_true(boot.regions_truncated);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type),
		cmocka_unit_test(what_the_runtime_keeps_is_no_ram),
		cmocka_unit_test(neighbours_are_joined_in_order),
		cmocka_unit_test(the_same_start_twice),
		cmocka_unit_test(empty_and_impossible_entries),
		cmocka_unit_test(too_many),
	};

	return cmocka_run_group_tests_name("efi_memory", tests, NULL, NULL);
}
