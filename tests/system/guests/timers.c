// SPDX-License-Identifier: GPL-2.0-only
/*
 * timers.c - timers that run while a Linux slot is parked. test_clocks.py and test_away.py build it.
 *
 *     timers WALL OWN [still]
 *
 * One timer expires WALL seconds from now by the time of day, one after WALL seconds of the time since
 * the kernel's start, and one after OWN seconds of the kernel's own time. Each time that one expires,
 * it prints how often that timer has expired, and the kernel's own seconds since the program's start.
 * Then it prints how often a timer of each of its own seconds has expired, and one of each second
 * since the kernel's start. With "still", these two are left out, so that nothing wakes the CPU before.
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define ONCE 3

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static int timer(clockid_t clock, int flags, time_t first, time_t interval)
{
	struct itimerspec setting = {.it_value = {.tv_sec = first},
				     .it_interval = {.tv_sec = interval}};
	int timer = timerfd_create(clock, 0);

	if (timer < 0 || timerfd_settime(timer, flags, &setting, NULL) < 0) {
		perror("timers");
		exit(1);
	}
	return timer;
}

static unsigned long long expired(int timer)
{
	uint64_t count = 0;

	if (read(timer, &count, sizeof(count)) != sizeof(count)) {
		perror("timers");
		exit(1);
	}
	return count;
}

int main(int argc, char **argv)
{
	time_t wall = argc > 1 ? atoi(argv[1]) : 1, own = argc > 2 ? atoi(argv[2]) : 1;
	double start = now(CLOCK_MONOTONIC), boot = now(CLOCK_BOOTTIME);
	int still = argc > 3;
	int seconds = still ? -1 : timer(CLOCK_MONOTONIC, 0, 1, 1);
	int beats = still ? -1 : timer(CLOCK_BOOTTIME, 0, 1, 1);
	struct pollfd wait[ONCE] = {
		{timer(CLOCK_REALTIME, TFD_TIMER_ABSTIME, time(NULL) + wall, 0), POLLIN, 0},
		{timer(CLOCK_BOOTTIME, 0, wall, 0), POLLIN, 0},
		{timer(CLOCK_MONOTONIC, 0, own, 0), POLLIN, 0},
	};
	const char *names[ONCE] = {"wall", "boot", "own"};

	for (int left = ONCE; left > 0;) {
		if (poll(wait, ONCE, -1) < 0)
			return 1;
		for (int i = 0; i < ONCE; i++) {
			if (!wait[i].revents)
				continue;
			printf("%s: %llu after %.1f s\n", names[i], expired(wait[i].fd),
			       now(CLOCK_MONOTONIC) - start);
			wait[i].fd = -1;
			left--;
		}
	}
	if (!still) {
		printf("beats: %llu after %.1f s\n", expired(beats), now(CLOCK_BOOTTIME) - boot);
		printf("seconds: %llu after %.1f s\n", expired(seconds),
		       now(CLOCK_MONOTONIC) - start);
	}
	puts("end");
	return 0;
}
