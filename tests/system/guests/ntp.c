// SPDX-License-Identifier: GPL-2.0-only
/*
 * ntp.c - what NTP has found out, as a Linux kernel keeps it. test_away.py builds it.
 *
 *     ntp [set]
 *
 * "set" does what an NTP daemon does. Then, and without it, it prints what the kernel has, and clocks:
 * the time of day, the time since the kernel's start, and the time-stamp counter.
 */
#include <stdio.h>
#include <string.h>
#include <sys/timex.h>
#include <time.h>
#include <x86intrin.h>

/* The frequency is in 2^-16 parts in a million, the offset in nanoseconds, errors in microseconds. */
#define FREQUENCY (25l << 16)
#define OFFSET	  50000000l

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static int set(void)
{
	struct timex tai = {.modes = ADJ_TAI, .constant = 37};
	struct timex learnt = {
		.modes = ADJ_STATUS | ADJ_NANO | ADJ_FREQUENCY | ADJ_OFFSET | ADJ_TIMECONST |
			 ADJ_MAXERROR | ADJ_ESTERROR | ADJ_TICK,
		.status = STA_PLL | STA_FREQHOLD,
		.freq = FREQUENCY,
		.offset = OFFSET,
		.constant = 10,
		.maxerror = 888,
		.esterror = 777,
		.tick = 10001,
	};

	return adjtimex(&tai) < 0 || adjtimex(&learnt) < 0;
}

int main(int argc, char **argv)
{
	struct timex kept = {0};

	if ((argc > 1 && strcmp(argv[1], "set") == 0 && set()) || adjtimex(&kept) < 0) {
		perror("ntp");
		return 1;
	}
	printf("status=%d freq=%ld offset=%ld constant=%ld maxerror=%ld esterror=%ld tick=%ld "
	       "tai=%d real=%.9f boot=%.9f tsc=%llu\n",
	       kept.status, kept.freq, kept.offset, kept.constant, kept.maxerror, kept.esterror,
	       kept.tick, kept.tai, now(CLOCK_REALTIME), now(CLOCK_BOOTTIME), __rdtsc());
	return 0;
}
