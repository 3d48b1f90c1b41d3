// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/screen/adapter.h"
#include <stddef.h>
#include "arch/x86/cpu/io.h"

#define CLASS_DISPLAY 0x03 /* PCI code and ID assignment specification 1.11, section 1.4 */
#define SUB_VGA	      0x00
#define POWER_STATE   0x3 /* PCI power management 1.2, section 3.2.4; 0: D0 */

#define ID_BOCHS      0x11111234u /* QEMU's docs/specs/standard-vga.rst */
#define ID_CIRRUS     0x00b81013u /* GD 5446 */
#define ID_QXL	      0x01001b36u /* QEMU's docs/specs/pci-ids.rst */
#define ID_VIRTIO_GPU 0x10501af4u /* virtio 1.1, sections 4.1.2 and 5.7.1 */

/* QXL: I/O ports, of which a write to each is a command: spice-protocol's spice/qxl_dev.h. */
#define QXL_IO_BAR   (PCI_BAR0 + 3 * 4)
#define QXL_IO_RESET 5 /* to the VGA's mode, as the machine's reset does */

/*
 * Virtio: capabilities that say where registers are, and one by which they are accessed without
 * their BAR: virtio 1.1, sections 4.1.4, 4.1.4.3 and 4.1.4.8.
 */
#define CAPABILITY_VENDOR 0x09
#define VIRTIO_TYPE	  3
#define VIRTIO_BAR	  4
#define VIRTIO_OFFSET	  8
#define VIRTIO_LENGTH	  12
#define VIRTIO_DATA	  16
#define VIRTIO_COMMON	  1 /* types */
#define VIRTIO_ACCESS	  5
#define COMMON_STATUS	  0x14
#define STATUS_DRIVER_OK  4 /* section 2.1 */
#define STATUS_RESET	  0 /* as after the machine's reset */

static struct {
	uint32_t number;	       /* its place in pci_functions() */
	struct pci_function *function; /* NULL: none was found */
	bool was_master;
	bool taken; /* a driver has it, of which nobody can take it back */
	bool told;
	struct {
		uint8_t access; /* offsets of capabilities; 0: none */
		uint8_t bar;
		uint32_t status;
	} virtio;
} adapter;

static bool adapter_is(uint32_t id)
{
	return adapter.function && adapter.function->id == id;
}

bool adapter_is_cirrus(void)
{
	return adapter_is(ID_CIRRUS);
}

/* The BAR's memory begins at or before the address. Its size is not asked for: others are behind. */
static uint64_t base_before(pci_address_t function, uint64_t address)
{
	uint64_t best = 0;

	for (uint32_t i = 0; i < PCI_BARS; i++) {
		uint32_t low = pci_read32(function, PCI_BAR0 + i * 4);
		uint64_t base = low & PCI_BAR_MEMORY_MASK;

		if (low & PCI_BAR_IO)
			continue;
		if ((low & PCI_BAR_TYPE) == PCI_BAR_64 && i + 1 < PCI_BARS)
			base |= (uint64_t)pci_read32(function, PCI_BAR0 + ++i * 4) << 32;
		if (base <= address && base > best)
			best = base;
	}
	return best;
}

/* The display function whose memory begins nearest before the framebuffer; without one, the VGA. */
static uint32_t find_adapter(uint64_t framebuffer)
{
	const struct pci_functions *functions = pci_functions();
	uint32_t found = functions->count;
	uint64_t best = 0;

	for (uint32_t i = 0; i < functions->count; i++) {
		const struct pci_function *function = &functions->function[i];
		uint64_t base = framebuffer ? base_before(function->address, framebuffer) : 0;

		if (PCI_CLASS_BASE(function->class) != CLASS_DISPLAY)
			continue;
		if (framebuffer
			    ? base > best
			    : found == functions->count &&
				      PCI_CLASS_SUB(function->class) == SUB_VGA &&
				      pci_read16(function->address, PCI_COMMAND) & PCI_COMMAND_IO) {
			best = base;
			found = i;
		}
	}
	return found;
}

static void note_capability(pci_address_t address, uint8_t at)
{
	switch (pci_read8(address, at + VIRTIO_TYPE)) {
	case VIRTIO_ACCESS:
		adapter.virtio.access = at;
		break;
	case VIRTIO_COMMON:
		adapter.virtio.bar = pci_read8(address, at + VIRTIO_BAR);
		adapter.virtio.status = pci_read32(address, at + VIRTIO_OFFSET) + COMMON_STATUS;
		break;
	}
}

/* Finds the capabilities by which the device's status is read and written. */
static void find_virtio(pci_address_t address)
{
	uint8_t at = pci_capability_after(address, 0);

	for (uint32_t i = 0; i < PCI_CAPABILITIES_MOST && at; i++) {
		if (pci_read8(address, at) == CAPABILITY_VENDOR)
			note_capability(address, at);
		at = pci_capability_after(address, at);
	}
	if (!adapter.virtio.status)
		adapter.virtio.access = 0;
}

void adapter_init(uint64_t framebuffer)
{
	struct pci_functions *functions = pci_functions();

	adapter.number = find_adapter(framebuffer);
	if (adapter.number == functions->count)
		return;
	adapter.function = &functions->function[adapter.number];
	adapter.was_master =
		pci_read16(adapter.function->address, PCI_COMMAND) & PCI_COMMAND_MASTER;
	if (adapter_is(ID_VIRTIO_GPU))
		find_virtio(adapter.function->address);
}

/* Points the access capability at the status, which has one byte. */
static uint32_t open_virtio_status(void)
{
	pci_address_t address = adapter.function->address;
	uint32_t at = adapter.virtio.access;

	pci_write8(address, at + VIRTIO_BAR, adapter.virtio.bar);
	pci_write32(address, at + VIRTIO_OFFSET, adapter.virtio.status);
	pci_write32(address, at + VIRTIO_LENGTH, 1);
	return at + VIRTIO_DATA;
}

/*
 * Linux makes every virtio device a bus master and acknowledges it, whether it has a driver of its
 * own or not. A driver that shuts the device down resets it, and QEMU does not show the VGA's mode
 * again for that.
 */
static bool virtio_was_driven(bool master)
{
	uint8_t status;

	if (!adapter.virtio.access)
		return false;
	status = pci_read8(adapter.function->address, open_virtio_status());
	return status & STATUS_DRIVER_OK || (status == STATUS_RESET && master);
}

/* The ports answer only while they are decoded, which the slot that left may have switched off. */
static void reset_qxl(void)
{
	pci_address_t address = adapter.function->address;
	uint32_t bar = pci_read32(address, QXL_IO_BAR);
	uint16_t command = pci_read16(address, PCI_COMMAND);

	if (!(bar & PCI_BAR_IO))
		return;
	if (!(command & PCI_COMMAND_IO))
		pci_write16(address, PCI_COMMAND, command | PCI_COMMAND_IO);
	outb((uint16_t)((bar & PCI_BAR_IO_MASK) + QXL_IO_RESET), 0);
	if (!(command & PCI_COMMAND_IO))
		pci_write16(address, PCI_COMMAND, command);
}

void adapter_take_back(void)
{
	if (!adapter.function || adapter.function->works_for)
		return;
	if (adapter_is(ID_QXL))
		reset_qxl();
}

/* The monitor keeps all registers that make a mode, or resets the adapter. */
static bool is_known(void)
{
	return adapter_is(ID_BOCHS) || adapter_is(ID_CIRRUS) || adapter_is(ID_QXL);
}

/*
 * Drivers for adapters with a processor of their own let it read memory. When they suspend it, it
 * sleeps. A kernel without such a driver does neither.
 */
static bool was_driven(const struct pci_function_state *kept)
{
	bool became_master = kept->command & PCI_COMMAND_MASTER && !adapter.was_master;

	if (kept->works || !kept->kept)
		return kept->works;
	if (kept->power & POWER_STATE)
		return true;
	return adapter_is(ID_VIRTIO_GPU) ? virtio_was_driven(became_master) : became_master;
}

void adapter_left(const struct pci_state *state)
{
	adapter.told = false;
	if (adapter.function && !is_known() && was_driven(&state->function[adapter.number]))
		adapter.taken = true;
}

const struct pci_function *adapter_lost(void)
{
	bool lost = adapter.taken;

	if (!adapter.function || adapter.told)
		return NULL;
	if (adapter_is(ID_QXL))
		lost = adapter.function->works_for;
	adapter.told = true;
	return lost ? adapter.function : NULL;
}
