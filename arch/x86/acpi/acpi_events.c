// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/acpi/acpi_events.h"
#include "arch/x86/acpi/fadt.h"
#include "arch/x86/cpu/io.h"

#define HALVES 2 /* a block has status registers, then enable registers */
/* Table 4.13: bits 0, 4, 5, 8 to 11, 14 and 15 are events; the others are reserved. */
#define PM1_EVENTS 0xcf31
#define GPE_EVENTS 0xff

void acpi_events_find(struct acpi_events *events, const struct acpi_fadt *fadt)
{
	*events = (struct acpi_events){0};
	if (!fadt)
		return;
	events->pm1[0].status = fadt_port(fadt, fadt->pm1a_event, &fadt->x_pm1a_event);
	events->pm1[1].status = fadt_port(fadt, fadt->pm1b_event, &fadt->x_pm1b_event);
	events->gpe[0].status = fadt_port(fadt, fadt->gpe0, &fadt->x_gpe0);
	events->gpe[1].status = fadt_port(fadt, fadt->gpe1, &fadt->x_gpe1);
	events->gpe[0].length = fadt->gpe0_length / HALVES;
	events->gpe[1].length = fadt->gpe1_length / HALVES;
	for (uint32_t i = 0; i < ACPI_PM1_BLOCKS; i++) {
		events->pm1[i].length = fadt->pm1_event_length / HALVES;
		if (events->pm1[i].length < sizeof(uint16_t))
			events->pm1[i].status = 0;
		events->pm1[i].enable = (uint16_t)(events->pm1[i].status + events->pm1[i].length);
	}
	for (uint32_t i = 0; i < ACPI_GPE_BLOCKS; i++) {
		if (!events->gpe[i].status)
			events->gpe[i].length = 0;
		events->gpe[i].enable = (uint16_t)(events->gpe[i].status + events->gpe[i].length);
	}
}

static void save_gpe(const struct acpi_events *events, uint32_t block,
		     struct acpi_events_state *state)
{
	for (uint8_t byte = 0; byte < events->gpe[block].length; byte++)
		state->gpe[block][byte] = inb(events->gpe[block].enable + byte);
}

/*
 * The enables stay as they are: what raises the SCI meanwhile finds it masked, and the next kernel's
 * enables come before its interrupts do.
 */
void acpi_events_save(const struct acpi_events *events, struct acpi_events_state *state)
{
	for (uint32_t i = 0; i < ACPI_PM1_BLOCKS; i++)
		if (events->pm1[i].status)
			state->pm1[i] = inw(events->pm1[i].enable);
	for (uint32_t i = 0; i < ACPI_GPE_BLOCKS; i++)
		save_gpe(events, i, state);
}

/* Writing 1 clears a status bit. An event that is not enabled is cleared by who enables it. */
static void restore_pm1(const struct acpi_events *events, uint32_t block,
			const struct acpi_events_state *state, const struct acpi_events_state *now)
{
	if (!events->pm1[block].status)
		return;
	if (!now || now->pm1[block] != state->pm1[block])
		outw(events->pm1[block].enable, state->pm1[block]);
	outw(events->pm1[block].status, PM1_EVENTS);
}

static void restore_gpe(const struct acpi_events *events, uint32_t block,
			const struct acpi_events_state *state, const struct acpi_events_state *now)
{
	for (uint8_t byte = 0; byte < events->gpe[block].length; byte++) {
		uint8_t enable = state->gpe[block][byte];

		if (!now || now->gpe[block][byte] != enable)
			outb(events->gpe[block].enable + byte, enable);
		if (enable)
			outb(events->gpe[block].status + byte, GPE_EVENTS);
	}
}

/*
 * Events that happened meanwhile belong to the monitor or another slot, so they are dropped. Those
 * that are level-triggered come again. No interrupt is delivered meanwhile.
 */
void acpi_events_restore(const struct acpi_events *events, const struct acpi_events_state *state,
			 const struct acpi_events_state *now)
{
	for (uint32_t i = 0; i < ACPI_PM1_BLOCKS; i++)
		restore_pm1(events, i, state, now);
	for (uint32_t i = 0; i < ACPI_GPE_BLOCKS; i++)
		restore_gpe(events, i, state, now);
}
