// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_clock.c - the wall clock and the scheduler's clock of a slot that was parked, and how long
 * each phase of the last switches took.
 *
 * The PM core reads the time spent asleep from the RTC, which counts whole seconds, so the clock
 * can be wrong by nearly a second after each return. The time-stamp counter does not stop at a
 * switch and is more exact for a while. It is calibrated to about 500 parts in a million, so after
 * a long time the RTC is more exact.
 *
 * Phases are counted by the time-stamp counter, too, because Linux's own clocks stand still in the
 * middle of a switch.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpufeature.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/time64.h>
#include <linux/uaccess.h>
#include <asm/msr.h>
#include <asm/tsc.h>
#include <asm/x86_init.h>
#include "core.h"
#include "switchyard_ioctl.h"

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
 * goes on where it was, as it does when Linux resumes from suspend to RAM (save_processor_state()
 * in arch/x86/power/cpu.c).
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

static DEFINE_MUTEX(times_lock);

/* What programs are told. The newest switch comes first. */
static struct switchyard_times times;

/* The switch that is under way. */
static struct {
	u64 begin[SWITCHYARD_PHASES_END + 1]; /* of each phase, and the end; 0: left out */
	u64 asked;
} now;

void switchyard_times_begin(void)
{
	memset(&now, 0, sizeof(now));
	now.asked = ktime_get_real_seconds();
	switchyard_phase(SWITCHYARD_PHASE_PRE);
}

void switchyard_phase(enum switchyard_phase phase)
{
	now.begin[phase] = rdtsc_ordered();
}

/* CPUs that set their counters a little apart must not make a phase of centuries. */
static u64 usec_between(u64 from, u64 to)
{
	return to > from ? switchyard_clock_usec(from, to) : 0;
}

void switchyard_times_end(const char *to)
{
	struct switchyard_turn_times turn = {.asked = now.asked};
	int phase;

	switchyard_phase(SWITCHYARD_PHASES_END);
	for (phase = SWITCHYARD_PHASES_END - 1; phase >= 0; phase--) {
		if (!now.begin[phase]) /* left out, so that it took no time */
			now.begin[phase] = now.begin[phase + 1];
		turn.usec[phase] = usec_between(now.begin[phase], now.begin[phase + 1]);
	}
	strscpy(turn.to, to, sizeof(turn.to));

	mutex_lock(&times_lock);
	memmove(&times.turn[1], &times.turn[0], sizeof(times.turn) - sizeof(times.turn[0]));
	times.turn[0] = turn;
	times.count = min_t(u32, times.count + 1, SWITCHYARD_TURNS);
	mutex_unlock(&times_lock);
}

int switchyard_times_copy(struct switchyard_times __user *user)
{
	int error;

	mutex_lock(&times_lock);
	error = copy_to_user(user, &times, sizeof(times)) ? -EFAULT : 0;
	mutex_unlock(&times_lock);
	return error;
}
