/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * iommu_unit.h - one IOMMU, what a slot keeps of it, and what the drivers of both kinds share.
 */
#ifndef ARCH_X86_IOMMU_IOMMU_UNIT_H
#define ARCH_X86_IOMMU_IOMMU_UNIT_H

#include <stdbool.h>
#include <stdint.h>
#include "boot_info.h"
#include "lib/error.h"

enum iommu_kind { IOMMU_VTD, IOMMU_AMD };

struct iommu_unit {
	enum iommu_kind kind;
	uint64_t address; /* physical, of its registers */
};

#define IOMMU_FIELDS 28 /* at most so many registers are in the table of a kind */

/* What is kept of a unit. vtd.c and amd_iommu.c say which register each field is. */
struct iommu_unit_state {
	uint64_t control; /* what is on */
	uint64_t field[IOMMU_FIELDS];
};

/* One row of the table of a kind: a register that software sets. */
struct iommu_register {
	uint16_t offset;
	uint8_t size; /* bytes: 4 or 8 */
};

/* A mirrored pair for the registers of a table. Restore leaves a register alone that is 0. */
void iommu_fields_save(const struct iommu_unit *unit, const struct iommu_register *table,
		       uint32_t count, uint64_t *field);
void iommu_fields_restore(const struct iommu_unit *unit, const struct iommu_register *table,
			  uint32_t count, const uint64_t *field);

/*
 * Waits until the bits of mask in the 32-bit register at offset are as wanted. A unit that takes
 * too long is reported: "IOMMU at ADDRESS: WHAT took longer than ...".
 */
bool iommu_wait(const struct iommu_unit *unit, uint32_t offset, uint32_t mask, uint32_t wanted,
		const char *what);

/* The same for a number that the unit writes to memory. */
bool iommu_wait_stored(const struct iommu_unit *unit, const volatile uint64_t *stored,
		       uint64_t wanted, const char *what);

/* Reports "IOMMU at ADDRESS: WHAT". */
void iommu_complain(const struct iommu_unit *unit, const char *what);

/*
 * Says which RAM the slot has whose state is saved or restored. A kernel may have told a unit to
 * look elsewhere, and the monitor does not write there. RAM may be in two pieces; of the second one,
 * size 0 says that there is none.
 */
void iommu_set_ram(const struct region *ram, const struct region *more);
bool iommu_in_ram(uint64_t address, uint64_t size);

/*
 * Says where such lines go. They come while a slot owns screen and serial port, so report must not
 * write to these.
 */
void iommu_report_to(report_fn report, void *context);

#endif
