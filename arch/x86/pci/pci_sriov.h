/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci_sriov.h - virtual functions: SR-IOV (PCI Express 4.0, chapter 9).
 *
 * A kernel makes them with the capability of a physical function, each with a bus master bit of its
 * own. No walk over the buses finds them, because their vendor ID reads as PCI_VENDOR_NONE. So the
 * monitor computes their addresses from that capability.
 */
#ifndef ARCH_X86_PCI_PCI_SRIOV_H
#define ARCH_X86_PCI_PCI_SRIOV_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/pci/pci_config.h"

#define PCI_EXTENDED_SRIOV 0x0010 /* the capability's ID */
#define PCI_SRIOV_BARS	   6

/* What a kernel sets in the capability. */
struct pci_sriov_state {
	uint16_t control;
	uint16_t functions; /* NumVFs */
	uint32_t page_size;
	uint32_t bar[PCI_SRIOV_BARS];
};

/*
 * All functions here get the address of a physical function, and the offset of its SR-IOV
 * capability in extended configuration space.
 */

/*
 * Reads the state. The virtual functions can't write to memory or send messages after it. They stay
 * so: a kernel that resumes sets them up again, as after any sleep. If one of them is out of reach,
 * all are switched off.
 */
void pci_sriov_save(pci_address_t address, uint16_t at, struct pci_sriov_state *state);

/*
 * Restoring takes two calls. The first switches the virtual functions off if the state wants them
 * otherwise. The second writes the state, if it differs, and switches them on. They return true if
 * they did that. The caller then waits PCI_SRIOV_OFF_US or PCI_SRIOV_ON_US, once for all.
 */
bool pci_sriov_prepare(pci_address_t address, uint16_t at, const struct pci_sriov_state *state);
bool pci_sriov_restore(pci_address_t address, uint16_t at, const struct pci_sriov_state *state);

/*
 * Switches the virtual functions off, for good: their slot has ended. Returns true if there were
 * any. The caller then waits PCI_SRIOV_OFF_US.
 */
bool pci_sriov_stop(pci_address_t address, uint16_t at);

#define PCI_SRIOV_OFF_US 1000000 /* section 9.3.3.3.1: before the capability is read again */
#define PCI_SRIOV_ON_US	 100000	 /* the same section: before a virtual function is accessed */

#endif
