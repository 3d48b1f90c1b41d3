// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_iommu.c - IOMMUs. Intel's: VT-d 4.1, chapters 6, 8 and 11. AMD's: 48882 3.10, chapters 2, 3
 * and 5. No device of this guest writes to memory, and tables without entries are enough.
 */
#include "access.h"
#include "item.h"

#define PAGE 4096

/* The table of either kind: header, something of 12 bytes, and the first unit. */
struct iommu_table {
	uint8_t before_units[48];
	uint8_t before_address[8];
	uint64_t address;
} __attribute__((packed));

static uint32_t unit_of(const char *signature)
{
	const struct iommu_table *table = items_acpi_table(signature);

	return table ? (uint32_t)table->address : 0;
}

static uint64_t wide_get(uint32_t at)
{
	return *(volatile uint64_t *)(uint64_t)at;
}

static void wide_set(uint32_t at, uint64_t value)
{
	*(volatile uint64_t *)(uint64_t)at = value;
}

/* Two pages of each, so that one bit of their address may have any value. */
static uint64_t queue[2][PAGE / 8] __attribute__((aligned(2 * PAGE)));
static uint64_t events[2][PAGE / 8] __attribute__((aligned(2 * PAGE)));
/* For the devices of bus 0. */
static uint64_t devices[2][2 * PAGE / 8] __attribute__((aligned(4 * PAGE)));

#define QUEUE_BIT   PAGE
#define DEVICES_BIT (2 * PAGE)

static uint64_t choose(const void *first, uint64_t value, uint64_t bit)
{
	return (uint64_t)first | (value & bit);
}

/* Intel's. */
#define VTD_GCMD	 0x18
#define VTD_GSTS	 0x1c
#define VTD_RTADDR	 0x20
#define VTD_FEDATA	 0x3c
#define VTD_FEADDR	 0x40
#define VTD_IQH		 0x80
#define VTD_IQT		 0x88
#define VTD_IQA		 0x90
#define VTD_IEDATA	 0xa4
#define VTD_IEADDR	 0xa8
#define VTD_IRTA	 0xb8

#define VTD_TRANSLATION	 (1u << 31)
#define VTD_SET_ROOT	 (1u << 30)
#define VTD_QUEUED	 (1u << 26)
#define VTD_REMAPPING	 (1u << 25)
#define VTD_SET_TABLE	 (1u << 24)
#define VTD_LASTING	 (VTD_TRANSLATION | VTD_QUEUED | VTD_REMAPPING)
#define VTD_WAIT	 (0x5 | 1u << 5) /* descriptor: wait, and store what is above */
#define VTD_TABLE_VARY	 0xfffff000
#define VTD_MESSAGE_VARY 0xfffffffc

static uint32_t vtd;

static bool has_vtd(void)
{
	vtd = unit_of("DMAR");
	return vtd;
}

static uint64_t vtd_get(uint32_t offset)
{
	return memory_get(vtd + offset);
}

static void vtd_set(uint32_t offset, uint64_t value)
{
	memory_set(vtd + offset, value);
}

static void vtd_switch(uint32_t bit, bool on)
{
	uint32_t is = (uint32_t)vtd_get(VTD_GSTS) & VTD_LASTING;

	vtd_set(VTD_GCMD, on ? is | bit : is & ~bit);
	while (!(vtd_get(VTD_GSTS) & bit) == on)
		;
}

static uint64_t vtd_control_get(uint32_t which)
{
	(void)which;
	return vtd_get(VTD_GSTS) & VTD_LASTING;
}

static void vtd_control_set(uint32_t which, uint64_t value)
{
	(void)which;
	vtd_switch(VTD_SET_ROOT, true);
	vtd_switch(VTD_SET_TABLE, true);
	vtd_switch(VTD_TRANSLATION, value & VTD_TRANSLATION);
	vtd_switch(VTD_REMAPPING, value & VTD_REMAPPING);
}

/* Where the unit is in its queue, not where the guest wants it to be. */
static uint64_t vtd_position_get(uint32_t which)
{
	(void)which;
	return vtd_get(VTD_IQH);
}

static void vtd_position_set(uint32_t which, uint64_t value)
{
	static uint64_t stored;
	uint64_t *descriptor = (uint64_t *)wide_get(vtd + VTD_IQA);

	(void)which;
	for (uint32_t i = 0; i < PAGE / 8; i += 2) {
		descriptor[i] = VTD_WAIT;
		descriptor[i + 1] = (uint64_t)&stored;
	}
	wide_set(vtd + VTD_IQT, value);
	while (vtd_get(VTD_IQH) != value)
		;
}

/* The queue can be moved only while it is off, and is switched off only after a descriptor. */
static void vtd_queue_set(uint32_t offset, uint64_t value)
{
	if (vtd_get(VTD_GSTS) & VTD_QUEUED) {
		vtd_position_set(0, (vtd_get(VTD_IQH) + 16) % PAGE);
		vtd_switch(VTD_QUEUED, false);
	}
	wide_set(vtd + VTD_IQT, 0);
	wide_set(vtd + offset, choose(queue, value, QUEUE_BIT));
	vtd_switch(VTD_QUEUED, true);
}

#define VTD(title, offset, bits) \
	.name = title, .get = vtd_get, .set = vtd_set, .which = offset, .vary = bits

static const struct item items_vtd[] = {
	{VTD("vtd-root", VTD_RTADDR, VTD_TABLE_VARY)},
	{VTD("vtd-interrupt-table", VTD_IRTA, VTD_TABLE_VARY)},
	{VTD("vtd-fault-interrupt", VTD_FEDATA, 0xffff)},
	{VTD("vtd-fault-interrupt", VTD_FEADDR, VTD_MESSAGE_VARY)},
	{VTD("vtd-queue-interrupt", VTD_IEDATA, 0xffff)},
	{VTD("vtd-queue-interrupt", VTD_IEADDR, VTD_MESSAGE_VARY)},
	{.name = "vtd-queue",
	 .get = vtd_get,
	 .set = vtd_queue_set,
	 .which = VTD_IQA,
	 .vary = QUEUE_BIT},
	{.name = "vtd-queue-position",
	 .get = vtd_position_get,
	 .set = vtd_position_set,
	 .vary = 0xff0},
	{.name = "vtd-control",
	 .get = vtd_control_get,
	 .set = vtd_control_set,
	 .vary = VTD_TRANSLATION | VTD_REMAPPING},
};

/* AMD's. */
#define AMD_DEVICES	0x00
#define AMD_COMMANDS	0x08
#define AMD_EVENTS	0x10
#define AMD_CONTROL	0x18
#define AMD_HEAD	0x2000
#define AMD_TAIL	0x2008

#define AMD_ON		(1u << 0)
#define AMD_LOGS_EVENTS (1u << 2)
#define AMD_TAKES	(1u << 12)   /* commands */
#define AMD_WAIT	(1ull << 60) /* command: wait, and store nothing */
#define AMD_ENTRIES	(8ull << 56) /* 2^8 of them */
/* The position is odd. QEMU's unit shows the end of its buffer instead of 0. */
#define AMD_POSITION 0xfe0
#define AMD_ODD	     0x010

static uint32_t amd;

static bool has_amd(void)
{
	amd = unit_of("IVRS");
	return amd;
}

static uint64_t amd_get(uint32_t offset)
{
	return wide_get(amd + offset);
}

static void amd_control_set(uint32_t offset, uint64_t value)
{
	wide_set(amd + offset, value);
}

static void amd_devices_set(uint32_t offset, uint64_t value)
{
	wide_set(amd + offset, choose(devices, value, DEVICES_BIT) | (2 - 1));
}

static void amd_events_set(uint32_t offset, uint64_t value)
{
	wide_set(amd + offset, choose(events, value, QUEUE_BIT) | AMD_ENTRIES);
}

static void amd_commands_set(uint32_t offset, uint64_t value)
{
	wide_set(amd + AMD_CONTROL, 0);
	wide_set(amd + offset, choose(queue, value, QUEUE_BIT) | AMD_ENTRIES);
	wide_set(amd + AMD_HEAD, 0);
	wide_set(amd + AMD_TAIL, 0);
	for (uint32_t i = 0; i < PAGE / 8; i += 2) {
		queue[0][i] = queue[1][i] = AMD_WAIT;
		queue[0][i + 1] = queue[1][i + 1] = 0;
	}
}

static void amd_position_set(uint32_t which, uint64_t value)
{
	(void)which;
	wide_set(amd + AMD_CONTROL, AMD_ON | AMD_TAKES);
	wide_set(amd + AMD_TAIL, value);
	while (wide_get(amd + AMD_HEAD) != value)
		;
}

#define AMD(title, device, offset, bits) \
	.name = title, .get = amd_get, .set = device##_set, .which = offset, .vary = bits

static const struct item items_amd[] = {
	{AMD("amd-iommu-devices", amd_devices, AMD_DEVICES, DEVICES_BIT)},
	{AMD("amd-iommu-events", amd_events, AMD_EVENTS, QUEUE_BIT)},
	{AMD("amd-iommu-commands", amd_commands, AMD_COMMANDS, QUEUE_BIT)},
	{AMD("amd-iommu-position", amd_position, AMD_HEAD, AMD_POSITION), .fixed = AMD_ODD},
	{.name = "amd-iommu-position", .get = amd_get, .which = AMD_TAIL},
	{AMD("amd-iommu-control", amd_control, AMD_CONTROL, AMD_ON | AMD_LOGS_EVENTS | AMD_TAKES)},
};

const struct group groups_iommu[] = {
	{GROUP("vtd", has_vtd, items_vtd), .scope = SCOPE_DEEP},
	{GROUP("amd-iommu", has_amd, items_amd), .scope = SCOPE_DEEP},
	{0},
};
