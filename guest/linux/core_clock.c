// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_clock.c - the wall clock and the scheduler's clock of a slot that was parked.
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
#include <asm/x86_init.h>
#include "core.h"

/* Up to here, 500 ppm are at most half a second, the average error of whole seconds. */
#define TSC_TRUSTED_USEC (1000ull * USEC_PER_SEC)

void switchyard_clock_mark(struct switchyard_moment *moment)
{
	moment->tsc = rdtsc_ordered();
	moment->real = ktime_get_real();
}

/*
 * sched_clock() counts by the time-stamp counter. If it counted the time away, the scheduler would
 * charge it to the task that switches, and its group would stand still until it is paid back. So it
 * goes on where it was, as it does when Linux resumes from suspend to RAM (save_processor_state() in
 * arch/x86/power/cpu.c).
 */
void switchyard_clock_hold(void)
{
	if (x86_platform.save_sched_clock_state)
		x86_platform.save_sched_clock_state();
}

void switchyard_clock_release(void)
{
	if (x86_platform.restore_sched_clock_state)
		x86_platform.restore_sched_clock_state();
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
