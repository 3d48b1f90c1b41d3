/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake_iommu.h - fake IOMMUs for tests on the host. They keep their registers, take descriptors and
 * commands, and fail the test at what the specifications forbid. Queues of a slot are in fake
 * memory (fake.h). The monitor's own are where its pointers say.
 */
#ifndef TESTS_FAKE_IOMMU_H
#define TESTS_FAKE_IOMMU_H

#include <stdbool.h>
#include <stdint.h>
#include "arch/x86/iommu/iommu_unit.h"

#define FAKE_IOMMU_UNITS  2
#define FAKE_IOMMU_SPACE  0x8000
#define FAKE_IOMMU_WRITES 512
#define FAKE_IOMMU_KINDS  16

struct fake_iommu {
	struct iommu_unit unit;
	uint8_t space[FAKE_IOMMU_SPACE];
	uint32_t stuck; /* bits of VT-d's GSTS or AMD's STATUS that don't change */
	bool ignores_commands;
	uint32_t forgot[FAKE_IOMMU_KINDS]; /* how often, by the descriptor's or command's number */
	uint32_t last;			   /* of these */
};

/* The writes of all units, in order. */
struct fake_iommu_write {
	uint32_t offset;
	uint64_t value;
};

extern struct fake_iommus {
	uint32_t count;
	struct fake_iommu unit[FAKE_IOMMU_UNITS];
	uint32_t writes;
	struct fake_iommu_write write[FAKE_IOMMU_WRITES];
} fake_iommus;

void fake_iommu_reset(void);
struct fake_iommu *fake_iommu_add(enum iommu_kind kind, uint64_t address);

/* Access without side effects. */
uint64_t fake_iommu_get(const struct fake_iommu *iommu, uint32_t offset, uint32_t size);
void fake_iommu_set(struct fake_iommu *iommu, uint32_t offset, uint32_t size, uint64_t value);

/* The number of the first write to offset, from the one with that number on; -1: none. */
int fake_iommu_written(uint32_t offset, uint32_t from);

#endif
