// SPDX-License-Identifier: GPL-2.0-only
/*
 * hotplug.c - keeps the power of what another slot has plugged in.
 *
 * When a PCI Express port resumes, the PCI core writes all of its Slot Control and Link Control as
 * they were before (pci_restore_pcie_state() in drivers/pci/pci.c). After real sleep that is right.
 * After a switch, another slot may have switched the power on, and may use the device. The monitor
 * has put back what is this kernel's, and has left the hardware's own state alone: power,
 * indicators, and how the link was trained. So these bits of what the PCI core saved become what
 * the port has now. All else that it saved is this kernel's. pciehp looks what is in its slot when
 * it resumes.
 */
#include <linux/list.h>
#include <linux/pci.h>
#include "stock.h"

/* What the PCI core saved of one capability: struct pci_cap_saved_state in its own header. */
struct saved_capability {
	struct hlist_node next;
	u16 id;
	bool extended;
	unsigned int size; /* in bytes */
	u32 data[];
};

/* Which words of data[] the registers are: pci_save_pcie_state() in Linux 6.1 and 6.12. */
enum { SAVED_LINK_CONTROL = 1, SAVED_SLOT_CONTROL = 2, SAVED_WORDS = 7 };

/* hardware_bits() in the monitor (arch/x86/pci/pci_state.c) leaves these alone. */
#define LINK_HARDWARE (PCI_EXP_LNKCTL_LD | PCI_EXP_LNKCTL_CCC | PCI_EXP_LNKCTL_ES)
#define SLOT_HARDWARE (PCI_EXP_SLTCTL_AIC | PCI_EXP_SLTCTL_PIC | PCI_EXP_SLTCTL_PCC)

/* NULL: there is none, or it does not look as this file knows it. */
static u16 *saved_registers(struct pci_dev *port)
{
	struct saved_capability *saved;

	hlist_for_each_entry (saved, &port->saved_cap_space, next)
		if (saved->id == PCI_CAP_ID_EXP && !saved->extended &&
		    saved->size == SAVED_WORDS * sizeof(u16))
			return (u16 *)saved->data;
	return NULL;
}

/* A port that has no power, or whose bus has none, reads as ones. */
static bool answers(struct pci_dev *port)
{
	u16 vendor;

	return !pci_read_config_word(port, PCI_VENDOR_ID, &vendor) && !PCI_POSSIBLE_ERROR(vendor);
}

static void take_live_bits(struct pci_dev *port, int offset, u16 bits, u16 *saved)
{
	u16 live;

	if (!pcie_capability_read_word(port, offset, &live))
		*saved = (*saved & ~bits) | (live & bits);
}

void switchyard_hotplug_wake(void)
{
	struct pci_dev *port = NULL;
	u16 *saved;

	for_each_pci_dev (port) {
		if (!port->is_hotplug_bridge || !port->state_saved || !answers(port))
			continue;
		saved = saved_registers(port);
		if (!saved)
			continue;
		take_live_bits(port, PCI_EXP_LNKCTL, LINK_HARDWARE, &saved[SAVED_LINK_CONTROL]);
		take_live_bits(port, PCI_EXP_SLTCTL, SLOT_HARDWARE, &saved[SAVED_SLOT_CONTROL]);
	}
}
