// SPDX-License-Identifier: GPL-2.0-only
/*
 * fill.c MIB - keeps so much memory in use, none of it zero, for measurements of snapshots.
 *
 * It prints "@filled". Then at each SIGUSR1 it copies a part of it by the monitor's own memcpy, which
 * is linked in under another name, and prints "@copy NSEC BYTES", by the time
 * that it had the CPU: whoever waits for that may keep it busy, too.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define MIB    (1ul << 20)
#define COPIED (16 * MIB)

void *monitor_memcpy(void *to, const void *from, size_t size);

static volatile sig_atomic_t asked;

static void ask(int signal)
{
	(void)signal;
	asked = 1;
}

static uint64_t *take(size_t size)
{
	void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED) {
		perror("fill");
		exit(1);
	}
	return at;
}

static void fill(uint64_t *words, size_t size)
{
	for (size_t i = 0; i < size / sizeof(*words); i++)
		words[i] =
			(i + 1) * 0x9e3779b97f4a7c15u; /* 2^64 by the golden ratio: no two alike */
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

int main(int argc, char **argv)
{
	size_t size = argc == 2 ? strtoul(argv[1], NULL, 10) * MIB : 0;
	sigset_t usual, blocked;
	uint64_t *memory, *to;

	if (size < 2 * COPIED)
		return 2;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, &usual);
	signal(SIGUSR1, ask);
	/* Its copy is part of what is in use. */
	memory = take(size - COPIED);
	fill(memory, size - COPIED);
	to = take(COPIED);
	fill(to, COPIED);
	printf("@filled\n");
	for (;;) {
		uint64_t begin;

		fflush(stdout);
		while (!asked)
			sigsuspend(&usual);
		asked = 0;
		begin = now();
		monitor_memcpy(to, memory, COPIED);
		printf("@copy %lu %lu\n", now() - begin, COPIED);
	}
}
