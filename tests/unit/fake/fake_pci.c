// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_pci.c - a fake of configuration space and of mapped memory (fake_pci.h).
 */
#include <stdlib.h>
#include <string.h>
#include "arch/x86/memory/paging.h"
#include "arch/x86/pci/pci_extended.h"
#include "fake_pci.h"

/* PCI Express 4.0, section 9.3.3. */
#define SRIOV_HEADER  0x00010010 /* the only one, version 1 */
#define SRIOV_SIZE    0x40
#define SRIOV_CONTROL 0x08
#define SRIOV_FIRST   0x14
#define SRIOV_STRIDE  0x16

struct fake_pci fake_pci;

void fake_pci_reset(void)
{
	memset(&fake_pci, 0, sizeof(fake_pci));
	fake_pci.mappable = 1ull << 32;
}

void fake_pci_set(int index, uint32_t offset, uint32_t size, uint32_t value, bool writable)
{
	struct fake_pci_function *function = &fake_pci.function[index];

	memcpy(function->space + offset, &value, size);
	memset(function->writable + offset, writable ? 0xff : 0, size);
}

uint32_t fake_pci_get(int index, uint32_t offset, uint32_t size)
{
	uint32_t value = 0;

	memcpy(&value, fake_pci.function[index].space + offset, size);
	return value;
}

int fake_pci_add(int behind, uint8_t device, uint8_t function, uint32_t id, uint32_t class,
		 uint8_t header)
{
	int index = (int)fake_pci.count++;

	if (fake_pci.count > FAKE_PCI_FUNCTIONS)
		abort();
	fake_pci.function[index].behind = behind;
	fake_pci.function[index].device = device;
	fake_pci.function[index].function = function;
	fake_pci_set(index, PCI_ID, 4, id, false);
	fake_pci_set(index, PCI_COMMAND, 2, 0, true);
	fake_pci_set(index, PCI_CLASS, 4, class, false);
	fake_pci_set(index, PCI_HEADER, 1, header, false);
	for (uint32_t offset = PCI_BAR0; offset < PCI_CAPABILITIES; offset += 4)
		fake_pci_set(index, offset, 4, 0, true);
	fake_pci_set(index, PCI_INTERRUPT_LINE, 1, 0, true);
	return index;
}

uint32_t fake_pci_capability(int index, uint8_t kind, uint32_t offset, uint32_t size)
{
	uint32_t next = fake_pci_get(index, PCI_CAPABILITIES, 1);

	fake_pci_set(index, PCI_STATUS, 2, PCI_STATUS_LIST, false);
	fake_pci_set(index, PCI_CAPABILITIES, 1, offset, false);
	fake_pci_set(index, offset, 2, kind | next << 8, false);
	for (uint32_t i = 2; i < size; i++)
		fake_pci_set(index, offset + i, 1, 0, true);
	return offset;
}

int fake_pci_sriov(int index, uint16_t count, uint16_t first, uint16_t stride)
{
	const struct fake_pci_function *function = &fake_pci.function[index];
	uint32_t virtual = PCI_ADDRESS(0, function->device, function->function) + first;
	int first_index = (int)fake_pci.count;

	fake_pci_set(index, FAKE_PCI_SRIOV, 4, SRIOV_HEADER, false);
	for (uint32_t offset = 4; offset < SRIOV_SIZE; offset++)
		fake_pci_set(index, FAKE_PCI_SRIOV + offset, 1, 0, true);
	fake_pci_set(index, FAKE_PCI_SRIOV + SRIOV_FIRST, 2, first, false);
	fake_pci_set(index, FAKE_PCI_SRIOV + SRIOV_STRIDE, 2, stride, false);
	for (uint16_t i = 0; i < count; i++, virtual += stride) {
		int added =
			fake_pci_add(function->behind, PCI_DEVICE(virtual), PCI_FUNCTION(virtual),
				     UINT32_MAX, (uint32_t)fake_pci_get(index, PCI_CLASS, 4), 0);

		fake_pci.function[added].virtual = true;
		fake_pci.function[added].physical = index;
	}
	return first_index;
}

static bool is_there(const struct fake_pci_function *function)
{
	return !function->gone &&
	       (!function->virtual ||
		fake_pci_get(function->physical, FAKE_PCI_SRIOV + SRIOV_CONTROL, 2) & 1);
}

/* Functions that are switched off forget everything. */
static void forget_virtual(void)
{
	for (uint32_t i = 0; i < fake_pci.count; i++)
		if (fake_pci.function[i].virtual && !is_there(&fake_pci.function[i]))
			fake_pci_set((int)i, PCI_COMMAND, 2, 0, true);
}

/* The bus that a function is on now; -1: no bridge leads there. */
static int bus_of(const struct fake_pci_function *function)
{
	const struct fake_pci_function *bridge;
	int primary;

	if (function->behind < 0)
		return 0;
	bridge = &fake_pci.function[function->behind];
	primary = bus_of(bridge);
	if (bridge->gone || primary < 0 || bridge->space[PCI_BRIDGE_BUSES] != primary ||
	    !bridge->space[PCI_BRIDGE_BUSES + 1])
		return -1;
	return bridge->space[PCI_BRIDGE_BUSES + 1];
}

static struct fake_pci_function *find(pci_address_t address)
{
	for (uint32_t i = 0; i < fake_pci.count; i++) {
		struct fake_pci_function *function = &fake_pci.function[i];

		if (is_there(function) && bus_of(function) == (int)PCI_BUS(address) &&
		    function->device == PCI_DEVICE(address) &&
		    function->function == PCI_FUNCTION(address))
			return function;
	}
	return NULL;
}

static uint32_t read(pci_address_t address, uint32_t offset, uint32_t size, uint32_t space)
{
	struct fake_pci_function *function = find(address);
	uint32_t value = UINT32_MAX;

	if (offset % size || offset >= space)
		abort();
	if (!function)
		return value;
	memcpy(&value, function->space + offset, size);
	function->settled = true;
	return value;
}

static void write(pci_address_t address, uint32_t offset, uint32_t size, uint32_t value,
		  uint32_t space)
{
	struct fake_pci_function *function = find(address);

	if (offset % size || offset >= space || fake_pci.writes == FAKE_PCI_WRITES)
		abort();
	if (!function)
		return;
	function->writes++;
	function->settled = false;
	fake_pci.write[fake_pci.writes++] =
		(struct fake_pci_write){(uint32_t)(function - fake_pci.function), offset, value};
	for (uint32_t i = 0; i < size; i++) {
		uint8_t mask = function->writable[offset + i];
		uint8_t *byte = &function->space[offset + i];

		*byte = (uint8_t)((*byte & ~mask) | (value >> 8 * i & mask));
	}
	forget_virtual();
}

uint32_t pci_read32(pci_address_t address, uint32_t offset)
{
	return read(address, offset, 4, FAKE_PCI_PORTS);
}

uint16_t pci_read16(pci_address_t address, uint32_t offset)
{
	return (uint16_t)read(address, offset, 2, FAKE_PCI_PORTS);
}

uint8_t pci_read8(pci_address_t address, uint32_t offset)
{
	return (uint8_t)read(address, offset, 1, FAKE_PCI_PORTS);
}

void pci_write32(pci_address_t address, uint32_t offset, uint32_t value)
{
	write(address, offset, 4, value, FAKE_PCI_PORTS);
}

void pci_write16(pci_address_t address, uint32_t offset, uint16_t value)
{
	write(address, offset, 2, value, FAKE_PCI_PORTS);
}

void pci_write8(pci_address_t address, uint32_t offset, uint8_t value)
{
	write(address, offset, 1, value, FAKE_PCI_PORTS);
}

uint32_t pci_extended_read32(pci_address_t address, uint32_t offset)
{
	return read(address, offset, 4, FAKE_PCI_SPACE);
}

uint16_t pci_extended_read16(pci_address_t address, uint32_t offset)
{
	return (uint16_t)read(address, offset, 2, FAKE_PCI_SPACE);
}

void pci_extended_write32(pci_address_t address, uint32_t offset, uint32_t value)
{
	write(address, offset, 4, value, FAKE_PCI_SPACE);
}

void pci_extended_write16(pci_address_t address, uint32_t offset, uint16_t value)
{
	write(address, offset, 2, value, FAKE_PCI_SPACE);
}

uint64_t pci_extended_space_of(pci_address_t address, uint32_t id)
{
	(void)address;
	(void)id;
	return 0;
}

void pci_config_save(uint32_t *address)
{
	*address = 0;
}

void pci_config_restore(uint32_t address)
{
	(void)address;
}

bool paging_map_registers(uint64_t address, uint64_t size)
{
	return address < fake_pci.mappable && size <= fake_pci.mappable - address;
}
