// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_hpet.c - the HPET: IA-PC HPET specification 1.0a, section 2.3. It stands still, and its
 * timers raise no interrupt.
 */
#include "access.h"
#include "item.h"

#define HPET		  0xfed00000u /* where PCs have it */
#define HPET_ABSENT	  0xffffffff
#define HPET_CONFIG	  (HPET + 0x010)
#define CONFIG_ENABLE	  0x1
#define CONFIG_LEGACY	  0x2 /* timers 0 and 1 replace the 8254 and the clock */
#define HPET_COUNTER	  (HPET + 0x0f0)
#define HPET_TIMER	  (HPET + 0x100)
#define HPET_COMPARATOR	  (HPET + 0x108)
#define HPET_ROUTE	  (HPET + 0x110)
#define TIMER_SIZE	  0x20
#define TIMERS		  3 /* at least */
#define ONE_SHOT	  2 /* the first of them; the third one is periodic */

#define COUNTER_HIGH_VARY 0x00ffffff /* an emulated one gets the bits above wrong */
/* Level-triggered, 32 bits. The IO-APIC's pin is 16 to 23. */
#define TIMER_VARY     0x0f02
#define TIMER_FIXED    0x2000
#define TIMER_PERIODIC 0x0008
#define TIMER_SET      0x0040 /* the next write is the comparator's, and the one after it the period */
#define TIMER_32       0x0100

/* Some seconds, so that no second period passes before the guest looks. */
#define PERIOD_VARY  0x3fffffff
#define PERIOD_LEAST 0x40000000
/*
 * How far before the comparator the counter starts, to see the period. An emulator needs time to set
 * its timers, and some to act on them. If it misses the comparator, it gets more.
 */
#define SOON  20000
#define LATE  50000000
#define TRIES 4

#define LAST  (ONE_SHOT * TIMER_SIZE) /* the periodic one */

static bool has_hpet(void)
{
	return memory_get(HPET) != HPET_ABSENT && memory_get(HPET) != 0;
}

static void period_write(uint32_t comparator, uint32_t period)
{
	memory_set(HPET_TIMER + LAST, memory_get(HPET_TIMER + LAST) | TIMER_SET);
	memory_set(HPET_COMPARATOR + LAST, comparator);
	memory_set(HPET_COMPARATOR + LAST, period);
}

/* Lets the counter run over the comparator; what that is then. */
static uint32_t meet_comparator(uint64_t config, uint32_t comparator, uint32_t soon)
{
	uint32_t next;

	memory_set(HPET_COUNTER, comparator - soon);
	memory_set(HPET_CONFIG, config | CONFIG_ENABLE);
	do
		next = (uint32_t)memory_get(HPET_COMPARATOR + LAST);
	while (next == comparator &&
	       (uint32_t)memory_get(HPET_COUNTER) - (comparator - soon) < soon + LATE);
	memory_set(HPET_CONFIG, config);
	return (uint32_t)memory_get(HPET_COMPARATOR + LAST);
}

/*
 * The period can't be read. But when the counter reaches the comparator, the comparator grows by
 * one period. After that, everything is restored.
 */
static uint64_t period_get(uint32_t which)
{
	uint64_t config = memory_get(HPET_CONFIG), low = memory_get(HPET_COUNTER);
	uint64_t high = memory_get(HPET_COUNTER + 4);
	uint32_t comparator = (uint32_t)memory_get(HPET_COMPARATOR + LAST), next = comparator;

	(void)which;
	for (uint32_t tries = 0; tries < TRIES && next == comparator; tries++)
		next = meet_comparator(config, comparator, SOON << 2 * tries);
	memory_set(HPET_COUNTER, low);
	memory_set(HPET_COUNTER + 4, high);
	period_write(comparator, next - comparator);
	return next - comparator;
}

static void period_set(uint32_t which, uint64_t value)
{
	(void)which;
	period_write((uint32_t)memory_get(HPET_COMPARATOR + LAST), (uint32_t)value);
}

static void comparator_set(uint32_t which, uint64_t value)
{
	(void)which;
	period_write((uint32_t)value, PERIOD_LEAST);
}

#define MEMORY(title, address, bits) \
	.name = title, .get = memory_get, .set = memory_set, .which = address, .vary = bits
#define EACH(number) .count = number, .step = TIMER_SIZE

/*
 * In a quick switch the counter runs on, and what depends on it is not kept: the period. The
 * counter's upper half stays, as far as that of the periodic timer's comparator is concerned.
 */
static const struct item counter[] = {
	{MEMORY("hpet-counter", HPET_COUNTER, 0xffffffff)},
	{MEMORY("hpet-counter", HPET_COUNTER + 4, COUNTER_HIGH_VARY), .clear = 0xffffffff},
	{MEMORY("hpet-timer", HPET_TIMER + LAST, TIMER_VARY & ~TIMER_32),
	 .fixed = TIMER_FIXED | TIMER_32 | TIMER_PERIODIC},
	{.name = "hpet-comparator",
	 .get = memory_get,
	 .set = comparator_set,
	 .which = HPET_COMPARATOR + LAST,
	 .vary = 0x7fffffff,
	 .clear = 0x80000000},
	{.name = "hpet-period",
	 .get = period_get,
	 .set = period_set,
	 .vary = PERIOD_VARY,
	 .clear = 0xffffffff,
	 .fixed = PERIOD_LEAST},
};
static const struct item hpet[] = {
	{MEMORY("hpet-timer", HPET_TIMER, TIMER_VARY), .fixed = TIMER_FIXED, EACH(ONE_SHOT)},
	{MEMORY("hpet-comparator", HPET_COMPARATOR, 0xffffffff), EACH(ONE_SHOT)},
	{MEMORY("hpet-route", HPET_ROUTE, 0xffffffff), EACH(TIMERS)},
	{MEMORY("hpet-route", HPET_ROUTE + 4, 0xffffffff), EACH(TIMERS)},
	{MEMORY("hpet-config", HPET_CONFIG, CONFIG_LEGACY)},
};

const struct group groups_hpet[] = {
	{GROUP("hpet-counter", has_hpet, counter), .scope = SCOPE_DEEP},
	{GROUP("hpet", has_hpet, hpet)},
	{0},
};

/* No timer interrupt comes while CONFIG_LEGACY is set. */
void items_settle(void)
{
	if (has_hpet())
		memory_set(HPET_CONFIG, 0);
}
