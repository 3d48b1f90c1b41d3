// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/time/hpet.h"
#include <stddef.h>
#include <stdbool.h>
#include "arch/x86/time/clock.h"
#include "arch/x86/cpu/io.h"

/*
 * Section 2.3: registers are 64 bits wide. 32-bit accesses work on every implementation. The upper
 * halves of all configuration registers are read-only or reserved.
 */
enum {
	HPET_CAPABILITIES = 0x000,
	HPET_PERIOD = 0x004, /* of the counter, in fs */
	HPET_CONFIG = 0x010,
	HPET_STATUS = 0x020, /* of level-triggered interrupts */
	HPET_COUNTER = 0x0f0,
	HPET_TIMER0 = 0x100, /* configuration, comparator, FSB route; 0x20 a timer */
	HPET_TIMER_COMPARATOR = 0x08,
	HPET_TIMER_ROUTE = 0x10,
	HPET_TIMER_SIZE = 0x20,
};

#define CAPABILITIES_LAST_TIMER(cap) ((cap) >> 8 & 0x1f)
#define CAPABILITIES_REVISION(cap)   ((cap)&0xff) /* never 0 */
#define PERIOD_MOST		     100000000u	  /* 100 ns */
#define CONFIG_ENABLE		     1u
#define CONFIG_GONE		     UINT32_MAX /* reserved bits are 0 if anybody answers */
#define TIMER_LEVEL		     (1u << 1)	/* section 2.3.8 */
#define TIMER_INTERRUPT		     (1u << 2)
#define TIMER_PERIODIC		     (1u << 3)
#define TIMER_64_BITS		     (1u << 5)
#define TIMER_SET_VALUE		     (1u << 6)
#define TIMER_32_BIT_MODE	     (1u << 8)

/*
 * How many ticks before the comparator the counter starts, to see a period pass. QEMU 10 sets its
 * timers some microseconds after it has started the counter, and misses a match that is over by
 * then. So the counter gets more time, and still more after a miss.
 */
#define LEAD	  20000
#define MORE_LEAD 4
/*
 * The limit of time for that. Hardware needs 2 ms, because a tick is at most 0.1 us (section 2.3.4).
 * Emulators need more.
 */
#define PERIOD_WAIT_US 500000
#define PERIOD_TRIES   8
#define PERIOD_MISSES  3

static uint64_t read64(uint64_t address)
{
	uint64_t high = mmio_read32(address + 4);

	return high << 32 | mmio_read32(address);
}

static void write64(uint64_t address, uint64_t value)
{
	mmio_write32(address, (uint32_t)value);
	mmio_write32(address + 4, (uint32_t)(value >> 32));
}

/* A machine has one HPET, whose number of timers never changes. */
static uint32_t timers(uint64_t address)
{
	static uint32_t count;

	if (!count)
		count = CAPABILITIES_LAST_TIMER(mmio_read32(address + HPET_CAPABILITIES)) + 1;
	return count;
}

bool hpet_answers(uint64_t address)
{
	uint32_t capabilities = mmio_read32(address + HPET_CAPABILITIES);
	uint32_t period = mmio_read32(address + HPET_PERIOD);

	return CAPABILITIES_REVISION(capabilities) && period && period <= PERIOD_MOST;
}

uint32_t hpet_state_size(uint64_t address)
{
	const struct hpet_state *none = NULL;

	if (!address)
		return sizeof(*none);
	return (uint32_t)(offsetof(struct hpet_state, timer) +
			  timers(address) * sizeof(none->timer[0]));
}

static uint64_t timer_at(uint64_t address, uint32_t timer)
{
	return address + HPET_TIMER0 + timer * HPET_TIMER_SIZE;
}

static uint64_t gcd(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

/* True if the comparator has 64 bits. Otherwise its upper half is 0, and is not read or written. */
static bool wide(uint32_t config)
{
	return config & TIMER_64_BITS && !(config & TIMER_32_BIT_MODE);
}

/* Cuts a 64-bit value to the comparator's width. */
static uint64_t cut(uint32_t config, uint64_t value)
{
	return wide(config) ? value : (uint32_t)value;
}

static uint64_t read_comparator(uint64_t timer, uint32_t config)
{
	uint64_t at = timer + HPET_TIMER_COMPARATOR;

	return wide(config) ? read64(at) : mmio_read32(at);
}

/*
 * Lets the counter, which stands still, run past the comparator. Returns by how much the comparator
 * grew: by the period, or by a multiple of it if more than one period has passed, or 0 if it did
 * not grow. *ran is the number of ticks that the counter went past the match.
 */
static uint64_t see_match(uint64_t address, uint64_t timer, uint32_t config, uint64_t lead,
			  uint64_t *ran)
{
	uint64_t before = read64(timer + HPET_TIMER_COMPARATOR), grown;
	uint64_t end = clock_us() + PERIOD_WAIT_US;
	uint32_t stopped = mmio_read32(address + HPET_CONFIG) & ~CONFIG_ENABLE;

	write64(address + HPET_COUNTER, before - lead);
	mmio_write32(address + HPET_CONFIG, stopped | CONFIG_ENABLE);
	while (!cut(config, read64(timer + HPET_TIMER_COMPARATOR) - before) && clock_us() < end)
		;
	mmio_write32(address + HPET_CONFIG, stopped);
	grown = cut(config, read64(timer + HPET_TIMER_COMPARATOR) - before);
	*ran = read64(address + HPET_COUNTER) - before;
	return grown;
}

/*
 * Finds the period of a periodic timer, which can't be read. At each match the comparator grows by
 * the period (section 2.3.9.2.2), whether the timer interrupts or not. The counter stands still
 * before and after. On slow hardware, such as an emulator, several periods may pass at once, and
 * the comparator grows by a multiple. If the growth is longer than the counter ran, it is the
 * period itself. Otherwise the greatest common divisor of some multiples is taken.
 */
static uint64_t find_period(uint64_t address, uint64_t timer, uint32_t config)
{
	uint64_t period = 0, lead = LEAD, ran;
	uint32_t misses = 0;

	for (uint32_t tries = 0; tries < PERIOD_TRIES && misses < PERIOD_MISSES; tries++) {
		uint64_t grown = see_match(address, timer, config, lead, &ran);

		if (!grown) {
			lead *= MORE_LEAD;
			misses++;
			continue;
		}
		period = gcd(grown, period);
		if (period > 2 * ran)
			break;
	}
	return period;
}

/* No timer interrupts while the counter runs once more to find a period. */
static void save_timers(uint64_t address, uint32_t count, struct hpet_state *state)
{
	for (uint32_t i = 0; i < count; i++) {
		uint64_t timer = timer_at(address, i);
		uint32_t config = mmio_read32(timer);

		state->timer[i].config = config;
		state->timer[i].comparator = read_comparator(timer, config);
		state->timer[i].route = read64(timer + HPET_TIMER_ROUTE);
		if (config & TIMER_INTERRUPT)
			mmio_write32(timer, config & ~TIMER_INTERRUPT);
	}
	/* To find a period, the counter has to be changed. */
	for (uint32_t i = 0; i < count && !state->runs; i++)
		if (state->timer[i].config & TIMER_PERIODIC)
			state->timer[i].period =
				find_period(address, timer_at(address, i), state->timer[i].config);
}

/*
 * Level-triggered interrupts end here, because their lines must fall before the next kernel listens
 * to them. The status has a bit for these alone.
 */
static void end_levels(uint64_t address, uint32_t count, const struct hpet_state *state)
{
	uint32_t levels = 0, pending;

	for (uint32_t i = 0; i < count; i++)
		levels |= state->timer[i].config & TIMER_LEVEL;
	if (!levels)
		return;
	pending = mmio_read32(address + HPET_STATUS);
	if (pending)
		mmio_write32(address + HPET_STATUS, pending);
}

/*
 * The counter stands still while its halves are read, so that none carries into the other. If it
 * shall run on, it is not read. If the HPET does not answer, every timer would seem to have a period,
 * and be waited for in vain.
 */
void hpet_save(uint64_t address, bool runs, struct hpet_state *state)
{
	state->there = address;
	if (!address)
		return;
	state->runs = runs;
	state->config = mmio_read32(address + HPET_CONFIG);
	if (state->config == CONFIG_GONE)
		return;
	if (!runs && state->config & CONFIG_ENABLE)
		mmio_write32(address + HPET_CONFIG, state->config & ~CONFIG_ENABLE);
	if (!runs)
		state->counter = read64(address + HPET_COUNTER);
	save_timers(address, timers(address), state);
	end_levels(address, timers(address), state);
}

/*
 * A write to a periodic timer's comparator sets the period. It sets the value if "set value" was
 * written just before. That is valid for one write, and a comparator of 64 bits takes two.
 */
static void load_periodic(uint64_t timer, uint32_t config, uint64_t comparator, uint64_t period)
{
	uint64_t at = timer + HPET_TIMER_COMPARATOR;

	mmio_write32(timer, config | TIMER_SET_VALUE);
	mmio_write32(at, (uint32_t)comparator);
	if (wide(config)) {
		mmio_write32(timer, config | TIMER_SET_VALUE);
		mmio_write32(at + 4, (uint32_t)(comparator >> 32));
	}
	mmio_write32(at, (uint32_t)period);
	if (wide(config))
		mmio_write32(at + 4, (uint32_t)(period >> 32));
}

static void load_comparator(uint64_t at, uint32_t config, uint64_t comparator)
{
	if (wide(config))
		write64(at + HPET_TIMER_COMPARATOR, comparator);
	else
		mmio_write32(at + HPET_TIMER_COMPARATOR, (uint32_t)comparator);
}

/*
 * Writes what differs from now, which hpet_save() has left; NULL: all. The comparator of a periodic
 * timer has gone on since then.
 */
static void restore_timer(uint64_t at, bool runs, const struct hpet_timer *timer,
			  const struct hpet_timer *now)
{
	bool periodic = timer->config & TIMER_PERIODIC;

	if (periodic && !runs)
		load_periodic(at, timer->config, timer->comparator, timer->period);
	else if (!now || timer->config != (now->config & ~TIMER_INTERRUPT))
		mmio_write32(at, timer->config);
	if (!periodic &&
	    (!now || now->config & TIMER_PERIODIC || wide(now->config) != wide(timer->config) ||
	     timer->comparator != now->comparator))
		load_comparator(at, timer->config, timer->comparator);
	if (!now || timer->route != now->route)
		write64(at + HPET_TIMER_ROUTE, timer->route);
}

/* True if a periodic timer of now ran, and the counter with it. */
static bool counter_ran(const struct hpet_state *now, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (now->timer[i].config & TIMER_PERIODIC)
			return true;
	return false;
}

/* What hpet_save() has left in the register. */
static uint32_t config_after(const struct hpet_state *saved)
{
	return saved->runs ? saved->config : saved->config & ~CONFIG_ENABLE;
}

/* The counter may be written only while it stands still. Returns what is in the register then. */
static uint32_t restore_counter(uint64_t address, const struct hpet_state *state,
				const struct hpet_state *now, uint32_t count)
{
	uint32_t config = now ? config_after(now) : CONFIG_ENABLE;

	if (config & CONFIG_ENABLE) {
		config &= ~CONFIG_ENABLE;
		mmio_write32(address + HPET_CONFIG, config);
	} else if (!now->runs && !counter_ran(now, count) && state->counter == now->counter) {
		return config;
	}
	write64(address + HPET_COUNTER, state->counter);
	return config;
}

/* The HPET is enabled last, so that no timer matches on a half-loaded state. */
void hpet_restore(uint64_t address, const struct hpet_state *state, const struct hpet_state *now)
{
	uint32_t config, count;

	if (!address || (state->there && state->config == CONFIG_GONE))
		return;
	if (!state->there) {
		mmio_write32(address + HPET_CONFIG, 0); /* its timers are off: hpet_save() */
		return;
	}
	if (now && (!now->there || now->config == CONFIG_GONE))
		now = NULL;
	config = now ? config_after(now) : 0;
	count = timers(address);
	if (!state->runs)
		config = restore_counter(address, state, now, count);
	for (uint32_t i = 0; i < count; i++)
		restore_timer(timer_at(address, i), state->runs, &state->timer[i],
			      now ? &now->timer[i] : NULL);
	if (!now || state->config != config)
		mmio_write32(address + HPET_CONFIG, state->config);
}
