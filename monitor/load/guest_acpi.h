/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest_acpi.h - a slot's own ACPI root tables.
 *
 * The slot gets copies of the RSDP, RSDT and XSDT, which list one table more: "SWYD"
 * (switchyard.h). If the slot's line has cpus=, it also gets a copy of the MADT that lists only
 * those CPUs. All other tables are the firmware's own.
 */
#ifndef MONITOR_LOAD_GUEST_ACPI_H
#define MONITOR_LOAD_GUEST_ACPI_H

#include <stdbool.h>
#include <stdint.h>
#include "lib/error.h"

/*
 * Returns the bytes that are enough for those tables, 0 if the firmware's are of no use. rsdp and
 * cpus are as guest_acpi() has them.
 */
uint64_t guest_acpi_room(uint64_t rsdp, uint64_t cpus);

/*
 * True if guest_acpi() can make these tables in size bytes. False, with the reason, if not. It must
 * be called on the boot CPU.
 */
bool guest_acpi_allows(uint64_t rsdp, uint64_t size, uint64_t cpus, struct error *error);

/*
 * Zeroes [base, base + size), physical, and builds the tables there. Must be called on the boot
 * CPU. rsdp is the firmware's root pointer; cpus is slot.h's; info is the address of the slot's
 * struct switchyard_info. On success *guest_rsdp is the new root pointer's address. Fails if a
 * signature or length of the firmware's root tables or MADT is wrong, if a CPU of cpus is not in the
 * MADT, or if the room is too small.
 * The copies have right checksums, even if the firmware's tables have wrong ones. Above 4
 * GiB the root pointer is one of ACPI 2.0 and names an XSDT only.
 */
bool guest_acpi(uint64_t rsdp, uint64_t base, uint64_t size, uint64_t cpus, uint64_t info,
		uint64_t *guest_rsdp, struct error *error);

#endif
