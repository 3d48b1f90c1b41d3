// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/iommu/iommu_tables.h"
#include <stddef.h>
#include "lib/units.h"

/* Section 8.1. */
struct dmar {
	struct acpi_header header;
	uint8_t width;
	uint8_t flags;
	uint8_t reserved[10];
} __attribute__((packed));

#define DMAR_PROMISED (1u << 2) /* DMA_CTRL_PLATFORM_OPT_IN_FLAG */

/* A remapping unit (DRHD), section 8.3. */
struct dmar_unit {
	uint16_t type;
	uint16_t length;
	uint8_t flags;
	uint8_t size;
	uint16_t segment;
	uint64_t address;
} __attribute__((packed));

#define DMAR_UNIT 0

/* Section 5.2.1. */
struct ivrs {
	struct acpi_header header;
	uint32_t information;
	uint64_t reserved;
} __attribute__((packed));

#define IVRS_PROMISED (1u << 1)

/* A unit (IVHD), section 5.2.2. Newer types repeat older ones, with more behind this. */
struct ivrs_unit {
	uint8_t type;
	uint8_t flags;
	uint16_t length;
	uint16_t device;
	uint16_t capability;
	uint64_t address;
} __attribute__((packed));

#define IVRS_UNIT_10 0x10
#define IVRS_UNIT_11 0x11
#define IVRS_UNIT_40 0x40

/* What entries of both tables begin with, as far as it is the same. */
struct entry {
	uint16_t type;
	uint16_t length;
} __attribute__((packed));

_Static_assert(sizeof(struct dmar) == ACPI_DMAR_SIZE, "DMAR");
_Static_assert(offsetof(struct dmar_unit, address) == 8, "DRHD");
_Static_assert(sizeof(struct ivrs) == ACPI_IVRS_SIZE, "IVRS");
_Static_assert(offsetof(struct ivrs_unit, length) == offsetof(struct entry, length), "IVHD");
_Static_assert(offsetof(struct ivrs_unit, address) == 8, "IVHD");

struct finder {
	struct iommu_units *units;
	report_fn report;
	void *context;
};

static void add_unit(const struct finder *finder, enum iommu_kind kind, uint64_t address)
{
	struct iommu_units *units = finder->units;
	struct error error;

	for (uint32_t i = 0; i < units->count; i++)
		if (units->unit[i].address == address)
			return;
	if (!address || address % PAGE_SIZE) {
		fail(&error, "ACPI: %s names an IOMMU at %#lx, expected a multiple of 0x%lx",
		     kind == IOMMU_VTD ? "DMAR" : "IVRS", address, PAGE_SIZE);
		finder->report(finder->context, error.text);
		return;
	}
	if (units->count == IOMMU_MAX) {
		units->left_out++;
		return;
	}
	units->unit[units->count++] = (struct iommu_unit){.kind = kind, .address = address};
}

static void take_dmar_entry(const struct finder *finder, const struct entry *entry)
{
	const struct dmar_unit *unit = (const void *)entry;

	if (unit->type == DMAR_UNIT && unit->length >= sizeof(*unit))
		add_unit(finder, IOMMU_VTD, unit->address);
}

static void take_ivrs_entry(const struct finder *finder, const struct entry *entry)
{
	const struct ivrs_unit *unit = (const void *)entry;

	if ((unit->type == IVRS_UNIT_10 || unit->type == IVRS_UNIT_11 ||
	     unit->type == IVRS_UNIT_40) &&
	    unit->length >= sizeof(*unit))
		add_unit(finder, IOMMU_AMD, unit->address);
}

/* Calls take() for each entry; all of an entry lies in the table. */
static void walk(const struct finder *finder, const struct acpi_header *table, uint32_t offset,
		 void (*take)(const struct finder *finder, const struct entry *entry))
{
	struct error error;

	while (offset + sizeof(struct entry) <= table->length) {
		const struct entry *entry = (const void *)((const uint8_t *)table + offset);

		if (entry->length < sizeof(*entry) || entry->length > table->length - offset) {
			fail(&error, "ACPI: %.4s entry at byte %u has a length of %u",
			     table->signature, offset, entry->length);
			finder->report(finder->context, error.text);
			return;
		}
		take(finder, entry);
		offset += entry->length;
	}
}

void iommu_tables_read(const struct acpi_header *dmar, const struct acpi_header *ivrs,
		       struct iommu_units *units, report_fn report, void *context)
{
	struct finder finder = {.units = units, .report = report, .context = context};

	*units = (struct iommu_units){0};
	if (dmar) {
		units->promised = ((const struct dmar *)dmar)->flags & DMAR_PROMISED;
		walk(&finder, dmar, sizeof(struct dmar), take_dmar_entry);
	}
	if (ivrs) {
		units->promised |= !!(((const struct ivrs *)ivrs)->information & IVRS_PROMISED);
		walk(&finder, ivrs, sizeof(struct ivrs), take_ivrs_entry);
	}
}
