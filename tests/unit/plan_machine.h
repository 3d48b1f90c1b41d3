/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * plan_machine.h - a PC's memory map, and slots that ask for memory, for the memory plan's tests.
 */
#ifndef TESTS_PLAN_MACHINE_H
#define TESTS_PLAN_MACHINE_H

#include <string.h>
#include "cmocka.h"
#include "monitor/plan/plan_init.h"
#include "monitor/plan/plan_monitor.h"
#include "monitor/plan/plan_slots.h"
#include "reports.h"
#include "lib/units.h"

#define EBDA UINT64_C(0x9fc00)

struct plan_machine {
	struct boot_info boot;
	struct plan plan;
	struct slot_table table;
	struct reports reports;
	struct error error;
};

/* All tests of a program share it. */
static struct plan_machine m;

static inline void add_region(uint64_t base, uint64_t end, uint32_t type)
{
	m.boot.region[m.boot.region_count++] =
		(struct region){.base = base, .size = end - base, .type = type};
}

/* QEMU's map, with RAM below 4 GiB up to `low_end`, and `high` bytes above. */
static inline void pc_map(uint64_t low_end, uint64_t high)
{
	memset(&m.boot, 0, sizeof(m.boot));
	add_region(0, EBDA, REGION_RAM);
	add_region(EBDA, 0xa0000, REGION_RESERVED);
	add_region(0xf0000, MIB, REGION_RESERVED);
	add_region(MIB, low_end - 128 * KIB, REGION_RAM);
	add_region(low_end - 128 * KIB, low_end, REGION_RESERVED);
	add_region(0xfffc0000, 4 * GIB, REGION_RESERVED);
	if (high)
		add_region(4 * GIB, 4 * GIB + high, REGION_RAM);
	m.boot.image = (struct region){.base = 2 * MIB, .size = MIB};
}

/* A relocatable Linux of `need` bytes. */
static inline struct slot *add_slot(const char *name, uint64_t mem, uint64_t need)
{
	struct slot *slot = &m.table.slot[m.table.count++];

	memset(slot, 0, sizeof(*slot));
	strcpy(slot->name, name);
	slot->want_size = mem;
	slot->kernel.base = m.table.count * GIB; /* another place for each */
	slot->kernel.size = 8 * MIB + 1;
	slot->needs = (struct needs){.size = need, .min_base = 16 * MIB, .max_end = 1ull << 52};
	return slot;
}

static inline struct slot *add_fixed(const char *name, uint64_t mem, uint64_t base, uint64_t size)
{
	struct slot *slot = add_slot(name, mem, size);

	slot->needs = (struct needs){
		.fixed = true, .base = base, .size = size, .min_base = base, .max_end = 4 * GIB};
	return slot;
}

static inline int start(void **state)
{
	(void)state;
	memset(&m.plan, 0xee, sizeof(m.plan));
	memset(&m.table, 0, sizeof(m.table));
	memset(&m.reports, 0, sizeof(m.reports));
	pc_map(GIB, 0);
	return 0;
}

static inline void make_plan(void)
{
	assert_true(plan_init(&m.plan, &m.boot, EBDA, &m.error));
	assert_true(plan_monitor(&m.plan, &m.boot, 2 * MIB, &m.error));
	assert_true(plan_store(&m.plan, &m.boot, &m.table, &m.error));
	plan_slots(&m.plan, &m.table, keep_report, &m.reports);
}

#endif
