/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci_config.h - PCI configuration space: the first 256 bytes of every function, by configuration
 * mechanism 1 (PCI local bus specification 3.0, section 3.2.2.3.2), and the registers in them that
 * the monitor knows. pci_extended.h has the rest of PCI Express' configuration space.
 */
#ifndef ARCH_X86_PCI_PCI_CONFIG_H
#define ARCH_X86_PCI_PCI_CONFIG_H

#include <stdint.h>

/* A function's address, as in the address register of mechanism 1, above the register's offset. */
typedef uint16_t pci_address_t;
#define PCI_ADDRESS(bus, device, function) \
	((pci_address_t)((bus) << 8 | (device) << 3 | (function)))
#define PCI_BUS(address)      ((address) >> 8)
#define PCI_DEVICE(address)   ((address) >> 3 & 0x1f)
#define PCI_FUNCTION(address) (7 & (address))

/* PCI 3.0, section 6.1; for bridges PCI-to-PCI bridge architecture 1.2, section 3.2. */
enum pci_register {
	PCI_ID = 0x00, /* vendor, device */
	PCI_COMMAND = 0x04,
	PCI_STATUS = 0x06,
	PCI_CLASS = 0x08, /* revision, programming interface, subclass, class */
	PCI_CACHE_LINE = 0x0c,
	PCI_LATENCY = 0x0d,
	PCI_HEADER = 0x0e,
	PCI_BAR0 = 0x10,
	PCI_CAPABILITIES = 0x34,
	PCI_CARDBUS_CAPABILITIES = 0x14, /* header type 2: PC Card Standard 8.0, volume 2, 4.5 */
	PCI_ROM = 0x30,
	PCI_INTERRUPT_LINE = 0x3c,
	PCI_INTERRUPT_PIN = 0x3d,
	/* Bridges, header type 1. */
	PCI_BRIDGE_BUSES = 0x18, /* primary, secondary, subordinate; then its latency timer */
	PCI_BRIDGE_LATENCY = 0x1b,
	PCI_BRIDGE_IO = 0x1c, /* base, limit; the secondary status register is behind it */
	PCI_BRIDGE_MEMORY = 0x20,
	PCI_BRIDGE_PREFETCH = 0x24,
	PCI_BRIDGE_PREFETCH_BASE_HIGH = 0x28,
	PCI_BRIDGE_PREFETCH_LIMIT_HIGH = 0x2c,
	PCI_BRIDGE_IO_HIGH = 0x30,
	PCI_BRIDGE_ROM = 0x38,
	PCI_BRIDGE_CONTROL = 0x3e,
};

#define PCI_ID_VENDOR(id)     (0xffff & (id))
#define PCI_ID_DEVICE(id)     ((id) >> 16)

#define PCI_VENDOR_NONE	      0xffff
#define PCI_COMMAND_IO	      0x0001
#define PCI_COMMAND_MEMORY    0x0002
#define PCI_COMMAND_MASTER    0x0004
#define PCI_COMMAND_NO_INTX   0x0400 /* it does not assert its pin */
#define PCI_STATUS_LIST	      0x0010 /* there is a list of capabilities */
#define PCI_HEADER_TYPE(h)    (0x7f & (h))
#define PCI_HEADER_MULTI      0x80 /* more functions than number 0 */
#define PCI_HEADER_BRIDGE     1
#define PCI_HEADER_CARDBUS    2
#define PCI_CLASS_BASE(class) ((class) >> 24)
#define PCI_CLASS_SUB(class)  ((class) >> 16 & 0xff)
#define PCI_CLASS_BRIDGE      0x06
#define PCI_CLASS_SYSTEM      0x08
#define PCI_SUB_IOMMU	      0x06
#define PCI_BRIDGE_RESET      0x0040 /* in PCI_BRIDGE_CONTROL: of the secondary bus */
#define PCI_BRIDGE_DISCARDED  0x0400 /* the same: a status, which writing 1 clears */

/* Base address registers, section 6.2.5.1. */
#define PCI_BAR_IO	    0x1u
#define PCI_BAR_64	    0x4u
#define PCI_BAR_TYPE	    0x6u
#define PCI_BAR_IO_MASK	    0xfffffffcu
#define PCI_BAR_MEMORY_MASK 0xfffffff0u
#define PCI_BARS	    6
#define PCI_BRIDGE_BARS	    2

/*
 * Access the register at offset, which is a multiple of the size. Absent functions read as all
 * ones.
 */
uint32_t pci_read32(pci_address_t address, uint32_t offset);
uint16_t pci_read16(pci_address_t address, uint32_t offset);
uint8_t pci_read8(pci_address_t address, uint32_t offset);
void pci_write32(pci_address_t address, uint32_t offset, uint32_t value);
void pci_write16(pci_address_t address, uint32_t offset, uint16_t value);
void pci_write8(pci_address_t address, uint32_t offset, uint8_t value);

/*
 * A mirrored pair for mechanism 1's own address register. A kernel may have written it and not
 * accessed the data register yet.
 */
void pci_config_save(uint32_t *address);
void pci_config_restore(uint32_t address);

#endif
