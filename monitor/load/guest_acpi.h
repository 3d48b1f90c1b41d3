/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_acpi.h - a slot's own ACPI root tables.
 *
 * A copy of the RSDP, RSDT and XSDT that lists one table more, "SWYD" (switchyard.h), and, where
 * the slot's line has cpus=, a copy of the MADT that lists only those CPUs. All other tables stay
 * the firmware's own.
 */
#ifndef MONITOR_LOAD_GUEST_ACPI_H
#define MONITOR_LOAD_GUEST_ACPI_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"

/*
 * Builds the tables at [base, base + size), physical, zeroed first. rsdp: the firmware's. cpus: as
 * slot.h has it; called on the boot CPU. info: the slot's struct switchyard_info. On success
 * *guest_rsdp is the new root pointer's address. Fails if a signature or length of firmware's root
 * tables or MADT is wrong, or room is short. Checksums are right in the copies, whatever firmware's
 * are.
 */
bool guest_acpi(uint64_t rsdp, uint64_t base, uint64_t size, uint64_t cpus, uint64_t info,
		uint64_t *guest_rsdp, struct error *error);

#endif
