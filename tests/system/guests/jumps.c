// SPDX-License-Identifier: GPL-2.0-only
/*
 * jumps.c - leaves Linux by kexec jump and comes back, again and again. test_kexec_jump.py builds
 * it.
 *
 *     jumps COUNT FILE ADDRESS [FILE ADDRESS]
 *
 * It loads each file to its physical address, and jumps to the first one. After each jump, 16 MiB
 * of memory, the vector registers and the modes of both floating-point units have to be as they
 * were.
 */
#include <linux/kexec.h>
#include <linux/reboot.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES 2
#define ROOM  0x10000ul
#define WORDS (2ul << 20)

#define X87   0x0e7f /* double precision, round to zero; by default it is 0x037f */
#define MXCSR 0x7f80 /* round to zero; by default it is 0x1f80 */

struct vectors {
	uint8_t bytes[8][16];
} __attribute__((aligned(16)));

static uint64_t memory[WORDS];
static uint8_t images[FILES][ROOM];
static struct kexec_segment segments[FILES];

static int fail(const char *what)
{
	fprintf(stderr, "error: %s\n", what);
	return 1;
}

static int load(int count, char **words)
{
	for (int i = 0; i < count; i++) {
		FILE *file = fopen(words[2 * i], "rb");

		if (!file || !fread(images[i], 1, ROOM, file))
			return fail(words[2 * i]);
		fclose(file);
		segments[i] =
			(struct kexec_segment){images[i], ROOM,
					       (void *)strtoul(words[2 * i + 1], NULL, 0), ROOM};
	}
	if (syscall(SYS_kexec_load, segments[0].mem, (long)count, segments,
		    KEXEC_PRESERVE_CONTEXT | KEXEC_ARCH_DEFAULT)) {
		perror("error: kexec_load");
		return 1;
	}
	return 0;
}

/* The kernel's call with the registers full: what is in them afterwards. */
static long jump(const struct vectors *full, struct vectors *after, uint16_t *x87, uint32_t *mxcsr)
{
	long result = SYS_reboot;
	uint16_t x87_full = X87;
	uint32_t mxcsr_full = MXCSR;
	register unsigned long r10 asm("r10") = 0;

	asm volatile("movdqa 0x00(%[full]), %%xmm0; movdqa 0x10(%[full]), %%xmm1\n"
		     "movdqa 0x20(%[full]), %%xmm2; movdqa 0x30(%[full]), %%xmm3\n"
		     "movdqa 0x40(%[full]), %%xmm12; movdqa 0x50(%[full]), %%xmm13\n"
		     "movdqa 0x60(%[full]), %%xmm14; movdqa 0x70(%[full]), %%xmm15\n"
		     "fldcw %[x87_full]; ldmxcsr %[mxcsr_full]\n"
		     "syscall\n"
		     "fnstcw %[x87]; stmxcsr %[mxcsr]\n"
		     "fninit\n"
		     "movdqa %%xmm0, 0x00(%[after]); movdqa %%xmm1, 0x10(%[after])\n"
		     "movdqa %%xmm2, 0x20(%[after]); movdqa %%xmm3, 0x30(%[after])\n"
		     "movdqa %%xmm12, 0x40(%[after]); movdqa %%xmm13, 0x50(%[after])\n"
		     "movdqa %%xmm14, 0x60(%[after]); movdqa %%xmm15, 0x70(%[after])\n"
		     : "+a"(result), [x87] "=m"(*x87), [mxcsr] "=m"(*mxcsr)
		     : [full] "r"(full), [after] "r"(after), [x87_full] "m"(x87_full),
		       [mxcsr_full] "m"(mxcsr_full), "D"((long)(int)LINUX_REBOOT_MAGIC1),
		       "S"((long)LINUX_REBOOT_MAGIC2), "d"((long)LINUX_REBOOT_CMD_KEXEC), "r"(r10)
		     : "rcx", "r11", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm12", "xmm13",
		       "xmm14", "xmm15");
	return result;
}

static int jump_once(void)
{
	struct vectors full, after;
	uint16_t x87 = 0;
	uint32_t mxcsr = 0;

	for (unsigned int i = 0; i < sizeof(full); i++)
		full.bytes[i / 16][i % 16] = (uint8_t)(i * 7 + 1);
	memset(&after, 0, sizeof(after));
	if (jump(&full, &after, &x87, &mxcsr))
		return fail("reboot(2) says that there was no jump");
	if (memcmp(&full, &after, sizeof(full)))
		return fail("vector registers have changed");
	if (x87 != X87 || mxcsr != MXCSR)
		return fail("floating-point modes have changed");
	for (uint64_t i = 0; i < WORDS; i++)
		if (memory[i] != i * 0x9e3779b97f4a7c15)
			return fail("memory has changed");
	return 0;
}

int main(int argc, char **argv)
{
	int files = (argc - 2) / 2;

	if (argc < 4 || argc % 2 || files > FILES)
		return fail("usage: jumps COUNT FILE ADDRESS [FILE ADDRESS]");
	if (load(files, argv + 2))
		return 1;
	for (uint64_t i = 0; i < WORDS; i++)
		memory[i] = i * 0x9e3779b97f4a7c15;
	for (int i = 0; i < atoi(argv[1]); i++)
		if (jump_once())
			return 1;
	return 0;
}
