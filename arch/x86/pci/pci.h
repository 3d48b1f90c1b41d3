/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci.h - the PCI functions of this machine. It finds once which exist and what they can do. It
 * also stops those that write to memory by themselves.
 */
#ifndef ARCH_X86_PCI_PCI_H
#define ARCH_X86_PCI_PCI_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/pci/pci_config.h"

#define PCI_MAX_FUNCTIONS    128
#define PCI_MAX_MSIX_ENTRIES 512 /* of all functions together */

/*
 * Offsets of capabilities in configuration space. 0 means that the function has none of that kind.
 */
struct pci_capabilities {
	uint8_t power; /* power management */
	uint8_t msi;
	uint8_t pcix;
	uint8_t express;
	uint8_t express2; /* the same, if it is of version 2 or later, and has all its registers */
	uint8_t msix;
	uint16_t sriov; /* in extended configuration space */
};

/* As many fit. Whoever follows the list leaves it after so many, because it may run in a circle. */
#define PCI_CAPABILITIES_MOST ((256 - 0x40) / 4)

/*
 * The offset of the capability behind the one at that offset, or of the first one (0). Returns 0 at
 * the end.
 */
uint8_t pci_capability_after(pci_address_t address, uint8_t offset);

struct pci_function {
	pci_address_t address; /* with firmware's bus numbers */
	uint8_t header;	       /* type: 0 a device, PCI_HEADER_BRIDGE, PCI_HEADER_CARDBUS */
	uint32_t id, class;    /* as in PCI_ID, PCI_CLASS */
	uint32_t buses;	       /* of a bridge: firmware's PCI_BRIDGE_BUSES */
	struct pci_capabilities capability;
	uint16_t msix_entries; /* in its table */
	uint16_t msix_first;   /* the table's place in the state of a slot */
	bool pin_stays;	       /* PCI 2.2: it asserts its pin whatever its command register says */
	bool msix_kept;	       /* false: no table, or no room for it there */
	/*
	 * Its slot ended while it was bus master, so it still holds that slot's addresses. Only a
	 * driver that programs it again may start it.
	 */
	bool cut_off;
	/*
	 * The slot that it goes on working for while that is parked, by its number from 1. Nobody
	 * else touches it. 0: none. What else says that a slot's devices work says nothing of this
	 * one.
	 */
	uint32_t works_for;
};

/*
 * The functions in ascending order of their addresses. So a bridge comes before the functions
 * behind it.
 */
struct pci_functions {
	uint32_t count;
	uint32_t left_out;	   /* functions beyond PCI_MAX_FUNCTIONS, which are not kept */
	uint32_t msix_left_out;	   /* functions whose MSI-X table is not kept, for lack of room */
	uint32_t msix_unreachable; /* those beyond what the monitor can map */
	uint32_t msix_used;	   /* of PCI_MAX_MSIX_ENTRIES */
	bool ended;		   /* some no longer work, and the last pci_save() left them out */
	struct pci_function function[PCI_MAX_FUNCTIONS];
};

/* Looks for functions on all buses. Call once, before a kernel can change bus numbers. */
void pci_init(void);

/* What pci_init() found. */
struct pci_functions *pci_functions(void);

/*
 * Sets of functions: a bit for each, by its place in function[]. Bridges pass on what others write,
 * and every kernel uses them, so they belong to no slot.
 */
#define PCI_SET_WORDS (PCI_MAX_FUNCTIONS / 64)

static inline bool pci_set_has(const uint64_t *set, uint32_t number)
{
	return set[number / 64] >> number % 64 & 1;
}

static inline void pci_set_add(uint64_t *set, uint32_t number)
{
	set[number / 64] |= 1ull << number % 64;
}

static inline void pci_set_drop(uint64_t *set, uint32_t number)
{
	set[number / 64] &= ~(1ull << number % 64);
}

/* The place of the function with that address. pci_functions()->count: there is none. */
uint32_t pci_number(pci_address_t address);

/* Writes an address as Linux does, "0000:00:10.0". text has PCI_ADDRESS_TEXT bytes. Returns its length. */
#define PCI_ADDRESS_TEXT sizeof("0000:00:00.0")
uint32_t pci_address_text(char *text, pci_address_t address);

static inline bool pci_is_bridge(const struct pci_function *function)
{
	return PCI_CLASS_BASE(function->class) == PCI_CLASS_BRIDGE;
}

/*
 * The functions of set that work for that slot (works_for) don't any more: clears their "bus
 * master". set is NULL: all of them. Takes these out of uses. Returns how many there were.
 */
uint32_t pci_end(uint32_t owner, const uint64_t *set, uint64_t *uses);

/*
 * Clears "bus master" on every function that is not a bridge or an IOMMU, including functions that
 * were plugged in later, and switches all virtual functions off (pci_sriov.h). Those that work for
 * a parked slot are left alone. Devices of a slot that ended without suspending them can't write to
 * memory or send MSIs after this. A driver sets the bit again when it takes its device. Returns how
 * many were changed.
 */
uint32_t pci_stop_bus_masters(void);

/*
 * Clears the bit until pci_restore(), which gives it back to whom it belongs then. A function that
 * is not listed has no state, so it gets the bit back by pci_end_pause(), which pci_restore()
 * calls.
 */
void pci_pause_bus_masters(void);
void pci_end_pause(void);

#endif
