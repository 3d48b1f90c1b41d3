// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/pci/pci.h"
#include <stddef.h>
#include "arch/x86/pci/pci_extended.h"
#include "arch/x86/pci/pci_msi.h"
#include "arch/x86/pci/pci_sriov.h"
#include "arch/x86/time/clock.h"
#include "lib/print.h"

#define BUSES		 256
#define DEVICES		 32
#define FUNCTIONS	 8

#define CAPABILITY_ID	 0 /* offsets in a capability: PCI 3.0, section 6.7 */
#define CAPABILITY_NEXT	 1
#define CAPABILITY_FIRST 0x40
#define CAPABILITY_ALIGN 0xfc /* of offsets: their two low bits are reserved */

/* PCI code and ID assignment specification 1.11, chapter 2. */
enum capability_id {
	CAPABILITY_POWER = 0x01,
	CAPABILITY_MSI = 0x05,
	CAPABILITY_PCIX = 0x07,
	CAPABILITY_EXPRESS = 0x10,
	CAPABILITY_MSIX = 0x11,
};

/* The header of an extended capability: PCI Express 3.0, section 7.9.1. */
#define EXTENDED_ID(header)   (0xffff & (header))
#define EXTENDED_NEXT(header) ((header) >> 20 & 0xffc)
#define EXTENDED_MOST	      ((PCI_EXTENDED_SIZE - PCI_EXTENDED_FIRST) / 4)

#define EXPRESS_FLAGS	      2 /* PCI Express 3.0, section 7.8.2 */
#define EXPRESS_VERSION	      0x000f
#define EXPRESS_VERSION_2     2

static struct pci_functions found;

/* What was paused and is not listed, as far as there is room. The rest stays paused. */
static struct {
	uint32_t count;
	pci_address_t address[PCI_MAX_FUNCTIONS];
} paused;

struct pci_functions *pci_functions(void)
{
	return &found;
}

static bool answers(pci_address_t address)
{
	return pci_read16(address, PCI_ID) != PCI_VENDOR_NONE;
}

/* Calls each() with every function of the machine, in ascending order of addresses. */
static void for_each_function(void (*each)(pci_address_t address, void *context), void *context)
{
	for (uint32_t device = 0; device < BUSES * DEVICES; device++) {
		pci_address_t first = PCI_ADDRESS(0, device, 0);
		uint32_t functions;

		if (!answers(first))
			continue;
		functions = pci_read8(first, PCI_HEADER) & PCI_HEADER_MULTI ? FUNCTIONS : 1;
		for (uint32_t i = 0; i < functions; i++)
			if (answers(first | (pci_address_t)i))
				each(first | (pci_address_t)i, context);
	}
}

/* The pointer to the first capability. CardBus bridges have it at another offset. */
static uint8_t first_pointer(pci_address_t address)
{
	bool cardbus = PCI_HEADER_TYPE(pci_read8(address, PCI_HEADER)) == PCI_HEADER_CARDBUS;

	return cardbus ? PCI_CARDBUS_CAPABILITIES : PCI_CAPABILITIES;
}

uint8_t pci_capability_after(pci_address_t address, uint8_t offset)
{
	uint8_t next;

	if (!offset && !(pci_read16(address, PCI_STATUS) & PCI_STATUS_LIST))
		return 0;
	next = pci_read8(address, offset ? offset + CAPABILITY_NEXT : first_pointer(address)) &
	       CAPABILITY_ALIGN;
	return next >= CAPABILITY_FIRST ? next : 0;
}

/* Returns 0 if the function has none with that ID, or its extended space is out of reach. */
static uint16_t find_extended(pci_address_t address, uint16_t id)
{
	uint16_t offset = PCI_EXTENDED_FIRST;

	for (uint32_t i = 0; i < EXTENDED_MOST && offset >= PCI_EXTENDED_FIRST; i++) {
		uint32_t header = pci_extended_read32(address, offset);

		if (header == UINT32_MAX)
			return 0;
		if (EXTENDED_ID(header) == id)
			return offset;
		offset = EXTENDED_NEXT(header);
	}
	return 0;
}

/*
 * Finds the first capability of each kind. A list that runs in a circle is left after a number of
 * steps.
 */
static struct pci_capabilities find_capabilities(pci_address_t address)
{
	struct pci_capabilities found_here = {0};
	uint8_t offset = pci_capability_after(address, 0);

	for (uint32_t i = 0; i < PCI_CAPABILITIES_MOST && offset; i++) {
		uint8_t *kind = NULL;

		switch (pci_read8(address, offset + CAPABILITY_ID)) {
		case CAPABILITY_POWER:
			kind = &found_here.power;
			break;
		case CAPABILITY_MSI:
			kind = &found_here.msi;
			break;
		case CAPABILITY_PCIX:
			kind = &found_here.pcix;
			break;
		case CAPABILITY_EXPRESS:
			kind = &found_here.express;
			break;
		case CAPABILITY_MSIX:
			kind = &found_here.msix;
			break;
		}
		if (kind && !*kind)
			*kind = offset;
		offset = pci_capability_after(address, offset);
	}
	if (found_here.express && (pci_read16(address, found_here.express + EXPRESS_FLAGS) &
				   EXPRESS_VERSION) >= EXPRESS_VERSION_2)
		found_here.express2 = found_here.express;
	if (found_here.express)
		found_here.sriov = find_extended(address, PCI_EXTENDED_SRIOV);
	return found_here;
}

static void give_msix_room(struct pci_functions *functions, struct pci_function *function)
{
	if (!function->capability.msix)
		return;
	function->msix_entries = pci_msix_entries(function);
	if (function->msix_entries > PCI_MAX_MSIX_ENTRIES - functions->msix_used) {
		functions->msix_left_out++;
		return;
	}
	if (pci_msix_placed(function) && !pci_msix_table(function))
		functions->msix_unreachable++;
	function->msix_kept = true;
	function->msix_first = (uint16_t)functions->msix_used;
	functions->msix_used += function->msix_entries;
}

/* Bit 10 of the command register came with PCI 2.3. It reads as 0 before. */
static bool pin_stays(pci_address_t address)
{
	uint16_t command = pci_read16(address, PCI_COMMAND);
	bool stays;

	if (!pci_read8(address, PCI_INTERRUPT_PIN) || command & PCI_COMMAND_NO_INTX)
		return false;
	pci_write16(address, PCI_COMMAND, command | PCI_COMMAND_NO_INTX);
	stays = !(pci_read16(address, PCI_COMMAND) & PCI_COMMAND_NO_INTX);
	pci_write16(address, PCI_COMMAND, command);
	return stays;
}

static void add_function(pci_address_t address, void *context)
{
	struct pci_functions *functions = context;
	struct pci_function *function = &functions->function[functions->count];

	if (functions->count == PCI_MAX_FUNCTIONS) {
		functions->left_out++;
		return;
	}
	functions->count++;
	*function = (struct pci_function){
		.address = address,
		.header = PCI_HEADER_TYPE(pci_read8(address, PCI_HEADER)),
		.id = pci_read32(address, PCI_ID),
		.class = pci_read32(address, PCI_CLASS),
		.buses = pci_read32(address, PCI_BRIDGE_BUSES),
		.capability = find_capabilities(address),
		.pin_stays = pin_stays(address),
	};
	give_msix_room(functions, function);
}

void pci_init(void)
{
	found = (struct pci_functions){0};
	paused.count = 0;
	for_each_function(add_function, &found);
}

uint32_t pci_number(pci_address_t address)
{
	uint32_t number = 0;

	while (number < found.count && found.function[number].address != address)
		number++;
	return number;
}

uint32_t pci_address_text(char *text, pci_address_t address)
{
	return (uint32_t)format_text(text, PCI_ADDRESS_TEXT, "0000:%02x:%02x.%x", PCI_BUS(address),
				     PCI_DEVICE(address), PCI_FUNCTION(address));
}

/* NULL: it is not listed. */
static struct pci_function *listed_at(pci_address_t address)
{
	uint32_t number = pci_number(address);

	return number < found.count ? &found.function[number] : NULL;
}

static void mark_cut_off(pci_address_t address)
{
	struct pci_function *function = listed_at(address);

	if (function)
		function->cut_off = true;
}

static bool works(pci_address_t address)
{
	const struct pci_function *function = listed_at(address);

	return function && function->works_for;
}

/* Bridges pass on what others write. An IOMMU reads its tables, and is switched off by itself. */
static bool serves_others(pci_address_t address)
{
	uint32_t class = pci_read32(address, PCI_CLASS);

	return PCI_CLASS_BASE(class) == PCI_CLASS_BRIDGE ||
	       (PCI_CLASS_BASE(class) == PCI_CLASS_SYSTEM && PCI_CLASS_SUB(class) == PCI_SUB_IOMMU);
}

/* The last read returns when the function's writes before it have arrived: PCI Express 3.0, 2.4.1. */
static bool stop_bus_master(pci_address_t address)
{
	uint16_t command = pci_read16(address, PCI_COMMAND);

	if (serves_others(address) || !(command & PCI_COMMAND_MASTER))
		return false;
	pci_write16(address, PCI_COMMAND, command & (uint16_t)~PCI_COMMAND_MASTER);
	pci_read16(address, PCI_COMMAND);
	return true;
}

/* A kernel that crashed may have been about to reset the functions behind the bridge. */
static void end_reset(pci_address_t address)
{
	uint16_t control = pci_read16(address, PCI_BRIDGE_CONTROL);

	if (PCI_HEADER_TYPE(pci_read8(address, PCI_HEADER)) == PCI_HEADER_BRIDGE &&
	    (control & PCI_BRIDGE_RESET))
		pci_write16(address, PCI_BRIDGE_CONTROL,
			    control & (uint16_t) ~(PCI_BRIDGE_RESET | PCI_BRIDGE_DISCARDED));
}

/* What a walk that stops functions has done. */
struct stopped {
	uint32_t masters;
	bool virtual; /* also functions that are virtual */
};

static void cut_off(pci_address_t address, void *context)
{
	struct stopped *stopped = context;
	uint16_t sriov;

	if (works(address))
		return;
	sriov = find_capabilities(address).sriov;
	if (sriov)
		stopped->virtual |= pci_sriov_stop(address, sriov);
	end_reset(address);
	if (!stop_bus_master(address))
		return;
	mark_cut_off(address);
	stopped->masters++;
}

/* A function that was plugged in where another one had been is not the one that is listed. */
static void pause(pci_address_t address, void *none)
{
	const struct pci_function *function = listed_at(address);
	bool listed = function && pci_read32(address, PCI_ID) == function->id;

	(void)none;
	if (works(address))
		return;
	if (stop_bus_master(address) && !listed && paused.count < PCI_MAX_FUNCTIONS)
		paused.address[paused.count++] = address;
}

uint32_t pci_stop_bus_masters(void)
{
	struct stopped stopped = {0};

	paused.count = 0; /* these are cut off, too */
	for_each_function(cut_off, &stopped);
	if (stopped.virtual)
		clock_wait_us(PCI_SRIOV_OFF_US);
	return stopped.masters;
}

uint32_t pci_end(uint32_t owner, const uint64_t *set, uint64_t *uses)
{
	struct stopped stopped = {0};
	uint32_t count = 0;

	for (uint32_t i = 0; i < found.count; i++) {
		if (found.function[i].works_for != owner || (set && !pci_set_has(set, i)))
			continue;
		found.function[i].works_for = 0;
		found.ended = true;
		pci_set_drop(uses, i);
		cut_off(found.function[i].address, &stopped);
		count++;
	}
	if (stopped.virtual)
		clock_wait_us(PCI_SRIOV_OFF_US);
	return count;
}

void pci_pause_bus_masters(void)
{
	for_each_function(pause, NULL);
}

void pci_end_pause(void)
{
	while (paused.count) {
		pci_address_t address = paused.address[--paused.count];

		if (answers(address))
			pci_write16(address, PCI_COMMAND,
				    pci_read16(address, PCI_COMMAND) | PCI_COMMAND_MASTER);
	}
}
