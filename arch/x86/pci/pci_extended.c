// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/pci/pci_extended.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/memory/phys.h"

/* What the MCFG says of segment 0, which is the only one that mechanism 1 reaches, too. */
static struct {
	uint64_t base; /* 0: there is none */
	uint8_t first_bus, last_bus;
} ecam;

void pci_extended_set(uint64_t base, uint8_t first_bus, uint8_t last_bus)
{
	ecam.base = base;
	ecam.first_bus = first_bus;
	ecam.last_bus = last_bus;
}

uint64_t pci_extended_space_of(pci_address_t address, uint32_t id)
{
	uint64_t space = ecam.base + (uint64_t)address * PCI_EXTENDED_SIZE;

	if (!ecam.base || PCI_BUS(address) < ecam.first_bus || PCI_BUS(address) > ecam.last_bus)
		return 0;
	if (!paging_map_registers(space, PCI_EXTENDED_SIZE))
		return 0;
	return *(volatile uint32_t *)phys(space + PCI_ID) == id ? space : 0;
}

uint64_t pci_extended_space(pci_address_t address)
{
	return ecam.base ? pci_extended_space_of(address, pci_read32(address, PCI_ID)) : 0;
}

uint32_t pci_extended_read32(pci_address_t address, uint32_t offset)
{
	uint64_t space = pci_extended_space(address);

	return space ? *(volatile uint32_t *)phys(space + offset) : UINT32_MAX;
}

uint16_t pci_extended_read16(pci_address_t address, uint32_t offset)
{
	uint64_t space = pci_extended_space(address);

	return space ? *(volatile uint16_t *)phys(space + offset) : UINT16_MAX;
}

void pci_extended_write32(pci_address_t address, uint32_t offset, uint32_t value)
{
	uint64_t space = pci_extended_space(address);

	if (space)
		*(volatile uint32_t *)phys(space + offset) = value;
}

void pci_extended_write16(pci_address_t address, uint32_t offset, uint16_t value)
{
	uint64_t space = pci_extended_space(address);

	if (space)
		*(volatile uint16_t *)phys(space + offset) = value;
}
