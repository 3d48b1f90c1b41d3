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

/* Microseconds since clock_init(). They never go back if the TSC does not. */
uint64_t clock_us(void);

/* TSC ticks a millisecond, as measured. */
uint64_t clock_tsc_khz(void);

/* Busy-waits. */
void clock_wait_us(uint32_t us);

#endif
