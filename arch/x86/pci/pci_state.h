/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci_state.h - the PCI configuration that a kernel chose: where each function decodes, what it may
 * do, where its interrupts go.
 *
 * Registers that are the device's own, from 0x40 on and outside of the capabilities that
 * pci_state.c lists, belong to firmware and drivers, and are not kept.
 */
#ifndef ARCH_X86_PCI_PCI_STATE_H
#define ARCH_X86_PCI_PCI_STATE_H

#include "arch/x86/pci/pci.h"
#include "arch/x86/pci/pci_msi.h"

#define PCI_FIELDS 32 /* pci_state.c's table has that many at most */

struct pci_function_state {
	bool kept; /* the function was there */
	uint16_t command;
	uint16_t power; /* power management control: D0 to D3hot, and who may wake up */
	uint32_t buses; /* of a bridge */
	uint32_t field[PCI_FIELDS];
	struct pci_msi_state msi;
	struct pci_msix_state msix;
};

/* Behind the functions' states, as many as there are functions, come their MSI-X entries. */
struct pci_state {
	uint32_t address; /* of configuration mechanism 1 */
	struct pci_function_state function[];
};

/* The largest that there can be. */
#define PCI_STATE_MAX                                                                       \
	(sizeof(struct pci_state) + PCI_MAX_FUNCTIONS * sizeof(struct pci_function_state) + \
	 PCI_MAX_MSIX_ENTRIES * sizeof(struct pci_msix_entry))

/* Bytes of the state of these functions. */
uint32_t pci_state_size(const struct pci_functions *functions);

/*
 * A mirrored pair for all of functions. Save leaves the functions unable to send messages, and
 * reachable: with firmware's bus numbers. Load wants that, and writes only what differs. A function
 * that is gone, or out of reach, is passed over by both.
 *
 * A function that was cut off (pci.h) does not become a bus master by load; save takes note when a
 * driver has made it one again.
 */
void pci_save(struct pci_functions *functions, struct pci_state *state);
void pci_restore(const struct pci_functions *functions, const struct pci_state *state);

#endif
