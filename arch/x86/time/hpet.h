/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hpet.h - the high precision event timer. IA-PC HPET specification 1.0a. Its address is in the
 * ACPI table.
 */
#ifndef ARCH_X86_TIME_HPET_H
#define ARCH_X86_TIME_HPET_H

#include <stdbool.h>
#include <stdint.h>

#define HPET_MAX_TIMERS 32
#define HPET_USUAL	0xfed00000u /* where PCs have it */

struct hpet_timer {
	uint32_t config;
	uint64_t comparator, route;
	uint64_t period; /* of a periodic timer; it is write-only, so it is measured */
};

struct hpet_state {
	bool there;
	bool runs; /* the counter went on, so it is not kept */
	uint32_t config;
	uint64_t counter;
	struct hpet_timer timer[HPET_MAX_TIMERS];
};

/* True if the registers at address, which is mapped, are an HPET's: section 2.3.4. */
bool hpet_answers(uint64_t address);

/*
 * Bytes of its state, with an entry of timer[] for each of its timers. If address is 0, there is none
 * yet, and the state has room for any.
 */
uint32_t hpet_state_size(uint64_t address);

/*
 * A mirrored pair for the HPET at address. If address is 0, there is none, and save only notes that.
 * Save leaves the counter halted and no level-triggered interrupt pending. Restore needs that, and
 * writes what differs from what was saved last. now is NULL if that is not known. After it, the
 * counter goes on from where the slot left it. With runs, the counter is left alone: it counts the
 * time away, as the time-stamp counter does, so that a kernel can compare the two. Then the period
 * of a periodic timer is not kept.
 *
 * Chip sets have an HPET that firmware leaves off, and a kernel may switch it on. A slot that was
 * saved before finds it silent.
 */
void hpet_save(uint64_t address, bool runs, struct hpet_state *state);
void hpet_restore(uint64_t address, const struct hpet_state *state, const struct hpet_state *now);

#endif
