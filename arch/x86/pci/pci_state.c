// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/pci/pci_state.h"
#include <stddef.h>
#include "arch/x86/time/clock.h"

/* Which functions have a field, and where its offset begins. */
enum place {
	ALL,
	DEVICE,	 /* header type 0 */
	BRIDGE,	 /* header type 1 */
	PCIX,	 /* PCI-X capability of a device (PCI-X 2.0, section 7.2) */
	EXPRESS, /* PCI Express capability (PCI Express 3.0, section 7.8) */
	EXPRESS2 /* its registers that version 1 may lack */
};

struct field {
	uint8_t place, offset;
	uint8_t size; /* bytes */
	/*
	 * The bits that a slot keeps. Of the others, those in hardware_bits() stay as they are. The
	 * rest are commands, or cleared by writing 1, and are written as 0.
	 */
	uint32_t mask;
};

/* Offsets in the PCI Express capability: PCI Express 5.0, sections 7.5.3.4 to 7.5.3.19. */
#define DEVICE_CONTROL	       0x08
#define LINK_CONTROL	       0x10
#define SLOT_CONTROL	       0x18
#define ROOT_CONTROL	       0x1c
#define DEVICE_CONTROL_2       0x28
#define DEVICE_CONTROL_PAYLOAD 0x00e0
#define LINK_CONTROL_2	       0x30

/*
 * All fields except command, power management and messages, which are written at other times. The
 * order is that of writing. Bus numbers are not here; see number_buses().
 */
static const struct field fields[] = {
	{ALL, PCI_CACHE_LINE, 1, 0xff},
	{ALL, PCI_LATENCY, 1, 0xff},
	{DEVICE, PCI_BAR0, 4, ~0u},
	{DEVICE, PCI_BAR0 + 4, 4, ~0u},
	{DEVICE, PCI_BAR0 + 8, 4, ~0u},
	{DEVICE, PCI_BAR0 + 12, 4, ~0u},
	{DEVICE, PCI_BAR0 + 16, 4, ~0u},
	{DEVICE, PCI_BAR0 + 20, 4, ~0u},
	{DEVICE, PCI_ROM, 4, ~0u},
	{BRIDGE, PCI_BAR0, 4, ~0u},
	{BRIDGE, PCI_BAR0 + 4, 4, ~0u},
	{BRIDGE, PCI_BRIDGE_LATENCY, 1, 0xff},
	{BRIDGE, PCI_BRIDGE_IO, 2, 0xffff},
	{BRIDGE, PCI_BRIDGE_MEMORY, 4, ~0u},
	{BRIDGE, PCI_BRIDGE_PREFETCH, 4, ~0u},
	{BRIDGE, PCI_BRIDGE_PREFETCH_BASE_HIGH, 4, ~0u},
	{BRIDGE, PCI_BRIDGE_PREFETCH_LIMIT_HIGH, 4, ~0u},
	{BRIDGE, PCI_BRIDGE_IO_HIGH, 4, ~0u},
	{BRIDGE, PCI_BRIDGE_ROM, 4, ~0u},
	{BRIDGE, PCI_BRIDGE_CONTROL, 2, 0xfbbf}, /* without reset and the discard timer's status */
	{ALL, PCI_INTERRUPT_LINE, 1, 0xff},
	{PCIX, 0x02, 2, 0x007f},	      /* command */
	{EXPRESS, DEVICE_CONTROL, 2, 0x7fff}, /* without function level reset */
	{EXPRESS2, LINK_CONTROL, 2, 0xcf0b},  /* without retrain */
	{EXPRESS2, SLOT_CONTROL, 2, 0x703f},  /* which events interrupt, and how they are found */
	{EXPRESS2, ROOT_CONTROL, 2, 0xffff},
	{EXPRESS2, DEVICE_CONTROL_2, 2, 0xffff},
	{EXPRESS2, LINK_CONTROL_2, 2, 0x002f}, /* target speed, who may change speed */
};
#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))
_Static_assert(FIELD_COUNT <= PCI_FIELDS, "struct pci_function_state has room for all fields");

/*
 * What the hardware does is not a kernel's, so no switch changes it. Another slot may have plugged a
 * device in, and switched its power on. The monitor trains no link anew, so the bits that decide how
 * one is trained stay as they were when that happened.
 */
static uint32_t hardware_bits(const struct field *field)
{
	if (field->place != EXPRESS2)
		return 0;
	switch (field->offset) {
	case LINK_CONTROL:
		return 0x30d4; /* disable, common clock, extended synch, SRIS clocking, flits */
	case SLOT_CONTROL:
		return 0x07c0; /* indicators, power; the interlock is a command, and reads as 0 */
	case LINK_CONTROL_2:
		return 0xffd0; /* compliance tests, levels of the transmitter */
	}
	return 0;
}

/* What addresses a bridge passes on, or answers at. */
static bool decodes(const struct field *field)
{
	return field->place == BRIDGE && field->offset != PCI_BRIDGE_LATENCY &&
	       field->offset != PCI_BRIDGE_CONTROL;
}

/*
 * The bits of a field that no switch changes on a bridge to functions that work. A payload that is
 * larger than the bridge allows is an error.
 */
static uint32_t bits_above(const struct field *field)
{
	if (decodes(field))
		return ~0u;
	return field->place == EXPRESS ? DEVICE_CONTROL_PAYLOAD : 0;
}

/* PCI power management 1.2, section 3.2.4. */
#define POWER_CONTROL	0x04
#define POWER_STATE	0x0003 /* D0 is 0 */
#define POWER_MASK	0x7fff /* without PME status, which writing 1 clears */
#define POWER_WAIT_US	10000  /* section 5.6.1: from D3hot to D0 */

#define BRIDGE_BUSES	0x00ffffffu /* of PCI_BRIDGE_BUSES: the rest is a latency timer */
#define COMMAND_WORKING (PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER)

static uint32_t from(uint8_t capability, const struct field *field)
{
	return capability ? capability + field->offset : 0;
}

/* Where the field is in the function's configuration space. 0 if it has none. */
static uint32_t place_of(const struct pci_function *function, const struct field *field)
{
	switch ((enum place)field->place) {
	case ALL:
		return field->offset;
	case DEVICE:
		return function->header == 0 ? field->offset : 0;
	case BRIDGE:
		return function->header == PCI_HEADER_BRIDGE ? field->offset : 0;
	case PCIX:
		return from(function->header == 0 ? function->capability.pcix : 0, field);
	case EXPRESS:
		return from(function->capability.express, field);
	case EXPRESS2:
		return from(function->capability.express2, field);
	}
	return 0;
}

static void write_field(const struct pci_function *function, uint32_t at, uint8_t size,
			uint32_t value)
{
	if (size == 1)
		pci_write8(function->address, at, (uint8_t)value);
	else if (size == 2)
		pci_write16(function->address, at, (uint16_t)value);
	else
		pci_write32(function->address, at, value);
}

/* Writes the slot's bits of a field, and leaves those of stays, which only fields of 16 bits have. */
static void load_field(const struct pci_function *function, uint32_t at, const struct field *field,
		       uint32_t value, uint32_t stays)
{
	if (stays)
		value = (value & ~stays) | (pci_read16(function->address, at) & stays);
	write_field(function, at, field->size, value);
}

static void read_fields(struct pci_image *image, struct pci_function_state *state)
{
	for (uint32_t i = 0; i < FIELD_COUNT; i++) {
		uint32_t at = place_of(image->function, &fields[i]);

		if (at)
			state->field[i] =
				pci_image_read(image, at, fields[i].size) & fields[i].mask;
	}
}

static uint16_t read_power(struct pci_image *image)
{
	uint32_t power = image->function->capability.power;

	return power ? pci_image_read(image, power + POWER_CONTROL, 2) & POWER_MASK : 0;
}

/* The registers that are kept, the messages apart. */
static void read_registers(struct pci_image *image, struct pci_function_state *state)
{
	state->command = (uint16_t)pci_image_read(image, PCI_COMMAND, 2);
	state->power = read_power(image);
	if (image->function->header == PCI_HEADER_BRIDGE)
		state->buses = pci_image_read(image, PCI_BRIDGE_BUSES, 4) & BRIDGE_BUSES;
	read_fields(image, state);
}

static bool fields_differ(const struct pci_function *function,
			  const struct pci_function_state *state,
			  const struct pci_function_state *now)
{
	for (uint32_t i = 0; i < FIELD_COUNT; i++)
		if (place_of(function, &fields[i]) && now->field[i] != state->field[i])
			return true;
	return false;
}

/*
 * Decoding is off while addresses change. Otherwise the function could answer for a moment at
 * another function's address. load_command() switches it on again.
 */
static void load_fields(const struct pci_function *function, const struct pci_function_state *state,
			struct pci_function_state *now)
{
	if (!fields_differ(function, state, now))
		return;
	if (!now->above) {
		now->command &= (uint16_t)~COMMAND_WORKING;
		pci_write16(function->address, PCI_COMMAND, now->command);
	}
	for (uint32_t i = 0; i < FIELD_COUNT; i++) {
		uint32_t at = place_of(function, &fields[i]);
		uint32_t above = now->above ? bits_above(&fields[i]) : 0;

		if (at && above != ~0u && now->field[i] != state->field[i])
			load_field(function, at, &fields[i], state->field[i],
				   hardware_bits(&fields[i]) | above);
	}
}

static void write_power(const struct pci_function *function, uint16_t power,
			struct pci_function_state *now)
{
	if (now->power != power)
		pci_write16(function->address, function->capability.power + POWER_CONTROL, power);
	now->power = power;
}

/*
 * A function that sleeps forgets what is written to it, so it is woken first. But if it slept when
 * the slot left it, and sleeps in the same state now, it is left alone, because waking it takes 10
 * ms.
 */
static bool wake(const struct pci_function *function, const struct pci_function_state *state,
		 struct pci_function_state *now)
{
	now->woken = now->power & POWER_STATE && (now->above || now->power != state->power ||
						  fields_differ(function, state, now));
	if (now->woken)
		write_power(function, now->power & (uint16_t)~POWER_STATE, now);
	return now->woken;
}

/* A function may have lost its registers when it woke, so they are read once more. */
static void read_again(const struct pci_function *function, struct pci_function_state *now)
{
	struct pci_image image;

	if (!now->woken || !pci_image_open(&image, function))
		return;
	read_registers(&image, now);
	now->msi.known = false;
	if (function->capability.msix)
		pci_msix_read_again(&image, &now->msix);
}

/* Gives a bridge these bus numbers. */
static void number_buses(const struct pci_function *function, uint32_t buses, uint32_t now)
{
	uint32_t all;

	if (function->header != PCI_HEADER_BRIDGE || !((now ^ buses) & BRIDGE_BUSES))
		return;
	all = pci_read32(function->address, PCI_BRIDGE_BUSES); /* with a latency timer */
	pci_write32(function->address, PCI_BRIDGE_BUSES,
		    (all & ~BRIDGE_BUSES) | (buses & BRIDGE_BUSES));
}

/* Writes the command register, last of all, because a device works by itself after that. */
static void load_command(const struct pci_function *function,
			 const struct pci_function_state *state,
			 const struct pci_function_state *now)
{
	uint16_t command = state->command;

	if (function->cut_off)
		command &= (uint16_t)~PCI_COMMAND_MASTER;
	if (now->above)
		command |= now->command & COMMAND_WORKING;
	if (now->command != command)
		pci_write16(function->address, PCI_COMMAND, command);
}

/*
 * Switches virtual functions off that are not as their slot wants them. It comes before addresses
 * change, because they have some, too.
 */
static void prepare_virtual(const struct pci_functions *functions, const struct pci_state *state,
			    const struct pci_state *now)
{
	bool off = false;

	for (uint32_t i = 0; i < functions->count; i++) {
		const struct pci_function *function = &functions->function[i];

		if (function->capability.sriov && now->function[i].kept)
			off |= pci_sriov_prepare(function->address, function->capability.sriov,
						 &state->function[i].sriov);
	}
	if (off)
		clock_wait_us(PCI_SRIOV_OFF_US);
}

/* It comes after the addresses, while their physical functions are awake. */
static void load_virtual(const struct pci_functions *functions, const struct pci_state *state,
			 const struct pci_state *now)
{
	bool on = false;

	for (uint32_t i = 0; i < functions->count; i++) {
		const struct pci_function *function = &functions->function[i];

		if (function->capability.sriov && now->function[i].kept)
			on |= pci_sriov_restore(function->address, function->capability.sriov,
						&state->function[i].sriov);
	}
	if (on)
		clock_wait_us(PCI_SRIOV_ON_US);
}

static struct pci_msix_entry *msix_entries(const struct pci_functions *functions,
					   struct pci_state *state)
{
	return (struct pci_msix_entry *)(state->function + functions->count);
}

/* By firmware's bus numbers, which it has while functions behind it work. */
static bool is_above_working(const struct pci_functions *functions,
			     const struct pci_function *bridge)
{
	uint32_t first = bridge->buses >> 8 & 0xff, last = bridge->buses >> 16 & 0xff;

	if (bridge->header != PCI_HEADER_BRIDGE)
		return false;
	for (uint32_t i = 0; i < functions->count; i++) {
		uint32_t bus = PCI_BUS(functions->function[i].address);

		if (functions->function[i].works_for && bus >= first && bus <= last)
			return true;
	}
	return false;
}

void pci_save_function(struct pci_functions *functions, uint32_t number, struct pci_state *of_all,
		       bool tables)
{
	struct pci_function *function = &functions->function[number];
	struct pci_function_state *state = &of_all->function[number];
	struct pci_msix_entry *msix = msix_entries(functions, of_all);
	struct pci_image image;

	state->works = false;
	state->kept = !function->works_for && pci_image_open(&image, function);
	if (!state->kept)
		return;
	read_registers(&image, state);
	if (function->capability.msi)
		pci_msi_save(&image, &state->msi);
	if (function->capability.msix)
		pci_msix_save(&image, &state->msix, tables ? msix + function->msix_first : NULL);
	if (function->capability.sriov)
		pci_sriov_save(function->address, function->capability.sriov, &state->sriov);
	if (state->command & PCI_COMMAND_MASTER)
		function->cut_off = false;
}

uint32_t pci_state_size(const struct pci_functions *functions)
{
	return (uint32_t)(sizeof(struct pci_state) +
			  functions->count * sizeof(struct pci_function_state) +
			  functions->msix_used * sizeof(struct pci_msix_entry));
}

/*
 * The order is ascending. Functions behind a bridge are found by the firmware's bus numbers, so the
 * bridge must have these first.
 */
void pci_save(struct pci_functions *functions, struct pci_state *state, bool tables)
{
	pci_config_save(&state->address);
	state->owner = 0;
	functions->ended = false;
	for (uint32_t i = 0; i < functions->count; i++) {
		pci_save_function(functions, i, state, tables);
		if (state->function[i].kept &&
		    !is_above_working(functions, &functions->function[i]))
			number_buses(&functions->function[i], functions->function[i].buses,
				     state->function[i].buses);
	}
}

static void load_messages(const struct pci_function *function,
			  const struct pci_function_state *state,
			  const struct pci_function_state *now, const struct pci_msix_entry *msix,
			  const struct pci_msix_entry *now_msix)
{
	if (function->capability.msi)
		pci_msi_restore(function, &state->msi, &now->msi);
	if (function->capability.msix)
		pci_msix_restore(function, &state->msix, msix + function->msix_first, &now->msix,
				 now_msix + function->msix_first, now->command);
}

/* Since the last save a function may have been cut off. */
static void wake_all(const struct pci_functions *functions, const struct pci_state *state,
		     struct pci_state *now)
{
	bool woken = false;

	for (uint32_t i = 0; i < functions->count; i++) {
		struct pci_function_state *is = &now->function[i];

		is->kept = is->kept && state->function[i].kept;
		if (functions->function[i].cut_off)
			is->command &= (uint16_t)~PCI_COMMAND_MASTER;
		is->woken = false;
		is->above = is_above_working(functions, &functions->function[i]);
		if (is->kept)
			woken |= wake(&functions->function[i], &state->function[i], is);
	}
	if (woken)
		clock_wait_us(POWER_WAIT_US);
	for (uint32_t i = 0; woken && i < functions->count; i++)
		read_again(&functions->function[i], &now->function[i]);
}

/*
 * First all functions are woken. Then all addresses are written, a bridge's windows before those
 * behind it. Then come messages, because MSI-X tables lie at those addresses, and then the command
 * register, and virtual functions. Bus numbers and sleep put functions out of reach, so they come
 * last, and the functions furthest from the CPU come first.
 */
void pci_restore(const struct pci_functions *functions, const struct pci_state *state,
		 struct pci_state *now)
{
	const struct pci_function *function = functions->function;
	const struct pci_msix_entry *msix = msix_entries(functions, (struct pci_state *)state);

	wake_all(functions, state, now);
	prepare_virtual(functions, state, now);
	for (uint32_t i = 0; i < functions->count; i++)
		if (now->function[i].kept)
			load_fields(&function[i], &state->function[i], &now->function[i]);
	for (uint32_t i = 0; i < functions->count; i++) {
		if (!now->function[i].kept)
			continue;
		load_messages(&function[i], &state->function[i], &now->function[i], msix,
			      msix_entries(functions, now));
		load_command(&function[i], &state->function[i], &now->function[i]);
	}
	load_virtual(functions, state, now);
	pci_end_pause();
	for (uint32_t i = functions->count; i-- > 0;) {
		if (!now->function[i].kept)
			continue;
		if (now->function[i].above) {
			write_power(&function[i], state->function[i].power & (uint16_t)~POWER_STATE,
				    &now->function[i]);
			continue;
		}
		write_power(&function[i], state->function[i].power, &now->function[i]);
		number_buses(&function[i], state->function[i].buses,
			     now->owner ? now->function[i].buses : function[i].buses);
	}
	if (!state->owner)
		pci_config_restore(state->address); /* else pci_works_unmask() does */
}

static bool windows_differ(const struct pci_function_state *state,
			   const struct pci_function_state *now)
{
	for (uint32_t i = 0; i < FIELD_COUNT; i++)
		if (decodes(&fields[i]) && state->field[i] != now->field[i])
			return true;
	return state->buses != now->buses;
}

uint32_t pci_bridge_that_differs(const struct pci_functions *functions,
				 const struct pci_state *state, const struct pci_state *now)
{
	uint32_t i = 0;

	while (i < functions->count &&
	       !(is_above_working(functions, &functions->function[i]) && state->function[i].kept &&
		 now->function[i].kept && windows_differ(&state->function[i], &now->function[i])))
		i++;
	return i;
}
