// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "find_acpi.h"
#include <stdbool.h>
#include <stddef.h>

struct rsdp {
	char signature[8];
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt;
} __attribute__((packed));

static bool is_signature(const char *at, const char *signature)
{
	for (uint32_t i = 0; i < 4; i++)
		if (at[i] != signature[i])
			return false;
	return true;
}

const void *acpi_table(const void *rsdp, const char *signature)
{
	const struct table_header *rsdt;
	const uint32_t *entry;

	if (!rsdp || !((const struct rsdp *)rsdp)->rsdt)
		return NULL;
	rsdt = (const struct table_header *)(uint64_t)((const struct rsdp *)rsdp)->rsdt;
	entry = (const uint32_t *)(rsdt + 1);
	for (uint32_t i = 0; i < (rsdt->length - sizeof(*rsdt)) / sizeof(*entry); i++) {
		const struct table_header *table = (const struct table_header *)(uint64_t)entry[i];

		if (is_signature(table->signature, signature))
			return table;
	}
	return NULL;
}
