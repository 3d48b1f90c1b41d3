// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/hpet.h"
#include "arch/x86/io.h"

/* Section 2.3: registers are 64 bits wide; 32-bit accesses work on every implementation. */
enum {
	HPET_CAPABILITIES = 0x000,
	HPET_CONFIG = 0x010,
	HPET_COUNTER = 0x0f0,
	HPET_TIMER0 = 0x100, /* configuration, comparator, FSB route; 0x20 a timer */
	HPET_TIMER_COMPARATOR = 0x08,
	HPET_TIMER_ROUTE = 0x10,
	HPET_TIMER_SIZE = 0x20,
};

#define CAPABILITIES_LAST_TIMER(cap) ((cap) >> 8 & 0x1f)
#define TIMER_PERIODIC		     (1u << 3)
#define CONFIG_ENABLE		     1u

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

static uint32_t timers(uint64_t address)
{
	return CAPABILITIES_LAST_TIMER(mmio_read32(address + HPET_CAPABILITIES)) + 1;
}

static uint64_t timer_at(uint64_t address, uint32_t timer)
{
	return address + HPET_TIMER0 + timer * HPET_TIMER_SIZE;
}

/* The counter stands still while its halves are read, so that none carries into the other. */
void hpet_save(uint64_t address, struct hpet_state *state)
{
	if (!address)
		return;
	state->config = read64(address + HPET_CONFIG);
	mmio_write32(address + HPET_CONFIG, (uint32_t)state->config & ~CONFIG_ENABLE);
	state->counter = read64(address + HPET_COUNTER);
	for (uint32_t i = 0; i < timers(address); i++) {
		uint64_t timer = timer_at(address, i);

		state->timer[i].config = read64(timer);
		state->timer[i].comparator = read64(timer + HPET_TIMER_COMPARATOR);
		state->timer[i].route = read64(timer + HPET_TIMER_ROUTE);
	}
}

/* Halted while it changes, and enabled last: no timer matches on a half-loaded state. */
void hpet_load(uint64_t address, const struct hpet_state *state)
{
	if (!address)
		return;
	mmio_write32(address + HPET_CONFIG, (uint32_t)state->config & ~CONFIG_ENABLE);
	write64(address + HPET_COUNTER, state->counter);
	for (uint32_t i = 0; i < timers(address); i++) {
		uint64_t timer = timer_at(address, i);

		write64(timer, state->timer[i].config);
		if (!(state->timer[i].config & TIMER_PERIODIC))
			write64(timer + HPET_TIMER_COMPARATOR, state->timer[i].comparator);
		write64(timer + HPET_TIMER_ROUTE, state->timer[i].route);
	}
	write64(address + HPET_CONFIG, state->config);
}
