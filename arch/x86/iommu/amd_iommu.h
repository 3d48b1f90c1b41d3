/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * amd_iommu.h - AMD's IOMMU: "AMD I/O Virtualization Technology (IOMMU) Specification", 48882,
 * revision 3.10; section 3.4 has the registers.
 */
#ifndef ARCH_X86_IOMMU_AMD_IOMMU_H
#define ARCH_X86_IOMMU_AMD_IOMMU_H

#include <stdbool.h>
#include "arch/x86/iommu/iommu_unit.h"

#define AMD_IOMMU_SIZE	      0x4000u /* of its registers */

#define AMD_IOMMU_EMPTY_TABLE (65536 * 32u) /* bytes of a table of all devices */

/*
 * Gives the driver a device table that says nothing of any device: zeroed RAM, in whole pages. A
 * unit for which firmware has set no table gets it when it is off. QEMU's unit looks for interrupts
 * even then, as soon as a kernel has ever set a table, and would find whatever lies at address 0.
 */
void amd_iommu_give_empty_table(const void *table);

/* These do for an AMD unit what vtd.h says of VT-d's. */
bool amd_iommu_present(const struct iommu_unit *unit);
bool amd_iommu_is_on(const struct iommu_unit *unit);
bool amd_iommu_is_on_in(const struct iommu_unit_state *state);
void amd_iommu_off(const struct iommu_unit *unit);
void amd_iommu_save(const struct iommu_unit *unit, struct iommu_unit_state *state);
void amd_iommu_restore(const struct iommu_unit *unit, const struct iommu_unit_state *state);

#endif
