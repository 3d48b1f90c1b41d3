// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/pci/pci_works.h"
#include "arch/x86/pci/pci_image.h"
#include "arch/x86/pci/pci_msi.h"

#define MSI_MULTIPLE(control) (1u << ((control) >> 4 & 7)) /* messages that it may send */

/* Where messages without mask bits go: a word for each function. */
static uint32_t messages[PCI_MAX_FUNCTIONS];

uint32_t *pci_works_message(uint32_t number)
{
	return &messages[number];
}

/* A function without messages has a pin. Those that can't be told to leave it alone are refused before. */
static void mask_pin(struct pci_image *image, struct pci_function_state *state)
{
	state->command = (uint16_t)pci_image_read(image, PCI_COMMAND, 2);
	if (!(state->command & PCI_COMMAND_NO_INTX))
		pci_write16(image->function->address, PCI_COMMAND,
			    state->command | PCI_COMMAND_NO_INTX);
}

/* Returns false if the function is gone, or out of reach. */
static bool mask_function(const struct pci_function *function, struct pci_function_state *state,
			  uint32_t *word)
{
	struct pci_image image;

	if (!pci_image_open(&image, function))
		return false;
	state->msix.table = pci_msix_mask(&image, &state->msix);
	state->msi.known = !state->msix.table && pci_msi_mask(&image, &state->msi, word);
	if (!state->msix.table && !state->msi.known)
		mask_pin(&image, state);
	else
		pci_image_settle(&image); /* its last message finds the interrupt controllers on */
	return true;
}

void pci_works_save(struct pci_functions *functions, uint32_t owner, const uint64_t *set,
		    struct pci_state *state)
{
	pci_config_save(&state->address);
	state->owner = owner;
	for (uint32_t i = 0; i < functions->count; i++) {
		struct pci_function *function = &functions->function[i];

		state->function[i].kept = false;
		state->function[i].works = false;
		if (function->header == PCI_HEADER_BRIDGE)
			pci_save_function(functions, i, state, true);
		else if (pci_set_has(set, i) && !function->works_for && !pci_is_bridge(function))
			state->function[i].works =
				mask_function(function, &state->function[i], pci_works_message(i));
		if (state->function[i].works)
			function->works_for = owner;
	}
}

/* Which of several messages came is not known. One too many does no harm. */
static void raise_all(const struct pci_msi_state *msi,
		      void (*raise)(uint32_t address, uint32_t data))
{
	for (uint32_t i = 0; i < MSI_MULTIPLE(msi->control); i++)
		raise(msi->address_low, msi->data | i);
}

void pci_works_unmask(struct pci_functions *functions, const struct pci_state *state,
		      void (*raise)(uint32_t address, uint32_t data))
{
	for (uint32_t i = 0; i < functions->count; i++) {
		struct pci_function *function = &functions->function[i];
		const struct pci_function_state *had = &state->function[i];

		if (!had->works || function->works_for != state->owner)
			continue;
		function->works_for = 0;
		if (had->msix.table)
			pci_msix_unmask(function, &had->msix);
		else if (had->msi.known &&
			 pci_msi_unmask(function, &had->msi, pci_works_message(i)))
			raise_all(&had->msi, raise);
		else if (!had->msi.known && !(had->command & PCI_COMMAND_NO_INTX))
			pci_write16(function->address, PCI_COMMAND, had->command);
	}
	pci_config_restore(state->address);
}
