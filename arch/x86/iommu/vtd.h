/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vtd.h - Intel's IOMMU. VT-d: "Intel Virtualization Technology for Directed I/O, Architecture
 * Specification", revision 4.1; chapter 11 has the registers.
 */
#ifndef ARCH_X86_IOMMU_VTD_H
#define ARCH_X86_IOMMU_VTD_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/iommu/iommu_unit.h"

#define VTD_SIZE 0x8000u /* of the registers; the offsets that a unit can name end before that */

/* False if there is no unit at its address. */
bool vtd_present(const struct iommu_unit *unit);

/* True if it translates or blocks what devices do, or remaps interrupts; and if that state does. */
bool vtd_is_on(const struct iommu_unit *unit);
bool vtd_is_on_in(const struct iommu_unit_state *state);

/* True if it keeps devices out of ranges of RAM, which only firmware asks for. */
bool vtd_protects(const struct iommu_unit *unit);

/*
 * Switches everything off: translation, interrupt remapping, then the queue of invalidations. The
 * unit no longer reads or writes the slot's memory after it. No device may write to memory
 * meanwhile, and no interrupt may be enabled.
 */
void vtd_off(const struct iommu_unit *unit);

/*
 * A mirrored pair. Save only reads. Restore needs what vtd_off() needs, and calls it. If nothing
 * differs, it does nothing.
 */
void vtd_save(const struct iommu_unit *unit, struct iommu_unit_state *state);
void vtd_restore(const struct iommu_unit *unit, const struct iommu_unit_state *state);

#endif
