// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_hotplug.c - keeps the power of what another slot has plugged in.
 *
 * When a PCI Express port resumes, the PCI core writes all of its Slot Control as it was before, with
 * power, indicators and all (pci_restore_pcie_state() in drivers/pci/pci.c). After real sleep that is
 * right. After a switch, another slot may have switched the power on, and may use the device. The
 * monitor has put back what is this kernel's, and has left the power alone. So what the port holds
 * now is what the PCI core shall write. pciehp looks what is in its slot when it resumes.
 */
#include <linux/pci.h>
#include "hooks.h"

/* When a device stays in D0, the PCI core calls its state unknown, because firmware may change it. */
static bool is_awake(const struct pci_dev *port)
{
	return port->current_state == PCI_D0 || port->current_state == PCI_UNKNOWN;
}

void switchyard_hotplug_wake(void)
{
	struct pci_dev *port = NULL;

	for_each_pci_dev (port)
		if (port->is_hotplug_bridge && port->state_saved && is_awake(port))
			pci_save_state(port);
}
