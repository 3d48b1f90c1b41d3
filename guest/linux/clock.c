// SPDX-License-Identifier: GPL-2.0-only
/*
 * clock.c - the wall clock of a slot that was parked.
 *
 * The PM core reads the time spent asleep from the RTC, which counts whole seconds, so each
 * return can be off by nearly one. The time-stamp counter never stops at a switch and knows
 * better, for a while: it is calibrated to 500 parts in a million or so, and after a long time
 * the RTC is the more exact one.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/tsc.h>
#include "driver.h"

/* Up to here 500 ppm are less than half a second, what rounding to seconds costs on average. */
#define TSC_TRUSTED_USEC (1000ull * USEC_PER_SEC)

void clock_mark(struct clock_mark *mark)
{
	mark->tsc = rdtsc_ordered();
	mark->real = ktime_get_real();
}

u64 clock_usec(u64 from, u64 to)
{
	return tsc_khz ? mul_u64_u32_div(to - from, USEC_PER_MSEC, tsc_khz) : 0;
}

void clock_correct(const struct clock_mark *mark)
{
	struct clock_mark now;
	struct timespec64 time;
	u64 elapsed;

	clock_mark(&now);
	elapsed = clock_usec(mark->tsc, now.tsc);
	if (!elapsed || elapsed > TSC_TRUSTED_USEC)
		return;

	time = ktime_to_timespec64(ktime_add_us(mark->real, elapsed));
	if (do_settimeofday64(&time))
		pr_warn("switchyard: the clock could not be set right\n");
}
