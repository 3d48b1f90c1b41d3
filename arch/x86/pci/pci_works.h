/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci_works.h - functions that go on working for their slot while it is parked: a quick switch.
 *
 * Their registers are left alone. Only their interrupts are masked, each at its source, and none is
 * lost. Bridges belong to no slot. Those to other buses are kept as in any other switch.
 */
#ifndef ARCH_X86_PCI_PCI_WORKS_H
#define ARCH_X86_PCI_PCI_WORKS_H

#include "arch/x86/pci/pci_state.h"

/*
 * Makes a state in which the functions of set work for the slot with that number, and masks their
 * interrupts. It comes before the interrupt controllers are saved. Functions that work for another
 * slot are left alone.
 */
void pci_works_save(struct pci_functions *functions, uint32_t owner, const uint64_t *set,
		    struct pci_state *state);

/*
 * Unmasks them again, when all CPUs can take interrupts, but for those that were taken from the
 * slot meanwhile. It calls raise() with a message that came meanwhile, and that the device will not
 * send again.
 */
void pci_works_unmask(struct pci_functions *functions, const struct pci_state *state,
		      void (*raise)(uint32_t address, uint32_t data));

/*
 * RAM below 4 GiB where messages of the function with that number go meanwhile, if it can't mask
 * them.
 */
uint32_t *pci_works_message(uint32_t number);

#endif
