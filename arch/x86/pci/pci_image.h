/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pci_image.h - reads a function's configuration space, each word of 32 bits once. One access is
 * enough for that where the space lies in memory (pci_extended.h). Mechanism 1 takes two.
 */
#ifndef ARCH_X86_PCI_PCI_IMAGE_H
#define ARCH_X86_PCI_PCI_IMAGE_H

#include "arch/x86/pci/pci.h"

#define PCI_IMAGE_WORDS 64

/* An image that has only its function set is empty, and reads by mechanism 1. */
struct pci_image {
	const struct pci_function *function;
	uint64_t space; /* its address in memory; 0: mechanism 1 */
	uint64_t read;	/* which words were read: a bit for each */
	uint32_t word[PCI_IMAGE_WORDS];
};

/* Makes an empty image. Returns false if the function is gone, or out of reach. */
bool pci_image_open(struct pci_image *image, const struct pci_function *function);

/*
 * Returns when all that the function has written before has arrived, messages among it: a read's
 * answer does not overtake these (PCI Express 3.0, section 2.4.1).
 */
void pci_image_settle(const struct pci_image *image);

/* Returns size bytes at offset, which is a multiple of the size. */
uint32_t pci_image_read(struct pci_image *image, uint32_t offset, uint32_t size);

#endif
