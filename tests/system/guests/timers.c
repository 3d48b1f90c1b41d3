// SPDX-License-Identifier: GPL-2.0-only
/*
 * timers.c - timers that run while a Linux slot is parked. test_clocks.py builds it.
 *
 *     timers WALL OWN
 *
 * One timer expires WALL seconds from now by the time of day, one after OWN seconds of the kernel's own
 * time, and one at each of its own seconds. Each time that the first or second expires, it prints
 * how often the timer has expired since the last time, and the kernel's own seconds since the
 * start. Then it prints how often the third one has.
 */
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

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
	double start = now(CLOCK_MONOTONIC);
	int seconds = timer(CLOCK_MONOTONIC, 0, 1, 1);
	struct pollfd wait[] = {
		{timer(CLOCK_REALTIME, TFD_TIMER_ABSTIME, time(NULL) + wall, 0), POLLIN, 0},
		{timer(CLOCK_MONOTONIC, 0, own, 0), POLLIN, 0},
	};
	const char *names[] = {"wall", "own"};

	for (int left = 2; left > 0;) {
		if (poll(wait, 2, -1) < 0)
			return 1;
		for (int i = 0; i < 2; i++) {
			if (!wait[i].revents)
				continue;
			printf("%s: %llu after %.1f s\n", names[i], expired(wait[i].fd),
			       now(CLOCK_MONOTONIC) - start);
			wait[i].fd = -1;
			left--;
		}
	}
	printf("seconds: %llu after %.1f s\n", expired(seconds), now(CLOCK_MONOTONIC) - start);
	return 0;
}
