// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/time/clock.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/time/pit.h"

#define MEASURE_MS 20

static struct {
	uint64_t khz;
	uint64_t start;
} tsc;

void clock_init(void)
{
	uint64_t before = rdtsc();

	pit_wait(PIT_HZ * MEASURE_MS / 1000);
	tsc.khz = (rdtsc() - before) / MEASURE_MS;
	if (!tsc.khz)
		tsc.khz = 1; /* the PIT was done at once; time is wrong, but passes */
	tsc.start = before;
}

uint64_t clock_us(void)
{
	uint64_t ticks = rdtsc() - tsc.start;

	return ticks / tsc.khz * 1000 + ticks % tsc.khz * 1000 / tsc.khz;
}

uint64_t clock_tsc_khz(void)
{
	return tsc.khz;
}

void clock_wait_us(uint32_t us)
{
	uint64_t end = clock_us() + us;

	while (clock_us() < end)
		cpu_pause();
}
