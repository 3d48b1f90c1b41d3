// SPDX-License-Identifier: GPL-2.0-only
/*
 * fake_iommu.c - the registers of fake IOMMUs (fake_iommu.h), as iommu_registers.h has them.
 */
#include "fake_iommu.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arch/x86/iommu/iommu_registers.h"
#include "arch/x86/iommu/vtd_registers.h"
#include "arch/x86/memory/phys.h"
#include "lib/units.h"

#define VTD_WAIT_TYPE 5
#define AMD_COMMANDS  0x08
#define AMD_CONTROL   0x18
#define AMD_HEAD      0x2000
#define AMD_TAIL      0x2008
#define AMD_STATUS    0x2020
#define AMD_ON	      (1u << 0)
#define AMD_TAKES     (1u << 12)
#define AMD_RUNS      (1u << 4)
#define AMD_WAIT_TYPE 1
#define AMD_ADDRESS   0x000ffffffffff000ull
#define STORE_ADDRESS 0x000ffffffffffff8ull
#define DESCRIPTOR    16
#define AMD_BUFFER    (256 * DESCRIPTOR)

struct fake_iommus fake_iommus;

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fake IOMMU: %s\n", what);
	abort();
}

void fake_iommu_reset(void)
{
	memset(&fake_iommus, 0, sizeof(fake_iommus));
}

uint64_t fake_iommu_get(const struct fake_iommu *iommu, uint32_t offset, uint32_t size)
{
	uint64_t value = 0;

	memcpy(&value, iommu->space + offset, size);
	return value;
}

void fake_iommu_set(struct fake_iommu *iommu, uint32_t offset, uint32_t size, uint64_t value)
{
	memcpy(iommu->space + offset, &value, size);
}

struct fake_iommu *fake_iommu_add(enum iommu_kind kind, uint64_t address)
{
	struct fake_iommu *iommu = &fake_iommus.unit[fake_iommus.count++];

	must(fake_iommus.count <= FAKE_IOMMU_UNITS, "too many units");
	iommu->unit = (struct iommu_unit){.kind = kind, .address = address};
	if (kind == IOMMU_VTD) {
		fake_iommu_set(iommu, VTD_VER, 4, 0x10);
		fake_iommu_set(iommu, VTD_CAP, 8, 0x22ull << 24);
		fake_iommu_set(iommu, VTD_ECAP, 8,
			       VTD_ECAP_QUEUED | VTD_ECAP_REMAPPING | 0xfull << 8);
	}
	return iommu;
}

int fake_iommu_written(uint32_t offset, uint32_t from)
{
	for (uint32_t i = from; i < fake_iommus.writes; i++)
		if (fake_iommus.write[i].offset == offset)
			return (int)i;
	return -1;
}

static struct fake_iommu *iommu_at(uint64_t address)
{
	for (uint32_t i = 0; i < fake_iommus.count; i++)
		if (address - fake_iommus.unit[i].unit.address < FAKE_IOMMU_SPACE)
			return &fake_iommus.unit[i];
	must(false, "no unit there");
	return NULL;
}

/* A slot's memory, or the monitor's own. */
static uint64_t *memory_at(uint64_t address)
{
	return phys(address) ? phys(address) : (uint64_t *)address;
}

static void forget(struct fake_iommu *iommu, uint32_t kind)
{
	iommu->last = kind;
	iommu->forgot[kind]++;
}

static void vtd_take(struct fake_iommu *iommu, uint64_t tail)
{
	uint64_t iqa = fake_iommu_get(iommu, VTD_IQA, 8), head = fake_iommu_get(iommu, VTD_IQH, 8);

	must(!(iqa & VTD_IQA_WIDE), "this fake has narrow descriptors only");
	while (head != tail) {
		const uint64_t *descriptor = memory_at(page_down(iqa) + head);

		forget(iommu, descriptor[0] & 0xf);
		if ((descriptor[0] & 0xf) == VTD_WAIT_TYPE)
			*(uint32_t *)memory_at(descriptor[1]) = (uint32_t)(descriptor[0] >> 32);
		head = (head + DESCRIPTOR) % (PAGE_SIZE << VTD_IQA_ORDER(iqa));
	}
	fake_iommu_set(iommu, VTD_IQH, 8, head);
}

static void vtd_command_written(struct fake_iommu *iommu, uint32_t value)
{
	uint32_t was = (uint32_t)fake_iommu_get(iommu, VTD_GSTS, 4);
	uint32_t once = value & (VTD_SET_ROOT | VTD_SET_FAULT_LOG | VTD_SET_REMAP_TABLE);
	uint32_t is = (value & VTD_LASTING) | once |
		      (was & (VTD_SET_ROOT | VTD_SET_FAULT_LOG | VTD_SET_REMAP_TABLE));
	uint32_t changed = (was ^ is) & VTD_LASTING;

	must(!(changed & (changed - 1)), "VT-d 4.1, 11.4.4: one command at a time");
	must(!changed || !once, "VT-d 4.1, 11.4.4: one command at a time");
	if (changed & ~is & VTD_QUEUED) {
		must(fake_iommu_get(iommu, VTD_IQH, 8) == fake_iommu_get(iommu, VTD_IQT, 8) ||
			     iommu->ignores_commands,
		     "VT-d 4.1, 6.5.2: the queue goes off while it is not empty");
		must(iommu->last == VTD_WAIT_TYPE || iommu->ignores_commands,
		     "VT-d 4.1, 6.5.2: the last descriptor is no wait");
		fake_iommu_set(iommu, VTD_IQH, 8, 0);
	}
	if (changed & is & VTD_QUEUED)
		must(!fake_iommu_get(iommu, VTD_IQT, 8), "VT-d 4.1, 6.5.2: the tail is not 0");
	fake_iommu_set(iommu, VTD_GSTS, 4, (is & ~iommu->stuck) | (was & iommu->stuck));
}

static void vtd_written(struct fake_iommu *iommu, uint32_t offset, uint64_t value)
{
	uint32_t status = (uint32_t)fake_iommu_get(iommu, VTD_GSTS, 4);
	uint32_t iotlb = VTD_ECAP_IOTLB_AT(fake_iommu_get(iommu, VTD_ECAP, 8));

	if (offset == VTD_GCMD)
		vtd_command_written(iommu, (uint32_t)value);
	if (offset == VTD_IQA)
		must(!(status & VTD_QUEUED), "VT-d 4.1, 11.4.9.3: the queue moves while it is on");
	if (offset == VTD_IQT && status & VTD_QUEUED && !iommu->ignores_commands)
		vtd_take(iommu, value);
	if (offset == VTD_FSTS)
		fake_iommu_set(iommu, VTD_FSTS, 4, 0);
	if (offset == VTD_PMEN)
		fake_iommu_set(iommu, VTD_PMEN, 4, value | (value & VTD_PMEN_ENABLE ? 1 : 0));
	if (offset >= VTD_PLMBASE && offset <= VTD_PHMLIMIT)
		must(!(fake_iommu_get(iommu, VTD_PMEN, 4) & VTD_PMEN_STATUS),
		     "VT-d 4.1, 11.4.8: a protected range changes while it is on");
	if (offset == VTD_CCMD || offset == iotlb) { /* done at once */
		forget(iommu, offset == VTD_CCMD ? 1 : 2);
		fake_iommu_set(iommu, offset, 8, value & ~(1ull << 63));
	}
}

static void amd_take(struct fake_iommu *iommu)
{
	uint64_t base = fake_iommu_get(iommu, AMD_COMMANDS, 8) & AMD_ADDRESS;
	uint64_t head = fake_iommu_get(iommu, AMD_HEAD, 8),
		 tail = fake_iommu_get(iommu, AMD_TAIL, 8);

	while (head != tail) {
		const uint64_t *command = memory_at(base + head);

		forget(iommu, command[0] >> 60);
		if (command[0] >> 60 == AMD_WAIT_TYPE && command[0] & 1)
			*memory_at(command[0] & STORE_ADDRESS) = command[1];
		head = (head + DESCRIPTOR) % AMD_BUFFER;
	}
	fake_iommu_set(iommu, AMD_HEAD, 8, head);
}

static void amd_written(struct fake_iommu *iommu, uint32_t offset)
{
	uint32_t control = (uint32_t)fake_iommu_get(iommu, AMD_CONTROL, 8);
	bool takes = control & AMD_ON && control & AMD_TAKES;
	uint32_t status = (uint32_t)fake_iommu_get(iommu, AMD_STATUS, 4);

	if (offset == AMD_COMMANDS) {
		must(!takes, "AMD 48882, 2.4: the commands move while they are taken");
		fake_iommu_set(iommu, AMD_HEAD, 8, 0);
		fake_iommu_set(iommu, AMD_TAIL, 8, 0);
	}
	if (offset == AMD_STATUS)
		fake_iommu_set(iommu, AMD_STATUS, 4, 0);
	if (offset == AMD_CONTROL)
		fake_iommu_set(iommu, AMD_STATUS, 4,
			       (takes ? status | AMD_RUNS : status & ~AMD_RUNS) | iommu->stuck);
	if (takes && !iommu->ignores_commands)
		amd_take(iommu);
}

static uint64_t read_sized(uint64_t address, uint32_t size)
{
	const struct fake_iommu *iommu = iommu_at(address);

	return fake_iommu_get(iommu, (uint32_t)(address - iommu->unit.address), size);
}

static void write_sized(uint64_t address, uint32_t size, uint64_t value)
{
	struct fake_iommu *iommu = iommu_at(address);
	uint32_t offset = (uint32_t)(address - iommu->unit.address);

	if (fake_iommus.writes < FAKE_IOMMU_WRITES)
		fake_iommus.write[fake_iommus.writes++] = (struct fake_iommu_write){offset, value};
	if (!(iommu->unit.kind == IOMMU_VTD && (offset == VTD_PMEN || offset == VTD_GCMD)))
		fake_iommu_set(iommu, offset, size, value);
	if (iommu->unit.kind == IOMMU_VTD)
		vtd_written(iommu, offset, value);
	else
		amd_written(iommu, offset);
}

uint32_t iommu_read32(uint64_t address)
{
	return (uint32_t)read_sized(address, sizeof(uint32_t));
}

uint64_t iommu_read64(uint64_t address)
{
	return read_sized(address, sizeof(uint64_t));
}

void iommu_write32(uint64_t address, uint32_t value)
{
	write_sized(address, sizeof(value), value);
}

void iommu_write64(uint64_t address, uint64_t value)
{
	write_sized(address, sizeof(value), value);
}
