/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iommu_tables.h - ACPI's tables of IOMMUs. DMAR: VT-d 4.1, chapter 8. IVRS: AMD 48882 3.10,
 * chapter 5.
 */
#ifndef ARCH_X86_IOMMU_IOMMU_TABLES_H
#define ARCH_X86_IOMMU_IOMMU_TABLES_H

#include "arch/x86/acpi/acpi_tables.h"
#include "arch/x86/iommu/iommu_unit.h"

#define IOMMU_MAX 64

struct iommu_units {
	uint32_t count;
	uint32_t left_out; /* beyond IOMMU_MAX */
	bool promised;	   /* firmware says that it keeps devices from RAM until a kernel starts */
	struct iommu_unit unit[IOMMU_MAX];
};

/*
 * Lists the units that the tables name, each once. A table is NULL if there is none; else
 * acpi_check_table() has checked it. Entries that are wrong are reported, and those after an entry
 * whose length is wrong are not found.
 */
void iommu_tables_read(const struct acpi_header *dmar, const struct acpi_header *ivrs,
		       struct iommu_units *units, report_fn report, void *context);

#endif
