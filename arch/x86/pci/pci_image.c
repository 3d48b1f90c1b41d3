// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/pci/pci_image.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/pci/pci_extended.h"

#define WORD_BYTES    sizeof(uint32_t)
#define BITS_PER_BYTE 8

bool pci_image_open(struct pci_image *image, const struct pci_function *function)
{
	image->function = function;
	image->space = pci_extended_space_of(function->address, function->id);
	image->read = 0;
	return image->space || pci_read32(function->address, PCI_ID) == function->id;
}

void pci_image_settle(const struct pci_image *image)
{
	if (image->space)
		(void)*(volatile uint32_t *)phys(image->space);
	else
		pci_read32(image->function->address, PCI_ID);
}

uint32_t pci_image_read(struct pci_image *image, uint32_t offset, uint32_t size)
{
	uint32_t word = offset / WORD_BYTES, at = word * WORD_BYTES;
	uint32_t value;

	if (!(image->read >> word & 1)) {
		image->word[word] = image->space ? *(volatile uint32_t *)phys(image->space + at)
						 : pci_read32(image->function->address, at);
		image->read |= 1ull << word;
	}
	value = image->word[word] >> (offset - at) * BITS_PER_BYTE;
	return size < WORD_BYTES ? value & ((1u << size * BITS_PER_BYTE) - 1) : value;
}
