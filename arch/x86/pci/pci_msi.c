// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/pci/pci_msi.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"

/* MSI capability, section 6.8.1. The layout behind the address depends on two bits of control. */
#define MSI_CONTROL	     0x02
#define MSI_ADDRESS	     0x04
#define MSI_ADDRESS_HIGH     0x08
#define MSI_DATA(control)    (MSI_CONTROL_64 & (control) ? 0x0c : 0x08)
#define MSI_MASK(control)    (MSI_CONTROL_64 & (control) ? 0x10 : 0x0c)
#define MSI_CONTROL_ENABLE   0x0001
#define MSI_CONTROL_64	     0x0080
#define MSI_CONTROL_MASKABLE 0x0100

/* MSI-X capability and table, section 6.8.2. */
#define MSIX_CONTROL	      0x02
#define MSIX_TABLE	      0x04
#define MSIX_CONTROL_SIZE     0x07ff /* entries - 1 */
#define MSIX_CONTROL_MASK_ALL 0x4000
#define MSIX_CONTROL_ENABLE   0x8000
#define MSIX_TABLE_BAR	      0x7u
#define MSIX_ENTRY_WORDS      4

void pci_msi_save(struct pci_image *image, struct pci_msi_state *state)
{
	uint32_t at = image->function->capability.msi;
	uint16_t control = (uint16_t)pci_image_read(image, at + MSI_CONTROL, 2);

	state->known = true;
	state->control = control;
	state->address_low = pci_image_read(image, at + MSI_ADDRESS, 4);
	if (control & MSI_CONTROL_64)
		state->address_high = pci_image_read(image, at + MSI_ADDRESS_HIGH, 4);
	state->data = (uint16_t)pci_image_read(image, at + MSI_DATA(control), 2);
	if (control & MSI_CONTROL_MASKABLE)
		state->mask = pci_image_read(image, at + MSI_MASK(control), 4);
	if (control & MSI_CONTROL_ENABLE)
		pci_write16(image->function->address, at + MSI_CONTROL,
			    control & (uint16_t)~MSI_CONTROL_ENABLE);
}

static bool msi_differs(const struct pci_msi_state *state, const struct pci_msi_state *now)
{
	return !now->known || state->control != (now->control & (uint16_t)~MSI_CONTROL_ENABLE) ||
	       state->address_low != now->address_low || state->data != now->data ||
	       state->address_high != now->address_high || state->mask != now->mask;
}

/*
 * MSI is off until address and data are complete. Half of an old and half of a new address together
 * would point to some other memory.
 */
void pci_msi_restore(const struct pci_function *function, const struct pci_msi_state *state,
		     const struct pci_msi_state *now)
{
	uint32_t at = function->capability.msi;
	uint16_t control = state->control;

	if (!msi_differs(state, now))
		return;
	pci_write32(function->address, at + MSI_ADDRESS, state->address_low);
	if (control & MSI_CONTROL_64)
		pci_write32(function->address, at + MSI_ADDRESS_HIGH, state->address_high);
	pci_write16(function->address, at + MSI_DATA(control), state->data);
	if (control & MSI_CONTROL_MASKABLE)
		pci_write32(function->address, at + MSI_MASK(control), state->mask);
	pci_write16(function->address, at + MSI_CONTROL, control);
}

/* A message has 16 bits of data, and 0 in the upper half. So this shows that none has come. */
#define NO_MESSAGE 0xffffffffu

static void read_message(struct pci_image *image, uint32_t at, struct pci_msi_state *state)
{
	state->address_low = pci_image_read(image, at + MSI_ADDRESS, 4);
	if (state->control & MSI_CONTROL_64)
		state->address_high = pci_image_read(image, at + MSI_ADDRESS_HIGH, 4);
	state->data = (uint16_t)pci_image_read(image, at + MSI_DATA(state->control), 2);
}

/* It seldom is: interrupts lie below 4 GiB, if no IOMMU makes others of them. */
static bool has_high(const struct pci_msi_state *state)
{
	return state->control & MSI_CONTROL_64 && state->address_high;
}

bool pci_msi_mask(struct pci_image *image, struct pci_msi_state *state, uint32_t *word)
{
	pci_address_t address = image->function->address;
	uint32_t at = image->function->capability.msi;

	if (!at)
		return false;
	state->control = (uint16_t)pci_image_read(image, at + MSI_CONTROL, 2);
	if (!(state->control & MSI_CONTROL_ENABLE))
		return false;
	if (state->control & MSI_CONTROL_MASKABLE) {
		state->mask = pci_image_read(image, at + MSI_MASK(state->control), 4);
		pci_write32(address, at + MSI_MASK(state->control), UINT32_MAX);
		return true;
	}
	read_message(image, at, state);
	*(volatile uint32_t *)word = NO_MESSAGE;
	if (has_high(state))
		pci_write32(address, at + MSI_ADDRESS_HIGH, 0);
	pci_write32(address, at + MSI_ADDRESS, (uint32_t)(uint64_t)word);
	return true;
}

/* The read of the register returns when the messages before it have arrived. */
bool pci_msi_unmask(const struct pci_function *function, const struct pci_msi_state *state,
		    const uint32_t *word)
{
	uint32_t at = function->capability.msi;
	uint32_t address = state->address_low, high = state->address_high;

	if (state->control & MSI_CONTROL_MASKABLE) {
		pci_write32(function->address, at + MSI_MASK(state->control), state->mask);
		return false;
	}
	pci_write32(function->address, at + MSI_ADDRESS, address);
	if (has_high(state))
		pci_write32(function->address, at + MSI_ADDRESS_HIGH, high);
	pci_read32(function->address, at + MSI_ADDRESS);
	return *(const volatile uint32_t *)word != NO_MESSAGE;
}

bool pci_msix_mask(struct pci_image *image, struct pci_msix_state *state)
{
	const struct pci_function *function = image->function;
	uint32_t at = function->capability.msix + MSIX_CONTROL;

	if (!function->capability.msix)
		return false;
	state->control = (uint16_t)pci_image_read(image, at, 2);
	if (!(state->control & MSIX_CONTROL_ENABLE))
		return false;
	if (!(state->control & MSIX_CONTROL_MASK_ALL)) /* its kernel may have done it */
		pci_write16(function->address, at, state->control | MSIX_CONTROL_MASK_ALL);
	return true;
}

void pci_msix_unmask(const struct pci_function *function, const struct pci_msix_state *state)
{
	if (state->control & MSIX_CONTROL_MASK_ALL)
		return;
	pci_write16(function->address, function->capability.msix + MSIX_CONTROL, state->control);
}

static uint16_t msix_control(const struct pci_function *function)
{
	return pci_read16(function->address, function->capability.msix + MSIX_CONTROL);
}

uint16_t pci_msix_entries(const struct pci_function *function)
{
	return (msix_control(function) & MSIX_CONTROL_SIZE) + 1;
}

/* The address in the table's BAR. 0 if it is not set. */
static uint64_t table_bar(struct pci_image *image, uint32_t bar)
{
	uint32_t low, at = PCI_BAR0 + bar * sizeof(low);
	uint64_t high = 0;

	if (bar >= PCI_BARS)
		return 0;
	low = pci_image_read(image, at, sizeof(low));
	if (low & PCI_BAR_IO)
		return 0;
	if ((low & PCI_BAR_TYPE) == PCI_BAR_64 && bar + 1 < PCI_BARS)
		high = pci_image_read(image, at + sizeof(low), sizeof(low));
	return high << 32 | (low & PCI_BAR_MEMORY_MASK);
}

static uint32_t table_place(struct pci_image *image)
{
	return pci_image_read(image, image->function->capability.msix + MSIX_TABLE, 4);
}

static uint64_t table_of(struct pci_image *image)
{
	const struct pci_function *function = image->function;
	uint32_t place = table_place(image);
	uint64_t bar = table_bar(image, place & MSIX_TABLE_BAR);
	uint64_t table = bar + (place & ~MSIX_TABLE_BAR);

	if (!bar ||
	    !paging_map_registers(table, function->msix_entries * sizeof(struct pci_msix_entry)))
		return 0;
	return table;
}

bool pci_msix_placed(const struct pci_function *function)
{
	struct pci_image image = {.function = function};

	return table_bar(&image, table_place(&image) & MSIX_TABLE_BAR) != 0;
}

uint64_t pci_msix_table(const struct pci_function *function)
{
	struct pci_image image = {.function = function};

	return table_of(&image);
}

/* Quadwords may be read, and the table is aligned to them (section 6.8.2). */
static void read_table(uint64_t table, struct pci_msix_entry *entries, uint32_t count)
{
	const volatile uint64_t *from = phys(table);
	uint64_t *to = (uint64_t *)entries;

	for (uint32_t i = 0; i < count * sizeof(*entries) / sizeof(*to); i++)
		to[i] = from[i];
}

void pci_msix_save(struct pci_image *image, struct pci_msix_state *state,
		   struct pci_msix_entry *entries)
{
	const struct pci_function *function = image->function;
	uint32_t at = function->capability.msix + MSIX_CONTROL;
	uint64_t table = 0;

	if (entries && function->msix_kept &&
	    pci_image_read(image, PCI_COMMAND, 2) & PCI_COMMAND_MEMORY)
		table = table_of(image);
	state->control = (uint16_t)pci_image_read(image, at, 2);
	state->table = table != 0;
	state->spared = !entries;
	if (state->control & MSIX_CONTROL_ENABLE)
		pci_write16(function->address, at, state->control | MSIX_CONTROL_MASK_ALL);
	if (table)
		read_table(table, entries, function->msix_entries);
}

void pci_msix_read_again(struct pci_image *image, struct pci_msix_state *state)
{
	uint32_t at = image->function->capability.msix + MSIX_CONTROL;

	state->control = (uint16_t)pci_image_read(image, at, 2);
	state->table = false;
}

static bool entries_differ(const struct pci_msix_entry *a, const struct pci_msix_entry *b,
			   uint32_t count)
{
	return memcmp(a, b, count * sizeof(*a)) != 0;
}

static void load_table(uint64_t table, const struct pci_msix_entry *entries, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		volatile uint32_t *to = phys(table + i * sizeof(*entries));

		for (uint32_t word = 0; word < MSIX_ENTRY_WORDS; word++)
			if (to[word] != entries[i].word[word])
				to[word] = entries[i].word[word];
	}
}

/*
 * The whole table is masked while it is written. Some devices accept writes to it only while MSI-X
 * is enabled, so MSI-X is enabled before.
 */
static void restore_table(const struct pci_function *function, const struct pci_msix_state *state,
			  const struct pci_msix_entry *entries, uint16_t command)
{
	uint64_t table;

	if (!(command & PCI_COMMAND_MEMORY))
		pci_write16(function->address, PCI_COMMAND, command | PCI_COMMAND_MEMORY);
	pci_write16(function->address, function->capability.msix + MSIX_CONTROL,
		    state->control | MSIX_CONTROL_MASK_ALL);
	table = pci_msix_table(function);
	if (table)
		load_table(table, entries, function->msix_entries);
	if (!(command & PCI_COMMAND_MEMORY))
		pci_write16(function->address, PCI_COMMAND, command);
}

/* The control register unmasks the table last. */
void pci_msix_restore(const struct pci_function *function, const struct pci_msix_state *state,
		      const struct pci_msix_entry *entries, const struct pci_msix_state *now,
		      const struct pci_msix_entry *now_entries, uint16_t command)
{
	uint32_t at = function->capability.msix + MSIX_CONTROL;
	uint16_t control = state->control, is = now->control;
	bool differs = state->table && (!now->table || entries_differ(entries, now_entries,
								      function->msix_entries));

	if (is & MSIX_CONTROL_ENABLE)
		is |= MSIX_CONTROL_MASK_ALL;
	if (state->spared && control & MSIX_CONTROL_ENABLE)
		control |= MSIX_CONTROL_MASK_ALL;
	if (differs)
		restore_table(function, state, entries, command);
	if (differs || control != is)
		pci_write16(function->address, at, control);
}

bool pci_msi_enabled(const struct pci_function *function)
{
	return function->capability.msi &&
	       pci_read16(function->address, function->capability.msi + MSI_CONTROL) &
		       MSI_CONTROL_ENABLE;
}

bool pci_msix_enabled(const struct pci_function *function)
{
	return function->capability.msix && msix_control(function) & MSIX_CONTROL_ENABLE;
}
