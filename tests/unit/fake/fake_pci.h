/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_pci.h - fake PCI functions for tests on the host. Their configuration space can be reached
 * only if the bridges' bus numbers lead to it. It keeps the bits that are writable, and remembers
 * all writes in order.
 */
#ifndef TESTS_FAKE_PCI_H
#define TESTS_FAKE_PCI_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/pci/pci_config.h"

#define FAKE_PCI_FUNCTIONS 160
#define FAKE_PCI_WRITES	   4096
#define FAKE_PCI_PORTS	   256	 /* of the space: what mechanism 1 reaches */
#define FAKE_PCI_SPACE	   4096	 /* all of it */
#define FAKE_PCI_SRIOV	   0x100 /* offset of fake_pci_sriov()'s capability */

struct fake_pci_function {
	uint8_t device, function;
	int behind; /* index of the bridge that it is behind; -1: on bus 0 */
	uint8_t space[FAKE_PCI_SPACE];
	uint8_t writable[FAKE_PCI_SPACE]; /* bits */
	uint32_t writes;
	bool settled; /* it was read since it was written to last */
	bool gone;    /* unplugged */
	/* A virtual function is there while its physical one has them on. */
	bool virtual;
	int physical; /* index */
};

struct fake_pci_write {
	uint32_t function; /* index */
	uint32_t offset, value;
};

extern struct fake_pci {
	uint32_t count;
	struct fake_pci_function function[FAKE_PCI_FUNCTIONS];
	uint32_t writes;
	struct fake_pci_write write[FAKE_PCI_WRITES];
	uint64_t mappable; /* paging_map_registers()'s limit */
} fake_pci;

/* No functions, and everything below 4 GiB can be mapped. */
void fake_pci_reset(void);

/*
 * Adds a function with that ID, class (all of PCI_CLASS) and header type. Its command, BARs and
 * interrupt line are writable, and for bridges, bus numbers and windows, too. Returns its index.
 */
int fake_pci_add(int behind, uint8_t device, uint8_t function, uint32_t id, uint32_t class,
		 uint8_t header);

/* Adds a capability of size bytes at the start of the list. Returns its offset. */
uint32_t fake_pci_capability(int index, uint8_t kind, uint32_t offset, uint32_t size);

/*
 * Gives the function an SR-IOV capability, and adds that many virtual functions, first and stride
 * addresses apart. Returns the first one's index.
 */
int fake_pci_sriov(int index, uint16_t count, uint16_t first, uint16_t stride);

/* Sets a value. writable says whether its bits are writable. */
void fake_pci_set(int index, uint32_t offset, uint32_t size, uint32_t value, bool writable);
uint32_t fake_pci_get(int index, uint32_t offset, uint32_t size);

#endif
