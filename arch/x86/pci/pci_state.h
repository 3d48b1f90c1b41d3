/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci_state.h - the PCI configuration that a kernel chose: which addresses each function decodes,
 * what it may do, and where its interrupts go.
 *
 * A device's own registers, from 0x40 on and outside of the capabilities that pci_state.c lists,
 * are not kept. They belong to firmware and drivers.
 */
#ifndef ARCH_X86_PCI_PCI_STATE_H
#define ARCH_X86_PCI_PCI_STATE_H

#include "arch/x86/pci/pci.h"
#include "arch/x86/pci/pci_msi.h"
#include "arch/x86/pci/pci_sriov.h"

#define PCI_FIELDS 32 /* at most so many fields are in pci_state.c's table */

struct pci_function_state {
	bool kept;  /* the function was there */
	bool works; /* it goes on working, so only its interrupts are masked (pci_works.h) */
	bool woken; /* used while another state is restored */
	bool above; /* the same: a bridge to functions that work for a parked slot */
	uint16_t command;
	uint16_t power; /* power management control: D0 to D3hot, and if it may wake the machine */
	uint32_t buses; /* of a bridge */
	uint32_t field[PCI_FIELDS];
	struct pci_msi_state msi;
	struct pci_msix_state msix;
	struct pci_sriov_state sriov;
} __attribute__((aligned(8))); /* MSI-X entries, which come behind, are read by 8 bytes */

/* There is a state for each function. Behind these come the functions' MSI-X entries. */
struct pci_state {
	uint32_t address; /* of configuration mechanism 1 */
	uint32_t owner;	  /* pci_works_save() made it for this slot; 0: pci_save() made it */
	struct pci_function_state function[];
};

/* The largest that there can be. */
#define PCI_STATE_MAX                                                                       \
	(sizeof(struct pci_state) + PCI_MAX_FUNCTIONS * sizeof(struct pci_function_state) + \
	 PCI_MAX_MSIX_ENTRIES * sizeof(struct pci_msix_entry))

/* Bytes of the state of these functions. */
uint32_t pci_state_size(const struct pci_functions *functions);

/* Saves one function, which has the place number, as pci_save() does. */
void pci_save_function(struct pci_functions *functions, uint32_t number, struct pci_state *state,
		       bool tables);

/*
 * A mirrored pair for all of functions, but for those that work for a parked slot. Save leaves the
 * functions unable to send messages, and reachable with the firmware's bus numbers. Without tables,
 * it does not keep the MSI-X tables, and those stay masked when the slot returns.
 *
 * Restore needs that, and writes only what differs from now, which is what was saved last; now is
 * spoilt after it. Both skip a function that is gone, or out of reach.
 *
 * A bridge to functions that work for a parked slot passes on their transfers at any time. So it
 * keeps its windows, bus numbers and payload size, is not switched off while it is written, and
 * does not sleep.
 *
 * Restore does not make a function that was cut off (pci.h) a bus master. Save notices when a
 * driver has made it one again.
 */
void pci_save(struct pci_functions *functions, struct pci_state *state, bool tables);
void pci_restore(const struct pci_functions *functions, const struct pci_state *state,
		 struct pci_state *now);

/*
 * The place of such a bridge that has other windows or bus numbers in state than now. Such a state
 * can't be restored. pci_functions()->count: there is none.
 */
uint32_t pci_bridge_that_differs(const struct pci_functions *functions,
				 const struct pci_state *state, const struct pci_state *now);

#endif
