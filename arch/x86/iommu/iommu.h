/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iommu.h - all IOMMUs of the machine, which translate the addresses that devices use, and remap
 * their interrupts.
 *
 * A kernel that ends or crashes leaves them on, with tables in its own memory. The next kernel may
 * not know of them, and then its devices write elsewhere or nowhere.
 */
#ifndef ARCH_X86_IOMMU_IOMMU_H
#define ARCH_X86_IOMMU_IOMMU_H

#include "arch/x86/iommu/iommu_tables.h"

/* What a slot keeps: the state of each unit. */
struct iommu_state {
	struct iommu_unit_state unit[IOMMU_MAX];
};

/*
 * Finds the units that the tables name (iommu_tables_read()) and maps their registers. What is wrong
 * is reported. later gets the faults of units during switches; see iommu_report_to().
 */
void iommu_init(const struct acpi_header *dmar, const struct acpi_header *ivrs, report_fn report,
		report_fn later, void *context);

/* The units that can be used. */
const struct iommu_units *iommu_units(void);

/* Bytes of the state of these units; 0 if there are none. */
uint32_t iommu_state_size(void);

/* Bytes of zeroed RAM that the units need of the monitor, in whole pages; and these bytes. */
uint64_t iommu_room(void);
void iommu_give_room(void *room);

/* True if a unit translates addresses, or remaps interrupts; and if one will, by that state. */
bool iommu_any_on(void);
bool iommu_any_on_in(const struct iommu_state *state);

/* How firmware left a unit: "off", "on" and so on. */
const char *iommu_firmware_left(uint32_t index);

/*
 * Switches all units off. The memory that they used can be written again after it. It needs what
 * vtd_off() in vtd.h needs.
 */
void iommu_off(void);

/*
 * A mirrored pair for all units. Save only reads. Restore needs what iommu_off() needs.
 */
void iommu_save(struct iommu_state *state);
void iommu_restore(const struct iommu_state *state);

#endif
