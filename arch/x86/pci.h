/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci.h - PCI configuration space by mechanism 1 (PCI local bus specification 3.0, 3.2.2.3.2).
 */
#ifndef ARCH_X86_PCI_H
#define ARCH_X86_PCI_H

#include <stdint.h>

/*
 * Clears "bus master" on every function that is not a bridge: devices of a slot that ended without
 * suspending them can neither write to memory nor send MSIs after this. A driver sets it again when
 * it takes its device. Returns how many were changed.
 */
uint32_t pci_stop_bus_masters(void);

#endif
