/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * adapter.h - the display adapter that shows the monitor's screen, and what a kernel's own driver
 * does with it.
 *
 * Such a driver sets modes by registers that the VGA does not have. The monitor takes those adapters
 * back of which it knows how. Of the others it notices that a driver has them, so that the person
 * is told to look at the serial port.
 */
#ifndef ARCH_X86_SCREEN_ADAPTER_H
#define ARCH_X86_SCREEN_ADAPTER_H

#include <stdbool.h>
#include "arch/x86/pci/pci_state.h"

/*
 * Finds the adapter: the display function of PCI whose memory has that address, which is the
 * framebuffer's; 0: the VGA. There may be none. It is called once, after pci_init().
 */
void adapter_init(uint64_t framebuffer);

/* True if it is a Cirrus Logic GD 5446, which vga_ports.c keeps (cirrus.h). */
bool adapter_is_cirrus(void);

/* A slot has left. state is that of PCI, as pci_save() or pci_works_save() has just made it. */
void adapter_left(const struct pci_state *state);

/*
 * Makes it show what is in the VGA's mode, or in the framebuffer, if that takes a command of its
 * own. It leaves an adapter alone that works for a parked slot. Call it before the VGA's registers
 * are read or written.
 */
void adapter_take_back(void);

/*
 * The adapter, if it shows something else than the monitor's screen. NULL: it shows that, or nothing
 * is known of it, or the same answer was given since a slot left last.
 */
const struct pci_function *adapter_lost(void);

#endif
