// SPDX-License-Identifier: GPL-2.0-only
/*
 * core_clock.c - tells Linux how long its slot was parked, and measures how long each phase of the
 * last switches took.
 *
 * When Linux resumes, it adds the time spent asleep to its clocks. By itself it takes that time
 * from the RTC, which counts whole seconds. But if there is a clock source that does not stop
 * meanwhile, Linux takes it from there (timekeeping_resume() in kernel/time/timekeeping.c). So the
 * driver registers one, which counts by the time-stamp counter. To set the clock afterwards would
 * do harm: Linux then drops what NTP has found out.
 *
 * The time-stamp counter does not stop at a switch. It is calibrated to about 500 parts in a
 * million, so after a long time the RTC is more exact. Then this clock source tells that no time
 * has passed, and Linux takes the RTC. But another kernel may have set the RTC meanwhile, for
 * example to local time. So it counts only if it differs from the counter by no more than that.
 *
 * Phases are counted by the time-stamp counter, too, because Linux's own clocks stand still in the
 * middle of a switch.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/clocksource.h>
#include <linux/cpufeature.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
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
#define TSC_TRUSTED_SEC 1000

/* What explains a difference: 500 ppm, and that each reading of the RTC is in whole seconds. */
#define DRIFT_PART 2000
#define DRIFT_SEC  2

/* A reading of the RTC serves all switches of so many seconds, because it takes 20 accesses. */
#define READING_SEC 600

static struct {
	u64 tsc;      /* when Linux stopped its clocks */
	u64 power_on; /* of the machine that it was on */
	bool away;    /* the gate was called since then */
	bool by_rtc;  /* the RTC says how long that took */
} stopped;

/* The RTC, in seconds, and the time-stamp counter, read together before a switch. 0: not yet. */
static struct {
	time64_t rtc;
	u64 tsc;
} reading;

/* Linux calls both with interrupts off on the boot CPU, and the timekeeper locked. */
static int absence_begin(struct clocksource *clock)
{
	stopped.tsc = rdtsc_ordered();
	stopped.away = false;
	stopped.by_rtc = false;
	return 0;
}

/*
 * Nanoseconds. Linux sleeps in other ways, too, in which the counter may stop. Those are not
 * counted.
 */
static u64 absence_read(struct clocksource *clock)
{
	if (!stopped.away || stopped.by_rtc || !tsc_khz)
		return 0;
	return mul_u64_u32_div(rdtsc_ordered() - stopped.tsc, NSEC_PER_MSEC, tsc_khz);
}

/*
 * It is not continuous, so that Linux does not use it for anything else. If the time-stamp counter
 * itself is known not to stop, its own clock source has the higher rating.
 */
static struct clocksource absence = {
	.name = "switchyard-away",
	.rating = 1,
	.enable = absence_begin,
	.read = absence_read,
	.mask = CLOCKSOURCE_MASK(64),
	.flags = CLOCK_SOURCE_SUSPEND_NONSTOP,
	.owner = THIS_MODULE,
};

int switchyard_clock_init(void)
{
	int error = clocksource_register_hz(&absence, NSEC_PER_SEC);

	if (error)
		pr_err("no clock source for the time away, error %d\n", error);
	return error;
}

void switchyard_clock_exit(void)
{
	clocksource_unregister(&absence);
}

u64 switchyard_clock_usec(u64 from, u64 to)
{
	return tsc_khz && to > from ? mul_u64_u32_div(to - from, USEC_PER_MSEC, tsc_khz) : 0;
}

static u64 seconds_since(u64 tsc)
{
	return div_u64(switchyard_clock_usec(tsc, rdtsc_ordered()), USEC_PER_SEC);
}

/* As Linux reads it when it suspends itself (read_persistent_clock64()). 0: it can't be read. */
static time64_t read_rtc(void)
{
	struct timespec64 now = {0};

	x86_platform.get_wallclock(&now);
	return now.tv_sec;
}

void switchyard_clock_note_rtc(void)
{
	if (reading.rtc && seconds_since(reading.tsc) < READING_SEC)
		return;
	reading.rtc = read_rtc();
	reading.tsc = rdtsc_ordered();
}

static bool rtc_is_right(void)
{
	time64_t rtc = read_rtc();
	s64 passed = seconds_since(reading.tsc);

	return rtc && reading.rtc &&
	       abs(rtc - reading.rtc - passed) <= DRIFT_SEC + div_u64(passed, DRIFT_PART);
}

/*
 * sched_clock() counts by the time-stamp counter. If it counted the time away, the scheduler would
 * charge it to the task that switches, and its group would stand still until it is paid back. So it
 * goes on where it was, as it does when Linux resumes from suspend to RAM (save_processor_state()
 * in arch/x86/power/cpu.c).
 */
void switchyard_clock_hold(void)
{
	stopped.away = true;
	stopped.power_on = switchyard_core.info->power_on;
	if (x86_platform.save_sched_clock_state)
		x86_platform.save_sched_clock_state();
}

/*
 * The counter begins anew when the machine was off meanwhile, and this slot was in a file, or when
 * it was reset. Then only the RTC knows how long that was. The counter may be at any number by now.
 */
static bool counter_began_anew(void)
{
	if (switchyard_core.info->power_on == stopped.power_on && rdtsc_ordered() >= stopped.tsc)
		return false;
	reading.rtc = 0;
	return true;
}

void switchyard_clock_release(void)
{
	stopped.by_rtc = counter_began_anew();
	if (!stopped.by_rtc)
		stopped.by_rtc = seconds_since(stopped.tsc) >= TSC_TRUSTED_SEC && rtc_is_right();
	if (x86_platform.restore_sched_clock_state)
		x86_platform.restore_sched_clock_state();
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
