/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci_extended.h - all 4 KiB of a function's configuration space, as PCI Express has it, by the
 * enhanced access mechanism (ECAM): memory that ACPI's table MCFG names. PCI Express 3.0, section
 * 7.2.2; PCI firmware specification 3.2, section 4.1.2.
 *
 * Configuration mechanism 1 (pci_config.h) reaches the first 256 bytes only. Beyond them, the monitor
 * keeps virtual functions (pci_sriov.h). It leaves error reporting and similar things alone, which
 * kernels set up again when they resume.
 */
#ifndef ARCH_X86_PCI_PCI_EXTENDED_H
#define ARCH_X86_PCI_PCI_EXTENDED_H

#include <stdint.h>
#include "arch/x86/pci/pci_config.h"

#define PCI_EXTENDED_FIRST 0x100  /* offset of the first register that only ECAM reaches */
#define PCI_EXTENDED_SIZE  0x1000 /* of a function's space, in bytes */

/*
 * Says where the space of the buses first_bus to last_bus is, as the MCFG has it: base is the
 * address that bus 0 would have, also if first_bus is another one. A range replaces the one before.
 */
void pci_extended_set(uint64_t base, uint8_t first_bus, uint8_t last_bus);

/*
 * The address of the function's space, in memory that is mapped now. 0 if the MCFG does not name
 * its bus, if that lies beyond what the monitor can map, or if another ID is there than mechanism 1
 * reads: then the table is wrong, or the function is gone.
 */
uint64_t pci_extended_space(pci_address_t address);

/*
 * The same for a function whose ID is known: one access instead of three. A kernel may have moved
 * the space, and then another ID is there.
 */
uint64_t pci_extended_space_of(pci_address_t address, uint32_t id);

/*
 * Access the register at offset, which is a multiple of the size and less than PCI_EXTENDED_SIZE.
 * Without such a space, reads return all ones, and writes do nothing.
 */
uint32_t pci_extended_read32(pci_address_t address, uint32_t offset);
uint16_t pci_extended_read16(pci_address_t address, uint32_t offset);
void pci_extended_write32(pci_address_t address, uint32_t offset, uint32_t value);
void pci_extended_write16(pci_address_t address, uint32_t offset, uint16_t value);

#endif
