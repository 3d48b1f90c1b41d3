/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * acpi_events.h - which ACPI events raise the system control interrupt (SCI): the enable registers
 * of the fixed events (PM1a, PM1b) and of the general-purpose ones (GPE0, GPE1). ACPI 6.4, section
 * 4.8.3.1 and 4.8.4.1.
 *
 * SCI_EN, which says whether events raise SCIs or SMIs, is not kept. Firmware sets it in SMM, when
 * a kernel asks through the SMI command port, and expects an ACPI kernel from then on. So a write
 * to the register can't switch it back. It stays on once a slot has switched it on. Kernels check
 * whether it is on before they ask for it.
 */
#ifndef ARCH_X86_ACPI_ACPI_EVENTS_H
#define ARCH_X86_ACPI_ACPI_EVENTS_H

#include <stdint.h>
#include "arch/x86/acpi/acpi_tables.h"

#define ACPI_PM1_BLOCKS 2
#define ACPI_GPE_BLOCKS 2
#define ACPI_GPE_BYTES	128 /* enable bytes: half of a block, whose length in the FADT is a byte */

/* I/O ports of the blocks, 0 if there is no such block. The lengths are those of one half. */
struct acpi_events {
	struct {
		uint16_t status, enable;
		uint8_t length;
	} pm1[ACPI_PM1_BLOCKS], gpe[ACPI_GPE_BLOCKS];
};

struct acpi_events_state {
	uint16_t pm1[ACPI_PM1_BLOCKS];
	uint8_t gpe[ACPI_GPE_BLOCKS][ACPI_GPE_BYTES];
};

/*
 * Finds the blocks in the FADT, which may be NULL. Registers in memory are ignored.
 */
void acpi_events_find(struct acpi_events *events, const struct acpi_fadt *fadt);

/*
 * A mirrored pair. Save only reads: the SCI must be masked at the interrupt controllers. Restore
 * enables the slot's events, and drops those of them that are pending. It writes the enables that
 * differ from now, which was saved last; NULL: all.
 */
void acpi_events_save(const struct acpi_events *events, struct acpi_events_state *state);
void acpi_events_restore(const struct acpi_events *events, const struct acpi_events_state *state,
			 const struct acpi_events_state *now);

#endif
