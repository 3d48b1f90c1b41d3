/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iommu_registers.h - a unit's registers. Unit tests have fake ones instead (fake_iommu.h).
 */
#ifndef ARCH_X86_IOMMU_IOMMU_REGISTERS_H
#define ARCH_X86_IOMMU_IOMMU_REGISTERS_H

#include <stdint.h>

/* address is physical: that of the unit plus the register's offset. */
uint32_t iommu_read32(uint64_t address);
uint64_t iommu_read64(uint64_t address);
void iommu_write32(uint64_t address, uint32_t value);
void iommu_write64(uint64_t address, uint64_t value);

#endif
