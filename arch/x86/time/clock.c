// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/time/clock.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/time/pit.h"

#define MEASURE_MS 20

static struct {
	uint64_t khz;
	uint64_t start;
	uint64_t last; /* that was read */
	uint64_t began;
} tsc;

void clock_init(void)
{
	uint64_t before = rdtsc();

	pit_wait(PIT_HZ * MEASURE_MS / 1000);
	tsc.khz = (rdtsc() - before) / MEASURE_MS;
	if (!tsc.khz)
		tsc.khz = 1; /* the PIT was done at once; time is wrong, but passes */
	tsc.start = before;
	tsc.last = before;
	tsc.began = before | 1;
}

uint64_t clock_began(void)
{
	return tsc.began;
}

void clock_after_reset(void)
{
	uint64_t now = rdtsc();

	if (now >= tsc.last)
		return;
	tsc.start = now - (tsc.last - tsc.start);
	tsc.last = now;
	tsc.began += 2;
}

uint64_t clock_us(void)
{
	uint64_t now = rdtsc(), ticks = now - tsc.start;

	tsc.last = now;
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
