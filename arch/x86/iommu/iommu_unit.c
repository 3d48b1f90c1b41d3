// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/iommu/iommu_unit.h"
#include <stddef.h>
#include "arch/x86/iommu/iommu_registers.h"
#include "arch/x86/memory/phys.h"
#include "arch/x86/time/clock.h"
#include "lib/print.h"

#define WAIT_US	  1000000 /* units need microseconds; those that have to empty a queue need more */
#define WHAT_SIZE 80

static struct {
	report_fn report;
	void *context;
} reports;

static struct region pieces[2]; /* of the slot's RAM */

void iommu_set_ram(const struct region *ram, const struct region *more)
{
	pieces[0] = *ram;
	pieces[1] = *more;
}

bool iommu_in_ram(uint64_t address, uint64_t size)
{
	return (region_has(&pieces[0], address, size) || region_has(&pieces[1], address, size)) &&
	       phys_range(address, size);
}

void iommu_report_to(report_fn report, void *context)
{
	reports.report = report;
	reports.context = context;
}

void iommu_complain(const struct iommu_unit *unit, const char *what)
{
	struct error error;

	fail(&error, "IOMMU at %#lx: %s", unit->address, what);
	if (reports.report)
		reports.report(reports.context, error.text);
}

static uint64_t read_register(const struct iommu_unit *unit, const struct iommu_register *at)
{
	return at->size == sizeof(uint32_t) ? iommu_read32(unit->address + at->offset)
					    : iommu_read64(unit->address + at->offset);
}

void iommu_fields_save(const struct iommu_unit *unit, const struct iommu_register *table,
		       uint32_t count, uint64_t *field)
{
	for (uint32_t i = 0; i < count; i++)
		field[i] = read_register(unit, &table[i]);
}

/* A unit lacks some registers. They read as 0, and are never written. */
void iommu_fields_restore(const struct iommu_unit *unit, const struct iommu_register *table,
			  uint32_t count, const uint64_t *field)
{
	for (uint32_t i = 0; i < count; i++) {
		if (!field[i] && !read_register(unit, &table[i]))
			continue;
		if (table[i].size == sizeof(uint32_t))
			iommu_write32(unit->address + table[i].offset, (uint32_t)field[i]);
		else
			iommu_write64(unit->address + table[i].offset, field[i]);
	}
}

/* Called between two looks. False when that took too long. */
static bool may_wait(const struct iommu_unit *unit, uint32_t *waited, const char *what)
{
	char text[WHAT_SIZE];

	if (++*waited <= WAIT_US) {
		clock_wait_us(1);
		return true;
	}
	format_text(text, sizeof(text), "%s took longer than %u s", what, WAIT_US / 1000000);
	iommu_complain(unit, text);
	return false;
}

bool iommu_wait(const struct iommu_unit *unit, uint32_t offset, uint32_t mask, uint32_t wanted,
		const char *what)
{
	uint32_t waited = 0;

	while ((iommu_read32(unit->address + offset) & mask) != wanted)
		if (!may_wait(unit, &waited, what))
			return false;
	return true;
}

bool iommu_wait_stored(const struct iommu_unit *unit, const volatile uint64_t *stored,
		       uint64_t wanted, const char *what)
{
	uint32_t waited = 0;

	while (*stored != wanted)
		if (!may_wait(unit, &waited, what))
			return false;
	return true;
}
