// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/acpi/acpi.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/x86/memory/phys.h"
#include "lib/string.h"
#include "lib/units.h"

#define TABLE_LIMIT MIB /* no root table or table that we read is longer */

/* The table at address, if memory is there as far as its length says, and its checksum is right. */
static const struct acpi_header *valid_table(uint64_t address, uint32_t min_length)
{
	const struct acpi_header *table = phys_range(address, sizeof(*table));
	const uint8_t *bytes = (const uint8_t *)table;
	uint8_t sum = 0;

	if (!table || table->length < min_length || table->length > TABLE_LIMIT ||
	    !phys_range(address, table->length))
		return NULL;
	for (uint32_t i = 0; i < table->length; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum == 0 ? table : NULL;
}

static uint64_t root_entry(const struct acpi_header *root, uint32_t size, uint32_t index)
{
	uint64_t address = 0;

	memcpy(&address, (const uint8_t *)(root + 1) + index * size, size);
	return address;
}

const void *acpi_find(const struct acpi_rsdp *rsdp, const char *signature, uint32_t min_length)
{
	bool extended = rsdp->revision >= 2 && rsdp->xsdt;
	uint32_t entry_size = extended ? sizeof(uint64_t) : sizeof(uint32_t);
	const struct acpi_header *root =
		valid_table(extended ? rsdp->xsdt : rsdp->rsdt, sizeof(*root));

	if (!root)
		return NULL;
	for (uint32_t i = 0; i < (root->length - sizeof(*root)) / entry_size; i++) {
		uint64_t address = root_entry(root, entry_size, i);
		const struct acpi_header *table = phys_range(address, sizeof(*table));

		/* Only the first one: a root table that names a bad one 100,000 times is no loop.
		 */
		if (table && !memcmp(table->signature, signature, sizeof(table->signature)))
			return valid_table(address, min_length);
	}
	return NULL;
}
