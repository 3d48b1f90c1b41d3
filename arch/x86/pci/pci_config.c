// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/pci/pci_config.h"
#include "arch/x86/cpu/io.h"

#define CONFIG_ADDRESS	  0xcf8
#define CONFIG_DATA	  0xcfc
#define CONFIG_ENABLE	  0x80000000u
#define CONFIG_WORD_BITS  0xfcu
#define CONFIG_BYTE(part) (3 & (part))
#define CONFIG_HALF(part) (2 & (part))

static void select(pci_address_t address, uint32_t offset)
{
	outl(CONFIG_ADDRESS, CONFIG_ENABLE | (uint32_t)address << 8 | (offset & CONFIG_WORD_BITS));
}

uint32_t pci_read32(pci_address_t address, uint32_t offset)
{
	select(address, offset);
	return inl(CONFIG_DATA);
}

uint16_t pci_read16(pci_address_t address, uint32_t offset)
{
	select(address, offset);
	return inw((uint16_t)(CONFIG_DATA + CONFIG_HALF(offset)));
}

uint8_t pci_read8(pci_address_t address, uint32_t offset)
{
	select(address, offset);
	return inb((uint16_t)(CONFIG_DATA + CONFIG_BYTE(offset)));
}

void pci_write32(pci_address_t address, uint32_t offset, uint32_t value)
{
	select(address, offset);
	outl(CONFIG_DATA, value);
}

void pci_write16(pci_address_t address, uint32_t offset, uint16_t value)
{
	select(address, offset);
	outw((uint16_t)(CONFIG_DATA + CONFIG_HALF(offset)), value);
}

void pci_write8(pci_address_t address, uint32_t offset, uint8_t value)
{
	select(address, offset);
	outb((uint16_t)(CONFIG_DATA + CONFIG_BYTE(offset)), value);
}

void pci_config_save(uint32_t *address)
{
	*address = inl(CONFIG_ADDRESS);
}

void pci_config_restore(uint32_t address)
{
	outl(CONFIG_ADDRESS, address);
}
