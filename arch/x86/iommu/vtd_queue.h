/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vtd_queue.h - a VT-d unit's queue of invalidations: VT-d 4.1, section 6.5.2. A unit forgets what
 * it has cached only when told so, and the cache of interrupt entries has no other way.
 */
#ifndef ARCH_X86_IOMMU_VTD_QUEUE_H
#define ARCH_X86_IOMMU_VTD_QUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/iommu/iommu_unit.h"

/* Sets or clears a bit of GCMD, and waits until GSTS shows it. */
bool vtd_command(const struct iommu_unit *unit, uint32_t bit, bool on, const char *what);

/*
 * Switches the queue on, which lies at iqa and goes on from tail, as IQA and IQT have them. The
 * unit itself begins at 0, so it is sent through the entries before.
 */
void vtd_queue_on(const struct iommu_unit *unit, uint64_t iqa, uint64_t tail);

/* Waits until the queue is empty, and switches it off. Both need iommu_set_ram(). */
void vtd_queue_off(const struct iommu_unit *unit);

/* Lets the unit forget all that it has cached. Its queue must be off, and is off after it. */
void vtd_forget(const struct iommu_unit *unit);

#endif
