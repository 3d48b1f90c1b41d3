// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/pci.h"
#include <stdbool.h>
#include "arch/x86/io.h"

#define CONFIG_ADDRESS	    0xcf8
#define CONFIG_DATA	    0xcfc
#define CONFIG_ENABLE	    0x80000000u

#define PCI_VENDOR	    0x00
#define PCI_COMMAND	    0x04 /* low half; the status register is the high one */
#define PCI_CLASS	    0x08
#define PCI_HEADER	    0x0c
#define VENDOR_NONE	    0xffff
#define COMMAND_MASTER	    0x0004u
#define COMMAND_MASK	    0xffffu /* writing 0 to the status half changes nothing there */
#define CLASS_BASE(value)   ((value) >> 24)
#define CLASS_BRIDGE	    0x06
#define HEADER_MULTI(value) ((value) >> 16 & 0x80)

static uint32_t pci_address(uint32_t bus, uint32_t device, uint32_t function, uint32_t offset)
{
	return CONFIG_ENABLE | bus << 16 | device << 11 | function << 8 | offset;
}

static uint32_t pci_read(uint32_t bus, uint32_t device, uint32_t function, uint32_t offset)
{
	outl(CONFIG_ADDRESS, pci_address(bus, device, function, offset));
	return inl(CONFIG_DATA);
}

static void pci_write(uint32_t bus, uint32_t device, uint32_t function, uint32_t offset,
		      uint32_t value)
{
	outl(CONFIG_ADDRESS, pci_address(bus, device, function, offset));
	outl(CONFIG_DATA, value);
}

static bool present(uint32_t bus, uint32_t device, uint32_t function)
{
	return (pci_read(bus, device, function, PCI_VENDOR) & 0xffff) != VENDOR_NONE;
}

static bool stop_function(uint32_t bus, uint32_t device, uint32_t function)
{
	uint32_t command = pci_read(bus, device, function, PCI_COMMAND) & COMMAND_MASK;

	if (CLASS_BASE(pci_read(bus, device, function, PCI_CLASS)) == CLASS_BRIDGE ||
	    !(command & COMMAND_MASTER))
		return false;
	pci_write(bus, device, function, PCI_COMMAND, command & ~COMMAND_MASTER);
	return true;
}

static uint32_t stop_device(uint32_t bus, uint32_t device)
{
	uint32_t functions, stopped = 0;

	if (!present(bus, device, 0))
		return 0;
	functions = HEADER_MULTI(pci_read(bus, device, 0, PCI_HEADER)) ? 8 : 1;
	for (uint32_t function = 0; function < functions; function++)
		if (present(bus, device, function))
			stopped += stop_function(bus, device, function);
	return stopped;
}

uint32_t pci_stop_bus_masters(void)
{
	uint32_t stopped = 0;

	for (uint32_t bus = 0; bus < 256; bus++)
		for (uint32_t device = 0; device < 32; device++)
			stopped += stop_device(bus, device);
	return stopped;
}
