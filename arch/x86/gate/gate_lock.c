// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/gate_lock.h"
#include <stdbool.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/time/clock.h"

/*
 * The word's low bits say what the lock is used for; 0: it is free. The others count how often it
 * was taken, so that each ticket is another one.
 */
#define USE  3u
#define NEXT 4u

static uint32_t read_lock(const uint32_t *lock)
{
	return __atomic_load_n(lock, __ATOMIC_ACQUIRE);
}

static bool change(uint32_t *lock, uint32_t from, uint32_t to)
{
	return __atomic_compare_exchange_n(lock, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

uint32_t gate_lock_take(uint32_t *lock, enum gate_lock_use use)
{
	uint64_t since = clock_us();
	uint32_t seen = read_lock(lock);

	for (;;) {
		uint32_t is = read_lock(lock), ticket = ((is & ~USE) + NEXT) | use;
		bool lasts = is == seen && clock_us() - since >= GATE_LOCK_SERVICE_US;

		if ((!(is & USE) || (lasts && (is & USE) == GATE_LOCK_SERVICE)) &&
		    change(lock, is, ticket))
			return ticket;
		if (is != seen) {
			seen = is;
			since = clock_us();
		}
		cpu_pause();
	}
}

void gate_lock_release(uint32_t *lock, uint32_t ticket)
{
	change(lock, ticket, ticket & ~USE);
}

void gate_lock_reset(uint32_t *lock)
{
	__atomic_store_n(lock, read_lock(lock) & ~USE, __ATOMIC_RELEASE);
}
