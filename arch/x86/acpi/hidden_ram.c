// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/acpi/hidden_ram.h"
#include "lib/string.h"

/* A piece of the SRAT or NFIT. The NFIT's have a length of two bytes, the SRAT's of one. */
#define SRAT_ENTRIES 48u /* ACPI 6.4, 5.2.16: where the first one is */
#define NFIT_ENTRIES 40u /* 5.2.25 */

/* Memory affinity structure, 5.2.16.2. */
struct srat_memory {
	uint8_t type, length;
	uint32_t domain;
	uint16_t reserved1;
	uint64_t base, size;
	uint32_t reserved2;
	uint32_t flags;
	uint64_t reserved3;
} __attribute__((packed));

#define SRAT_MEMORY	1
#define SRAT_ENABLED	(1u << 0)
#define SRAT_HOT_PLUG	(1u << 1)
#define SRAT_PERSISTENT (1u << 2)

/* System physical address range structure, 5.2.25.2, as far as it is needed. */
struct nfit_range {
	uint16_t type, length;
	uint16_t index, flags;
	uint32_t reserved, domain;
	uint8_t kind[16];
	uint64_t base, size;
} __attribute__((packed));

#define NFIT_RANGE 0

_Static_assert(sizeof(struct srat_memory) == 40, "memory affinity structure");
_Static_assert(sizeof(struct nfit_range) == 48, "address range structure");

static void add_hidden_range(struct hidden_ram *ram, uint64_t base, uint64_t size, bool persistent)
{
	if (size && base + size > base && ram->count < HIDDEN_RAM_MAX)
		ram->range[ram->count++] = (struct hidden_range){base, size, persistent};
}

static void read_srat(struct hidden_ram *ram, const struct acpi_header *table)
{
	const uint8_t *bytes = (const uint8_t *)table;
	struct srat_memory memory;

	for (uint32_t at = SRAT_ENTRIES; at + 2 <= table->length && bytes[at + 1];
	     at += bytes[at + 1]) {
		if (bytes[at] != SRAT_MEMORY || bytes[at + 1] < sizeof(memory) ||
		    table->length - at < sizeof(memory))
			continue;
		memcpy(&memory, bytes + at, sizeof(memory));
		if (memory.flags & SRAT_ENABLED && memory.flags & (SRAT_HOT_PLUG | SRAT_PERSISTENT))
			add_hidden_range(ram, memory.base, memory.size,
					 memory.flags & SRAT_PERSISTENT);
	}
}

static void read_nfit(struct hidden_ram *ram, const struct acpi_header *table)
{
	const uint8_t *bytes = (const uint8_t *)table;
	struct nfit_range range;
	uint16_t length;

	for (uint32_t at = NFIT_ENTRIES; table->length - at >= sizeof(range); at += length) {
		memcpy(&range, bytes + at, sizeof(range));
		length = range.length;
		if (length < 4 || length > table->length - at)
			return;
		if (range.type == NFIT_RANGE && length >= sizeof(range))
			add_hidden_range(ram, range.base, range.size, true);
	}
}

static bool has_bytes(const struct acpi_header *table, const void *wanted, uint32_t size)
{
	const uint8_t *bytes = (const uint8_t *)table;

	for (uint32_t at = sizeof(*table); at + size <= table->length; at++)
		if (!memcmp(bytes + at, wanted, size))
			return true;
	return false;
}

/*
 * The identifier of a memory device, PNP0C80 (9.11), as AML has it: a string, or a number that
 * compresses it (19.3.4), behind the opcode of a double word.
 */
static bool has_memory_device(const struct acpi_header *table)
{
	static const uint8_t number[] = {0x0c, 0x41, 0xd0, 0x0c, 0x80};
	static const char text[] = "PNP0C80";

	return has_bytes(table, number, sizeof(number)) || has_bytes(table, text, sizeof(text));
}

static void read_ram_table(struct hidden_ram *ram, uint64_t address, const char *signature)
{
	struct error none;
	const struct acpi_header *table =
		acpi_check_table(address, signature, sizeof(*table), &none);

	if (!table)
		return;
	if (!strcmp(signature, "SRAT") && table->length >= SRAT_ENTRIES)
		read_srat(ram, table);
	else if (!strcmp(signature, HIDDEN_RAM_NFIT) && table->length >= NFIT_ENTRIES)
		read_nfit(ram, table);
	else
		ram->devices |= has_memory_device(table);
}

void hidden_ram_find(struct hidden_ram *ram, const struct acpi_root *root, uint64_t dsdt)
{
	static const char *const signatures[] = {"SRAT", HIDDEN_RAM_NFIT, "SSDT"};

	*ram = (struct hidden_ram){0};
	for (uint32_t i = 0; i < acpi_root_count(root); i++) {
		uint64_t entry = acpi_root_entry(root, i);

		for (uint32_t n = 0; n < sizeof(signatures) / sizeof(signatures[0]); n++)
			if (acpi_has_signature(entry, signatures[n]))
				read_ram_table(ram, entry, signatures[n]);
	}
	if (dsdt)
		read_ram_table(ram, dsdt, "DSDT");
}
