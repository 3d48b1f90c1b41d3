/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci_msi.h - message signalled interrupts: a device's MSI capability, and its MSI-X capability
 * with its table. PCI 3.0, section 6.8.
 *
 * A message is a memory write. Its address and data say which CPU and which vector. So only these
 * registers keep a device from sending one kernel's vectors to the next kernel.
 */
#ifndef ARCH_X86_PCI_PCI_MSI_H
#define ARCH_X86_PCI_PCI_MSI_H

#include "arch/x86/pci/pci_image.h"

struct pci_msi_state {
	bool known; /* the registers are what the function has */
	uint16_t control;
	uint16_t data;
	uint32_t address_low, address_high;
	uint32_t mask;
};

struct pci_msix_entry {
	uint32_t word[4]; /* address, its high half, data, control (bit 0: masked) */
};

struct pci_msix_state {
	uint16_t control;
	/*
	 * The table was read. It is not read if the slot had memory decoding off, or a BAR that the
	 * monitor can't map. Such a table sends nothing before a kernel writes it.
	 */
	bool table;
	bool spared; /* the slot writes its table itself, so it stays masked until then */
};

/*
 * Mirrored pairs for one function that has the capability. Save switches MSI off, masks MSI-X as a
 * whole, and leaves the rest as it is. Restore needs that, and writes what differs from now, which
 * was saved last. entries has room for the table's function->msix_entries entries; if it is NULL,
 * the table is not kept.
 *
 * pci_msix_restore() needs the BARs in place. command is what the command register has, and it
 * leaves it so.
 */
void pci_msi_save(struct pci_image *image, struct pci_msi_state *state);
void pci_msi_restore(const struct pci_function *function, const struct pci_msi_state *state,
		     const struct pci_msi_state *now);
void pci_msix_save(struct pci_image *image, struct pci_msix_state *state,
		   struct pci_msix_entry *entries);
void pci_msix_restore(const struct pci_function *function, const struct pci_msix_state *state,
		      const struct pci_msix_entry *entries, const struct pci_msix_state *now,
		      const struct pci_msix_entry *now_entries, uint16_t command);

/* The function may have lost its registers since the save. Its table is not known after it. */
void pci_msix_read_again(struct pci_image *image, struct pci_msix_state *state);

/* How many entries the function's MSI-X table has. */
uint16_t pci_msix_entries(const struct pci_function *function);

/* True if that table's BAR is set. */
bool pci_msix_placed(const struct pci_function *function);

/*
 * The physical address of that table now. 0 if its BAR is not set, or is set to an address that the
 * monitor can't map.
 */
uint64_t pci_msix_table(const struct pci_function *function);

bool pci_msi_enabled(const struct pci_function *function);
bool pci_msix_enabled(const struct pci_function *function);

#endif
