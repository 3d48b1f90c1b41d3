// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzzes firmware's SMBIOS list. The last byte of the input is the wanted type. The one before says
 * how much longer than it is the list claims to be. The rest is the list.
 */
#include "arch/x86/acpi/acpi_walk.h"
#include "arch/x86/acpi/smbios.h"
#include "arch/x86/memory/phys.h"
#include "fake/fake.h"
#include "fuzz.h"

#define LIST_AT	     UINT64_C(0x7ffe0000)
#define ENTRY_AT     UINT64_C(0xf0000)
#define ENTRY_SIZE   0x20
#define ENTRY_LENGTH 0x05
#define HALF	     0x10
#define LENGTH	     0x16
#define TABLE	     0x18
#define ROOM	     32 /* bytes of a structure that are wanted */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct fuzz_input input = {bytes, size};
	uint8_t type = (uint8_t)fuzz_take(&input, 1), found[ROOM];
	uint16_t length = (uint16_t)(fuzz_take(&input, 1) + input.size);
	uint8_t *entry = fake_memory(ENTRY_AT, ENTRY_SIZE, 0);
	uint32_t table = LIST_AT;

	memcpy(entry, "_SM_", 4);
	entry[ENTRY_LENGTH] = 0x1f;
	memcpy(entry + HALF, "_DMI_", 5);
	memcpy(entry + LENGTH, &length, sizeof(length));
	memcpy(entry + TABLE, &table, sizeof(table));
	acpi_set_checksum(entry + HALF, 0x0f, entry + HALF + 5);
	acpi_set_checksum(entry, 0x1f, entry + 4);
	memcpy(fake_memory(LIST_AT, input.size, 0), input.bytes, input.size);
	if (smbios_find(0, type, found, sizeof(found)))
		FUZZ_CHECK(found[0] == type && found[1] >= 4);
	fake_reset();
	return 0;
}
