// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/iommu/iommu_registers.h"
#include "arch/x86/cpu/io.h"

uint32_t iommu_read32(uint64_t address)
{
	return mmio_read32(address);
}

uint64_t iommu_read64(uint64_t address)
{
	return mmio_read64(address);
}

void iommu_write32(uint64_t address, uint32_t value)
{
	mmio_write32(address, value);
}

void iommu_write64(uint64_t address, uint64_t value)
{
	mmio_write64(address, value);
}
