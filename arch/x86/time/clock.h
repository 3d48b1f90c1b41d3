/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * clock.h - time for a program that polls. It reads the time-stamp counter, which is measured once
 * against the PIT.
 */
#ifndef ARCH_X86_TIME_CLOCK_H
#define ARCH_X86_TIME_CLOCK_H

#include <stdint.h>

/* Measures the TSC against PIT channel 2 (20 ms). Call once, first. */
void clock_init(void);

/*
 * A number that says since when the counter counts: another one after each start of the machine, and
 * after a reset that set it back. It is taken from the counter, which differs by some of its many
 * cycles at each start. It is not 0.
 */
uint64_t clock_began(void);

/* The machine was reset, and RAM is as before. If the counter was set back, time goes on. */
void clock_after_reset(void);

/* Microseconds since clock_init(). They never go back if the TSC does not. */
uint64_t clock_us(void);

/* TSC ticks a millisecond, as measured. */
uint64_t clock_tsc_khz(void);

/* Busy-waits. */
void clock_wait_us(uint32_t us);

#endif
