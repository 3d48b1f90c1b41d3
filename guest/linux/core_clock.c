// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_clock.c - the wall clock of a slot that was parked.
 *
 * The PM core reads the time spent asleep from the RTC, which counts whole seconds, so the clock
 * can be wrong by nearly a second after each return. The time-stamp counter does not stop at a
 * switch and is more exact for a while. It is calibrated to about 500 parts in a million, so after
 * a long time the RTC is more exact.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/time64.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/tsc.h>
#include "core.h"

/* Up to here, 500 ppm are at most half a second, the average error of whole seconds. */
#define TSC_TRUSTED_USEC (1000ull * USEC_PER_SEC)

void switchyard_clock_mark(struct switchyard_moment *moment)
{
	moment->tsc = rdtsc_ordered();
	moment->real = ktime_get_real();
}

u64 switchyard_clock_usec(u64 from, u64 to)
{
	return tsc_khz ? mul_u64_u32_div(to - from, USEC_PER_MSEC, tsc_khz) : 0;
}

void switchyard_clock_correct(const struct switchyard_moment *moment)
{
	struct switchyard_moment now;
	struct timespec64 time;
	u64 elapsed;

	switchyard_clock_mark(&now);
	elapsed = switchyard_clock_usec(moment->tsc, now.tsc);
	if (!elapsed || elapsed > TSC_TRUSTED_USEC)
		return;

	time = ktime_to_timespec64(ktime_add_us(moment->real, elapsed));
	if (do_settimeofday64(&time))
		pr_warn("the clock could not be set right\n");
}
