// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_apic.c - the local APIC (SDM volume 3, chapter 11, offsets by table 11-1) and the first
 * IO-APIC (Intel 82093AA data sheet, section 3). No entry is unmasked, so no interrupt comes from
 * them.
 */
#include "access.h"
#include "item.h"

#define SVR_VARY 0x0f
/* A vector from 0x20 on, and the mask. */
#define LVT_VARY     0xcf
#define LVT_FIXED    0x10020
#define LVT_CLEAR    0x710 /* delivery mode: fixed */
#define LVT_EXTINT   0x700 /* LINT0 lets the 8259 through, and ignores its vector */
#define LVT_PERIODIC 0x20000
#define LDR_VARY     0xff000000ull
#define DFR_FLAT     0xffffffff
#define DFR_CLUSTER  0x0fffffff
#define DIVIDE_VARY  0xb

enum {
	LAPIC_LDR = 0x0d0,
	LAPIC_DFR = 0x0e0,
	LAPIC_SVR = 0x0f0,
	LAPIC_VERSION = 0x030,
	LAPIC_LVT_TIMER = 0x320,
	LAPIC_LVT_THERMAL = 0x330,
	LAPIC_LVT_PERF = 0x340,
	LAPIC_LVT_LINT0 = 0x350,
	LAPIC_LVT_LINT1 = 0x360,
	LAPIC_LVT_ERROR = 0x370,
	LAPIC_TIMER_INITIAL = 0x380,
	LAPIC_TIMER_CURRENT = 0x390,
	LAPIC_TIMER_DIVIDE = 0x3e0,
};

/* Every PC has the first IO-APIC at this address. */
#define IOAPIC_SELECT	  0xfec00000u
#define IOAPIC_WINDOW	  0xfec00010u
#define IOAPIC_ENTRY(pin) (0x10 + 2 * (pin))
#define IOAPIC_FIRST_PIN  1
#define IOAPIC_LAST_PIN	  23
#define IOAPIC_PINS	  (IOAPIC_LAST_PIN - IOAPIC_FIRST_PIN + 1)
/* Vector as above, destination mode, polarity, trigger mode. */
#define ENTRY_VARY		  0xa8cf

#define VERSION_LAST_LVT(version) ((version) >> 16 & 0xff)
#define LAST_LVT_THERMAL	  5
#define LAST_LVT_PERF		  4

/* A register of the local APIC, by its offset. */
static volatile uint32_t *lapic(uint32_t offset)
{
	return (volatile uint32_t *)((msr_get(MSR_APIC_BASE) & APIC_BASE_ADDRESS) + offset);
}

static uint64_t lapic_get(uint32_t which)
{
	return *lapic(which);
}

static void lapic_set(uint32_t which, uint64_t value)
{
	*lapic(which) = (uint32_t)value;
}

/* There are only two valid values, the two models. */
static void dfr_set(uint32_t which, uint64_t value)
{
	lapic_set(which, value & 1 ? DFR_CLUSTER : DFR_FLAT);
}

static uint64_t dfr_get(uint32_t which)
{
	return lapic_get(which) == DFR_CLUSTER;
}

/*
 * A periodic timer continues with its initial count. A one-shot timer must continue from the count
 * that it has reached. So each iteration tests one of the two kinds.
 */
static bool is_periodic(void)
{
	return lapic_get(LAPIC_LVT_TIMER) & LVT_PERIODIC;
}

static uint64_t initial_get(uint32_t which)
{
	return is_periodic() ? lapic_get(which) : 0;
}

static uint64_t current_get(uint32_t which)
{
	return is_periodic() ? 0 : lapic_get(which);
}

/* True if a counter that counts down is where it was, or a little further. */
static bool went_down(uint64_t is, uint64_t was)
{
	return is <= was && was - is < was / 2 + 1;
}

static uint64_t ioapic_get(uint32_t which)
{
	memory_set(IOAPIC_SELECT, which);
	return memory_get(IOAPIC_WINDOW);
}

static void ioapic_set(uint32_t which, uint64_t value)
{
	memory_set(IOAPIC_SELECT, which);
	memory_set(IOAPIC_WINDOW, value);
}

static bool has_thermal(void)
{
	return VERSION_LAST_LVT(lapic_get(LAPIC_VERSION)) >= LAST_LVT_THERMAL;
}

static bool has_perf(void)
{
	return VERSION_LAST_LVT(lapic_get(LAPIC_VERSION)) >= LAST_LVT_PERF;
}

#define FILLED(title, offset, bits) \
	.name = title, .get = lapic_get, .set = lapic_set, .which = offset, .vary = bits
#define LVT(title, offset) FILLED(title, offset, LVT_VARY), .fixed = LVT_FIXED, .clear = LVT_CLEAR

static const struct item lapic_items[] = {
	{FILLED("lapic-ldr", LAPIC_LDR, LDR_VARY)},
	{.name = "lapic-dfr", .get = dfr_get, .set = dfr_set, .which = LAPIC_DFR, .vary = 1},
	{FILLED("lapic-svr", LAPIC_SVR, SVR_VARY)},
	{FILLED("lapic-lvt-timer", LAPIC_LVT_TIMER, LVT_VARY | LVT_PERIODIC), .fixed = LVT_FIXED},
	{FILLED("lapic-lvt-lint0", LAPIC_LVT_LINT0, LVT_VARY), .fixed = LVT_EXTINT},
	{LVT("lapic-lvt-lint1", LAPIC_LVT_LINT1)},
	{LVT("lapic-lvt-error", LAPIC_LVT_ERROR)},
	{FILLED("lapic-timer-divide", LAPIC_TIMER_DIVIDE, DIVIDE_VARY)},
	{.name = "lapic-timer-initial",
	 .get = initial_get,
	 .set = lapic_set,
	 .which = LAPIC_TIMER_INITIAL,
	 .vary = 0x7fffffff,
	 .fixed = 0x80000000},
	{.name = "lapic-timer-current",
	 .get = current_get,
	 .same = went_down,
	 .which = LAPIC_TIMER_CURRENT},
};
static const struct item thermal[] = {{LVT("lapic-lvt-thermal", LAPIC_LVT_THERMAL)}};
static const struct item perf[] = {{LVT("lapic-lvt-perf", LAPIC_LVT_PERF)}};

static const struct item ioapic[] = {
	{.name = "ioapic-entry",
	 .get = ioapic_get,
	 .set = ioapic_set,
	 .which = IOAPIC_ENTRY(IOAPIC_FIRST_PIN),
	 .count = IOAPIC_PINS,
	 .step = 2,
	 .vary = ENTRY_VARY,
	 .fixed = LVT_FIXED,
	 .clear = LVT_CLEAR},
	{.name = "ioapic-destination",
	 .get = ioapic_get,
	 .set = ioapic_set,
	 .which = IOAPIC_ENTRY(IOAPIC_FIRST_PIN) + 1,
	 .count = IOAPIC_PINS,
	 .step = 2,
	 .vary = LDR_VARY},
};

const struct group groups_apic[] = {
	{GROUP("lapic", NULL, lapic_items), .scope = SCOPE_CPU},
	{GROUP("lapic-thermal", has_thermal, thermal), .scope = SCOPE_CPU},
	{GROUP("lapic-perf", has_perf, perf), .scope = SCOPE_CPU},
	{GROUP("ioapic", NULL, ioapic)},
	{0},
};
