// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/pci/pci_sriov.h"
#include "arch/x86/pci/pci_extended.h"
#include "arch/x86/time/clock.h"

/* Section 9.3.3. */
#define SRIOV_CONTROL	  0x08
#define SRIOV_FUNCTIONS	  0x10 /* NumVFs */
#define SRIOV_FIRST	  0x14 /* First VF Offset: in addresses, from the physical function */
#define SRIOV_STRIDE	  0x16
#define SRIOV_PAGE_SIZE	  0x20
#define SRIOV_BAR(n)	  (0x24 + 4 * (n))
#define CONTROL_ENABLE	  0x0001
#define CONTROL_MEMORY	  0x0008
#define CONTROL_NOT_THERE 0xffff
#define LAST_ADDRESS	  0xffffu
#define ID_OF_VIRTUAL	  0xffffffffu
#define CLASS_NOT_THERE	  0xffffffffu

static bool is_on(uint16_t control)
{
	return control != CONTROL_NOT_THERE && (control & CONTROL_ENABLE);
}

static uint16_t sriov_control(pci_address_t address, uint16_t at)
{
	return pci_extended_read16(address, at + SRIOV_CONTROL);
}

static void switch_off(pci_address_t address, uint16_t at, uint16_t control)
{
	pci_extended_write16(address, at + SRIOV_CONTROL,
			     control & (uint16_t) ~(CONTROL_ENABLE | CONTROL_MEMORY));
}

/*
 * False: there is no virtual function. Its ID reads as all ones, but its class can't. A kernel may
 * have given the buses other numbers, and then another function may be at this address.
 */
static bool stop_virtual(pci_address_t address)
{
	uint16_t command;

	if (pci_read32(address, PCI_ID) != ID_OF_VIRTUAL ||
	    pci_read32(address, PCI_CLASS) == CLASS_NOT_THERE)
		return false;
	command = pci_read16(address, PCI_COMMAND);
	if (command & PCI_COMMAND_MASTER)
		pci_write16(address, PCI_COMMAND, command & (uint16_t)~PCI_COMMAND_MASTER);
	return true;
}

/* False if one does not answer. */
static bool stop_all_virtual(pci_address_t address, uint16_t at)
{
	uint32_t count = pci_extended_read16(address, at + SRIOV_FUNCTIONS);
	uint32_t next = address + (uint32_t)pci_extended_read16(address, at + SRIOV_FIRST);
	uint32_t stride = pci_extended_read16(address, at + SRIOV_STRIDE);
	bool all = true;

	for (uint32_t i = 0; i < count && next <= LAST_ADDRESS; i++, next += stride)
		all &= stop_virtual((pci_address_t)next);
	return all;
}

static void read_state(pci_address_t address, uint16_t at, struct pci_sriov_state *state)
{
	state->control = sriov_control(address, at);
	state->functions = pci_extended_read16(address, at + SRIOV_FUNCTIONS);
	state->page_size = pci_extended_read32(address, at + SRIOV_PAGE_SIZE);
	for (uint32_t i = 0; i < PCI_SRIOV_BARS; i++)
		state->bar[i] = pci_extended_read32(address, at + SRIOV_BAR(i));
}

static bool state_differs(pci_address_t address, uint16_t at, const struct pci_sriov_state *state)
{
	struct pci_sriov_state now;
	bool differs;

	read_state(address, at, &now);
	differs = now.control != state->control || now.functions != state->functions ||
		  now.page_size != state->page_size;
	for (uint32_t i = 0; i < PCI_SRIOV_BARS; i++)
		differs |= now.bar[i] != state->bar[i];
	return differs;
}

void pci_sriov_save(pci_address_t address, uint16_t at, struct pci_sriov_state *state)
{
	read_state(address, at, state);
	if (!is_on(state->control) || stop_all_virtual(address, at))
		return;
	switch_off(address, at, state->control);
	clock_wait_us(PCI_SRIOV_OFF_US);
}

bool pci_sriov_prepare(pci_address_t address, uint16_t at, const struct pci_sriov_state *state)
{
	uint16_t control = sriov_control(address, at);

	if (!is_on(control) || !state_differs(address, at, state))
		return false;
	switch_off(address, at, control);
	return true;
}

/* The number of functions may be written only while they are off, and so may the page size. */
bool pci_sriov_restore(pci_address_t address, uint16_t at, const struct pci_sriov_state *state)
{
	if (state->control == CONTROL_NOT_THERE || !state_differs(address, at, state))
		return false;
	pci_extended_write16(address, at + SRIOV_FUNCTIONS, state->functions);
	pci_extended_write32(address, at + SRIOV_PAGE_SIZE, state->page_size);
	for (uint32_t i = 0; i < PCI_SRIOV_BARS; i++)
		pci_extended_write32(address, at + SRIOV_BAR(i), state->bar[i]);
	pci_extended_write16(address, at + SRIOV_CONTROL, state->control);
	return is_on(state->control);
}

bool pci_sriov_stop(pci_address_t address, uint16_t at)
{
	uint16_t control = sriov_control(address, at);

	if (!is_on(control))
		return false;
	stop_all_virtual(address, at);
	switch_off(address, at, control);
	return true;
}
