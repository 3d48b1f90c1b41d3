// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/iommu/vtd.h"
#include "arch/x86/iommu/iommu_registers.h"
#include "arch/x86/iommu/vtd_queue.h"
#include "arch/x86/iommu/vtd_registers.h"

/* Places in struct iommu_unit_state.field. */
enum field {
	/* These need an order of their own. */
	PROTECTION,
	QUEUE,
	TAIL,
	/* Firmware's ranges can be changed only while PROTECTION is off. */
	RANGES,
	/* The others can be written while everything is off, the interrupts' control last. */
	OTHERS = RANGES + 4,
};

static const struct iommu_register registers[] = {
	[PROTECTION] = {VTD_PMEN, 4},
	[QUEUE] = {VTD_IQA, 8},
	[TAIL] = {VTD_IQT, 8},
	[RANGES] = {VTD_PLMBASE, 4},
	{VTD_PLMLIMIT, 4},
	{VTD_PHMBASE, 8},
	{VTD_PHMLIMIT, 8},
	[OTHERS] = {VTD_RTADDR, 8},
	{VTD_IRTA, 8},
	{VTD_AFLOG, 8},
	{VTD_PQA, 8},
	{VTD_PQH, 8},
	{VTD_PQT, 8},
	{VTD_FEDATA, 4},
	{VTD_FEADDR, 4},
	{VTD_FEUADDR, 4},
	{VTD_FECTL, 4},
	{VTD_IEDATA, 4},
	{VTD_IEADDR, 4},
	{VTD_IEUADDR, 4},
	{VTD_IECTL, 4},
	{VTD_PEDATA, 4},
	{VTD_PEADDR, 4},
	{VTD_PEUADDR, 4},
	{VTD_PECTL, 4},
};
#define REGISTERS (sizeof(registers) / sizeof(registers[0]))
_Static_assert(REGISTERS <= IOMMU_FIELDS, "struct iommu_unit_state has room for all registers");

static uint32_t status(const struct iommu_unit *unit)
{
	return iommu_read32(unit->address + VTD_GSTS);
}

bool vtd_present(const struct iommu_unit *unit)
{
	uint64_t cap = iommu_read64(unit->address + VTD_CAP);

	return iommu_read32(unit->address + VTD_VER) != UINT32_MAX && cap && cap != UINT64_MAX;
}

bool vtd_is_on(const struct iommu_unit *unit)
{
	return status(unit) & (VTD_TRANSLATION | VTD_REMAPPING);
}

bool vtd_is_on_in(const struct iommu_unit_state *state)
{
	return state->control & (VTD_TRANSLATION | VTD_REMAPPING);
}

bool vtd_protects(const struct iommu_unit *unit)
{
	return iommu_read32(unit->address + VTD_PMEN) & VTD_PMEN_ENABLE;
}

/* Whether an interrupt waits to be sent is the hardware's, and can't be written. */
static uint64_t kept_bits(uint16_t offset)
{
	bool interrupt = offset == VTD_FECTL || offset == VTD_IECTL || offset == VTD_PECTL;

	return interrupt ? ~(uint64_t)VTD_PENDING : UINT64_MAX;
}

void vtd_save(const struct iommu_unit *unit, struct iommu_unit_state *state)
{
	state->control = status(unit);
	iommu_fields_save(unit, registers, REGISTERS, state->field);
	for (uint32_t i = 0; i < REGISTERS; i++)
		state->field[i] &= kept_bits(registers[i].offset);
}

static bool differs(const struct iommu_unit *unit, const struct iommu_unit_state *state)
{
	struct iommu_unit_state now;

	vtd_save(unit, &now);
	if ((now.control ^ state->control) & VTD_LASTING)
		return true;
	for (uint32_t i = 0; i < REGISTERS; i++)
		if (now.field[i] != state->field[i])
			return true;
	return false;
}

static void vtd_switch_off(const struct iommu_unit *unit, uint32_t bit, const char *what)
{
	if (status(unit) & bit)
		vtd_command(unit, bit, false, what);
}

/* Faults of one slot are not the next one's. An error also stops the queue. */
static void drop_faults(const struct iommu_unit *unit)
{
	uint64_t cap = iommu_read64(unit->address + VTD_CAP);
	uint64_t record = unit->address + VTD_CAP_FAULTS_AT(cap) + VTD_FAULT_LAST_WORD;

	if (!(iommu_read32(unit->address + VTD_FSTS) & VTD_FSTS_ANY))
		return;
	for (uint32_t i = 0; i < VTD_CAP_FAULTS(cap); i++, record += VTD_FAULT_SIZE)
		if (iommu_read32(record) & VTD_FAULT_USED)
			iommu_write32(record, VTD_FAULT_USED);
	iommu_write32(unit->address + VTD_FSTS, VTD_FSTS_CLEAR);
}

static void flush_writes(const struct iommu_unit *unit)
{
	if (!(iommu_read64(unit->address + VTD_CAP) & VTD_CAP_FLUSH_WRITES))
		return;
	iommu_write32(unit->address + VTD_GCMD, (status(unit) & VTD_LASTING) | VTD_FLUSH_WRITES);
	iommu_wait(unit, VTD_GSTS, VTD_FLUSH_WRITES, 0, "flushing its write buffer");
}

void vtd_off(const struct iommu_unit *unit)
{
	vtd_switch_off(unit, VTD_TRANSLATION, "switching translation off");
	vtd_switch_off(unit, VTD_REMAPPING, "switching interrupt remapping off");
	vtd_switch_off(unit, VTD_COMPATIBILITY, "switching other interrupts off");
	drop_faults(unit);
	if (status(unit) & VTD_QUEUED)
		vtd_queue_off(unit);
	vtd_switch_off(unit, VTD_FAULT_LOG, "switching its log of faults off");
}

static void set_protection(const struct iommu_unit *unit, uint32_t enable)
{
	uint32_t wanted = enable & VTD_PMEN_ENABLE ? VTD_PMEN_STATUS : 0;

	if (!((iommu_read32(unit->address + VTD_PMEN) ^ enable) & VTD_PMEN_ENABLE))
		return;
	iommu_write32(unit->address + VTD_PMEN, enable & VTD_PMEN_ENABLE);
	iommu_wait(unit, VTD_PMEN, VTD_PMEN_STATUS, wanted, "switching protected memory");
}

/* Has the unit take over the addresses of the tables, where the slot had done so. */
static void set_tables(const struct iommu_unit *unit, uint64_t had)
{
	if (had & VTD_SET_ROOT)
		vtd_command(unit, VTD_SET_ROOT, true, "taking the root table");
	if (had & VTD_SET_REMAP_TABLE)
		vtd_command(unit, VTD_SET_REMAP_TABLE, true, "taking the interrupt table");
	if (had & VTD_FAULT_LOG)
		vtd_command(unit, VTD_SET_FAULT_LOG, true, "taking the log of faults");
}

static void vtd_switch_on(const struct iommu_unit *unit, uint64_t had, uint32_t bit,
			  const char *what)
{
	if (had & bit)
		vtd_command(unit, bit, true, what);
}

/*
 * What the unit has cached is another slot's, whose numbers mean something else there. So it has to
 * forget that before anything is on again.
 */
void vtd_restore(const struct iommu_unit *unit, const struct iommu_unit_state *state)
{
	if (!differs(unit, state))
		return;
	vtd_off(unit);
	set_protection(unit, 0);
	iommu_fields_restore(unit, registers + RANGES, REGISTERS - RANGES, state->field + RANGES);
	set_protection(unit, (uint32_t)state->field[PROTECTION]);
	set_tables(unit, state->control);
	if (vtd_is_on_in(state)) {
		flush_writes(unit);
		vtd_forget(unit);
	}
	vtd_switch_on(unit, state->control, VTD_FAULT_LOG, "switching its log of faults on");
	if (state->control & VTD_QUEUED)
		vtd_queue_on(unit, state->field[QUEUE], state->field[TAIL]);
	else
		iommu_fields_restore(unit, registers + QUEUE, RANGES - QUEUE, state->field + QUEUE);
	vtd_switch_on(unit, state->control, VTD_COMPATIBILITY, "switching other interrupts on");
	vtd_switch_on(unit, state->control, VTD_REMAPPING, "switching interrupt remapping on");
	vtd_switch_on(unit, state->control, VTD_TRANSLATION, "switching translation on");
}
