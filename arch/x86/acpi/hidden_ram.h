/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hidden_ram.h - RAM that a kernel learns of by ACPI, whatever memory map it was given: memory
 * devices and hot-plug ranges, and NVDIMMs. A kernel adds all of it to its own.
 */
#ifndef ARCH_X86_ACPI_HIDDEN_RAM_H
#define ARCH_X86_ACPI_HIDDEN_RAM_H

#include <stdbool.h>
#include "arch/x86/acpi/acpi_walk.h"
#include "boot_info.h"

#define HIDDEN_RAM_MAX 8

struct hidden_ram {
	bool devices;	/* the DSDT or an SSDT has memory devices */
	uint32_t count; /* of ranges; those beyond HIDDEN_RAM_MAX are left out */
	struct hidden_range {
		uint64_t base, size;
		bool persistent; /* an NVDIMM's; else memory may be plugged in there */
	} range[HIDDEN_RAM_MAX];
};

/*
 * Finds them in the tables that root lists, and in the DSDT at that physical address (0: none).
 * Where a memory device is, only its AML could say; so that is not known.
 */
void hidden_ram_find(struct hidden_ram *ram, const struct acpi_root *root, uint64_t dsdt);

/* The table of NVDIMMs: slots do not get it. */
#define HIDDEN_RAM_NFIT "NFIT"

#endif
