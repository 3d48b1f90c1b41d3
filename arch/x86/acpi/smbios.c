// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/acpi/smbios.h"
#include <stddef.h>
#include "arch/x86/acpi/acpi_walk.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"
#include "lib/units.h"

/* Where a BIOS has the entry point, and its alignment. */
#define BIOS_START 0xf0000u
#define BIOS_END   0x100000u
#define BIOS_STEP  16

/*
 * The two kinds of entry points, sections 5.2.1 and 5.2.2. The bytes of each have the sum 0, and in
 * the first kind the second half has it, too.
 */
struct entry_point {
	char signature[4]; /* "_SM_" */
	uint8_t checksum, length, rest_1[10];
	char signature_2[5]; /* "_DMI_" */
	uint8_t checksum_2;
	uint16_t table_length;
	uint32_t table;
	/* Version 2.1 of the specification counts one byte less than there are. */
	uint8_t rest_2[3];
} __attribute__((packed));

struct entry_point_3 {
	char signature[5]; /* "_SM3_" */
	uint8_t checksum, length, rest_1[5];
	uint32_t table_length;
	uint64_t table;
} __attribute__((packed));

_Static_assert(offsetof(struct entry_point, table) == 0x18, "SMBIOS 2.1 entry point");
_Static_assert(offsetof(struct entry_point_3, table) == 0x10, "SMBIOS 3.0 entry point");

#define SIGNATURE   "_SM_"
#define SIGNATURE_2 "_DMI_"
#define SIGNATURE_3 "_SM3_"
#define LENGTH	    0x1e /* at least; and that of its second half */
#define LENGTH_2    0x0f
#define ENTRY_MOST  0x20 /* bytes of any entry point */

/* A list can't be longer. An entry point of version 3 says only how long it is at most. */
#define LIST_MAX ((uint32_t)MIB)

/* A structure. A list of strings follows, which ends with two NULs. */
struct header {
	uint8_t type, length;
	uint16_t handle;
} __attribute__((packed));

#define TYPE_END 127

/* UEFI's system table and its entries: UEFI 2.9, sections 4.3 and 4.6. */
struct efi_system_table {
	uint8_t rest[104];
	uint64_t count, entries;
} __attribute__((packed));

struct efi_entry {
	uint8_t guid[16];
	uint64_t table;
} __attribute__((packed));

#define EFI_MOST_ENTRIES 256

const uint8_t smbios_guid[16] = {0x31, 0x2d, 0x9d, 0xeb, 0x88, 0x2d, 0xd3, 0x11,
				 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d};
const uint8_t smbios_guid_3[16] = {0x44, 0x15, 0xfd, 0xf2, 0x94, 0x97, 0x2c, 0x4a,
				   0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94};

struct list {
	uint64_t table;
	uint32_t length;
};

static bool is_entry_point(const struct entry_point *entry)
{
	return !memcmp(entry->signature, SIGNATURE, sizeof(entry->signature)) &&
	       !memcmp(entry->signature_2, SIGNATURE_2, sizeof(entry->signature_2)) &&
	       entry->length >= LENGTH && entry->length <= ENTRY_MOST &&
	       !acpi_sum(entry, entry->length) && !acpi_sum(entry->signature_2, LENGTH_2);
}

static bool is_entry_point_3(const struct entry_point_3 *entry)
{
	return !memcmp(entry->signature, SIGNATURE_3, sizeof(entry->signature)) &&
	       entry->length >= sizeof(*entry) && entry->length <= ENTRY_MOST &&
	       !acpi_sum(entry, entry->length);
}

static bool take_entry_point(uint64_t address, struct list *list)
{
	const void *bytes = phys_range(address, ENTRY_MOST);
	const struct entry_point *entry = bytes;
	const struct entry_point_3 *entry_3 = bytes;

	if (bytes && is_entry_point_3(entry_3))
		*list = (struct list){entry_3->table, entry_3->table_length};
	else if (bytes && is_entry_point(entry))
		*list = (struct list){entry->table, entry->table_length};
	else
		return false;
	if (list->length > LIST_MAX)
		list->length = LIST_MAX;
	return true;
}

static bool find_bios_list(struct list *list)
{
	for (uint64_t address = BIOS_START; address < BIOS_END; address += BIOS_STEP)
		if (take_entry_point(address, list))
			return true;
	return false;
}

void smbios_efi_entries(uint64_t efi_system_table, struct smbios_entries *entries)
{
	const struct efi_system_table *system = phys_range(efi_system_table, sizeof(*system));
	struct list list;

	*entries = (struct smbios_entries){0};
	for (uint64_t i = 0; system && i < system->count && i < EFI_MOST_ENTRIES; i++) {
		const struct efi_entry *entry =
			phys_range(system->entries + i * sizeof(*entry), sizeof(*entry));

		if (!entry || !take_entry_point(entry->table, &list))
			continue;
		if (!memcmp(entry->guid, smbios_guid, sizeof(entry->guid)))
			entries->entry = entry->table;
		else if (!memcmp(entry->guid, smbios_guid_3, sizeof(entry->guid)))
			entries->entry_3 = entry->table;
	}
}

static bool find_efi_list(uint64_t efi_system_table, struct list *list)
{
	struct smbios_entries entries;

	smbios_efi_entries(efi_system_table, &entries);
	return (entries.entry_3 && take_entry_point(entries.entry_3, list)) ||
	       (entries.entry && take_entry_point(entries.entry, list));
}

/* Returns where the structure behind the strings begins, or length if they do not end before it. */
static uint32_t after_strings(const uint8_t *bytes, uint32_t at, uint32_t length)
{
	for (; at + 1 < length; at++)
		if (!bytes[at] && !bytes[at + 1])
			return at + 2;
	return length;
}

bool smbios_find(uint64_t efi_system_table, uint8_t type, void *buffer, uint32_t size)
{
	struct list list = {0};
	const uint8_t *bytes = NULL;

	if (efi_system_table ? find_efi_list(efi_system_table, &list) : find_bios_list(&list))
		bytes = phys_range(list.table, list.length);
	for (uint32_t at = 0; bytes && at + sizeof(struct header) <= list.length;) {
		const struct header *header = (const void *)(bytes + at);

		if (header->type == TYPE_END || header->length < sizeof(*header) ||
		    header->length > list.length - at)
			return false;
		if (header->type == type) {
			memset(buffer, 0, size);
			memcpy(buffer, header, header->length < size ? header->length : size);
			return true;
		}
		at = after_strings(bytes, at + header->length, list.length);
	}
	return false;
}
