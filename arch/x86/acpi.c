// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/acpi.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/x86/phys.h"
#include "lib/string.h"

#define TABLE_LIMIT (1u << 20) /* no root table or table that we read is longer */

static bool valid(const struct acpi_header *table, uint32_t min_length)
{
	const uint8_t *bytes = (const uint8_t *)table;
	uint8_t sum = 0;

	if (table->length < min_length || table->length > TABLE_LIMIT)
		return false;
	for (uint32_t i = 0; i < table->length; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum == 0;
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
	const struct acpi_header *root = phys(extended ? rsdp->xsdt : rsdp->rsdt);

	if (!root || !valid(root, sizeof(*root)))
		return NULL;
	for (uint32_t i = 0; i < (root->length - sizeof(*root)) / entry_size; i++) {
		const struct acpi_header *table = phys(root_entry(root, entry_size, i));

		if (table && !memcmp(table->signature, signature, sizeof(table->signature)) &&
		    valid(table, min_length))
			return table;
	}
	return NULL;
}
