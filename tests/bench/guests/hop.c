// SPDX-License-Identifier: GPL-2.0-only
/*
 * hop.c - what `make bench` runs in Linux guests: it gives the machine away, and says when by the
 * time-stamp counter, which goes on through all switches.
 *
 *   hop switch SLOT               by the driver's ioctl
 *   hop quick SLOT                the same, by a quick switch
 *   hop jump                      by reboot(2), into the kernel that kexec has loaded
 *   hop load-back ENTRY FILE      loads trampoline.asm, which jumps back to the kernel before this one
 *   hop stamp                     prints the counter
 *   hop rate                      prints its ticks per second
 *   hop copy BYTES                prints the ticks that one copy of so many bytes takes
 *
 * The first three print "@hop BEFORE AFTER" when this kernel has the machine again.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>
#include "switchyard_ioctl.h"

/* trampoline.asm: where it runs, and where it wants the address to which it jumps. */
#define TRAMPOLINE_ADDRESS 0x4000000ul
#define TRAMPOLINE_TARGET  8
#define TRAMPOLINE_SIZE	   0x4000

#define RATE_NSEC	   300000000

static uint64_t stamp(void)
{
	uint64_t now;

	_mm_lfence();
	now = __rdtsc();
	_mm_lfence();
	return now;
}

static int fail(const char *what)
{
	fprintf(stderr, "error: %s: %s\n", what, strerror(errno));
	return 1;
}

/* The driver says why it refused a request, where errno does not tell. */
static int fail_switch(int device)
{
	struct switchyard_reason reason;

	if (errno != EOPNOTSUPP || ioctl(device, SWITCHYARD_IOC_REASON, &reason))
		return fail("switch");
	fprintf(stderr, "error: refused: %s\n", reason.text);
	return 1;
}

static int hop_switch(uint32_t slot, uint32_t flags)
{
	struct switchyard_request request = {.slot = slot | flags};
	int device = open(SWITCHYARD_DEVICE, O_RDWR);
	uint64_t before = stamp();
	int failed = ioctl(device, SWITCHYARD_IOC_SWITCH, &request);
	uint64_t after = stamp();

	if (failed)
		return fail_switch(device);
	if (request.error) {
		fprintf(stderr, "error: refused: %d\n", request.error);
		return 1;
	}
	printf("@hop %lu %lu\n", before, after);
	return 0;
}

static int hop_jump(void)
{
	uint64_t before = stamp();
	long failed = syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			      LINUX_REBOOT_CMD_KEXEC, NULL);
	uint64_t after = stamp();

	if (failed)
		return fail("reboot");
	printf("@hop %lu %lu\n", before, after);
	return 0;
}

static int hop_load_back(uint64_t entry, const char *file)
{
	static uint8_t code[TRAMPOLINE_SIZE];
	struct kexec_segment segment = {code, sizeof(code), (void *)TRAMPOLINE_ADDRESS,
					sizeof(code)};
	FILE *stream = fopen(file, "rb");

	if (!stream || fread(code, 1, sizeof(code), stream) != sizeof(code))
		return fail(file);
	fclose(stream);
	memcpy(code + TRAMPOLINE_TARGET, &entry, sizeof(entry));
	if (syscall(SYS_kexec_load, TRAMPOLINE_ADDRESS, 1ul, &segment,
		    KEXEC_PRESERVE_CONTEXT | KEXEC_ARCH_DEFAULT))
		return fail("kexec_load");
	return 0;
}

static uint64_t nanoseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int hop_rate(void)
{
	uint64_t begin = nanoseconds(), now = begin;
	uint64_t ticks = stamp();

	while (now - begin < RATE_NSEC)
		now = nanoseconds();
	printf("@rate %.0f\n", (double)(stamp() - ticks) * 1e9 / (double)(now - begin));
	return 0;
}

/* As the monitor copies: by REP MOVSB. The second copy counts, when all pages are there. */
static int hop_copy(size_t bytes)
{
	uint8_t *source = malloc(bytes), *target = malloc(bytes);
	uint64_t before = 0;

	if (!source || !target)
		return fail("malloc");
	memset(source, 1, bytes);
	for (int i = 0; i < 2; i++) {
		void *from = source, *to = target;
		size_t count = bytes;

		before = stamp();
		asm volatile("rep movsb" : "+S"(from), "+D"(to), "+c"(count) : : "memory");
	}
	printf("@copy %lu\n", stamp() - before);
	free(source);
	free(target);
	return 0;
}

static int hop_stamp(void)
{
	printf("@stamp %lu\n", stamp());
	return 0;
}

int main(int count, char **words)
{
	const char *command = count > 1 ? words[1] : "";

	if (!strcmp(command, "switch") && count == 3)
		return hop_switch((uint32_t)strtoul(words[2], NULL, 0), 0);
	if (!strcmp(command, "quick") && count == 3)
		return hop_switch((uint32_t)strtoul(words[2], NULL, 0), SWITCHYARD_WANT_QUICK);
	if (!strcmp(command, "jump") && count == 2)
		return hop_jump();
	if (!strcmp(command, "load-back") && count == 4)
		return hop_load_back(strtoul(words[2], NULL, 0), words[3]);
	if (!strcmp(command, "stamp") && count == 2)
		return hop_stamp();
	if (!strcmp(command, "rate") && count == 2)
		return hop_rate();
	if (!strcmp(command, "copy") && count == 3)
		return hop_copy(strtoul(words[2], NULL, 0));
	fprintf(stderr, "error: usage: hop switch|quick|jump|load-back|stamp|rate|copy ...\n");
	return 1;
}
