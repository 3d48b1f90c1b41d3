// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "slot_cpus.h"
#include "find_acpi.h"
#include "cpu_start.h"

#define ENTRY_LOCAL_APIC 0
#define FLAG_ENABLED	 1u

struct madt {
	struct table_header header;
	uint32_t lapic_address, flags;
} __attribute__((packed));

/* The head of each entry, and what a local APIC's has: tables 5.21 and 5.22. */
struct madt_local_apic {
	uint8_t type, length;
	uint8_t processor, apic_id;
	uint32_t flags;
} __attribute__((packed));

static bool is_other_cpu(const struct madt_local_apic *entry)
{
	return entry->type == ENTRY_LOCAL_APIC && entry->flags & FLAG_ENABLED &&
	       entry->apic_id != lapic_id();
}

bool slot_second_cpu(const void *rsdp, uint32_t *apic_id)
{
	const struct madt *madt = acpi_table(rsdp, "APIC");
	const struct madt_local_apic *entry;

	if (!madt)
		return false;
	for (uint32_t offset = sizeof(*madt); offset < madt->header.length;
	     offset += entry->length) {
		entry = (const struct madt_local_apic *)((const uint8_t *)madt + offset);
		if (!is_other_cpu(entry))
			continue;
		*apic_id = entry->apic_id;
		return true;
	}
	return false;
}
