// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/iommu/iommu.h"
#include "arch/x86/iommu/amd_iommu.h"
#include "arch/x86/iommu/vtd.h"
#include "arch/x86/memory/paging.h"

static struct iommu_units units;
static const char *firmware_left[IOMMU_MAX];

/* What differs between the two kinds. */
static const struct iommu_driver {
	uint32_t size; /* of the registers */
	bool (*present)(const struct iommu_unit *unit);
	bool (*is_on)(const struct iommu_unit *unit);
	bool (*is_on_in)(const struct iommu_unit_state *state);
	void (*off)(const struct iommu_unit *unit);
	void (*save)(const struct iommu_unit *unit, struct iommu_unit_state *state);
	void (*restore)(const struct iommu_unit *unit, const struct iommu_unit_state *state);
} drivers[] = {
	[IOMMU_VTD] = {VTD_SIZE, vtd_present, vtd_is_on, vtd_is_on_in, vtd_off, vtd_save,
		       vtd_restore},
	[IOMMU_AMD] = {AMD_IOMMU_SIZE, amd_iommu_present, amd_iommu_is_on, amd_iommu_is_on_in,
		       amd_iommu_off, amd_iommu_save, amd_iommu_restore},
};

static const struct iommu_driver *driver_of(const struct iommu_unit *unit)
{
	return &drivers[unit->kind];
}

const struct iommu_units *iommu_units(void)
{
	return &units;
}

/* True if the unit's registers can be reached, and answer. */
static bool can_use(const struct iommu_unit *unit, report_fn report, void *context)
{
	struct error error;

	if (paging_map_registers(unit->address, driver_of(unit)->size) &&
	    driver_of(unit)->present(unit))
		return true;
	fail(&error,
	     "IOMMU at %#lx: its registers do not answer; what a kernel sets there stays for the "
	     "next one",
	     unit->address);
	report(context, error.text);
	return false;
}

static const char *look(const struct iommu_unit *unit)
{
	if (driver_of(unit)->is_on(unit))
		return "on";
	return unit->kind == IOMMU_VTD && vtd_protects(unit) ? "off, with protected memory" : "off";
}

void iommu_init(const struct acpi_header *dmar, const struct acpi_header *ivrs, report_fn report,
		report_fn later, void *context)
{
	struct error error;
	uint32_t usable = 0;

	iommu_report_to(later, context);
	iommu_tables_read(dmar, ivrs, &units, report, context);
	for (uint32_t i = 0; i < units.count; i++) {
		if (!can_use(&units.unit[i], report, context))
			continue;
		units.unit[usable] = units.unit[i];
		firmware_left[usable] = look(&units.unit[usable]);
		usable++;
	}
	units.count = usable;
	if (!units.left_out)
		return;
	fail(&error, "%u IOMMUs left out: at most %u are kept", units.left_out, IOMMU_MAX);
	report(context, error.text);
}

uint32_t iommu_state_size(void)
{
	return units.count * (uint32_t)sizeof(struct iommu_unit_state);
}

uint64_t iommu_room(void)
{
	for (uint32_t i = 0; i < units.count; i++)
		if (units.unit[i].kind == IOMMU_AMD)
			return AMD_IOMMU_EMPTY_TABLE;
	return 0;
}

void iommu_give_room(void *room)
{
	if (iommu_room())
		amd_iommu_give_empty_table(room);
}

bool iommu_any_on(void)
{
	for (uint32_t i = 0; i < units.count; i++)
		if (driver_of(&units.unit[i])->is_on(&units.unit[i]))
			return true;
	return false;
}

bool iommu_any_on_in(const struct iommu_state *state)
{
	for (uint32_t i = 0; i < units.count; i++)
		if (driver_of(&units.unit[i])->is_on_in(&state->unit[i]))
			return true;
	return false;
}

const char *iommu_firmware_left(uint32_t index)
{
	return firmware_left[index];
}

void iommu_off(void)
{
	for (uint32_t i = 0; i < units.count; i++)
		driver_of(&units.unit[i])->off(&units.unit[i]);
}

void iommu_save(struct iommu_state *state)
{
	for (uint32_t i = 0; i < units.count; i++)
		driver_of(&units.unit[i])->save(&units.unit[i], &state->unit[i]);
}

void iommu_restore(const struct iommu_state *state)
{
	for (uint32_t i = 0; i < units.count; i++)
		driver_of(&units.unit[i])->restore(&units.unit[i], &state->unit[i]);
}
