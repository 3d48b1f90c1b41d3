// SPDX-License-Identifier: GPL-2.0-only
/*
 * map_core PATH ADDRESS - reads another slot's memory through its core file, by read() and by
 * mmap(), and expects the same bytes. Then it looks at the number at that virtual address, which
 * changes when that slot runs, again and again, until the mapping is taken away. It must never see
 * another number.
 *
 * With "speed" instead of the address, it compares the speed of read() with that of a copy in
 * memory by the instruction that the kernel takes.
 *
 * map_core PATH as OTHER - expects the same memory in both files. Their headers may differ, in size, too.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define PIECE  (1u << 20)
#define PIECES 32
#define ROUNDS 8

static volatile uint64_t *watched;
static uint64_t first;
static int core;

static void quit(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

static off_t offset_of(uint64_t address)
{
	Elf64_Ehdr elf;
	Elf64_Phdr header;

	if (pread(core, &elf, sizeof(elf), 0) != sizeof(elf))
		quit("header");
	for (unsigned i = 0; i < elf.e_phnum; i++) {
		off_t at = (off_t)(elf.e_phoff + i * sizeof(header));

		if (pread(core, &header, sizeof(header), at) != sizeof(header))
			quit("program header");
		if (header.p_type == PT_LOAD && address >= header.p_vaddr &&
		    address - header.p_vaddr < header.p_filesz)
			return (off_t)(header.p_offset + (address - header.p_vaddr));
	}
	errno = EFAULT;
	quit("address");
	return 0;
}

static void gone(int signal)
{
	char byte;
	ssize_t got = pread(core, &byte, 1, 0);

	(void)signal;
	printf("gone, and read() says %s\n", got < 0 ? strerror(errno) : "nothing");
	exit(0);
}

static void compare(const uint8_t *mapped, off_t size)
{
	static uint8_t bytes[PIECE];

	for (off_t at = 0; at < size; at += PIECE) {
		ssize_t got = pread(core, bytes, sizeof(bytes), at);

		if (got <= 0)
			quit("read");
		if (memcmp(bytes, mapped + at, (size_t)got)) {
			printf("different at %#llx\n", (unsigned long long)at);
			exit(1);
		}
	}
}

static void watch(const uint8_t *mapped, uint64_t address)
{
	watched = (volatile uint64_t *)(mapped + offset_of(address));
	first = *watched;
	signal(SIGBUS, gone);
	printf("watching\n");
	fflush(stdout);
	while (*watched == first)
		;
	printf("changed from %llu\n", (unsigned long long)first);
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void copy(void *to, const void *from, size_t size)
{
	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(size) : : "memory");
}

static void speed(off_t size)
{
	uint8_t *to = malloc(PIECE), *from = malloc((size_t)PIECES * PIECE);
	double read_best = 1e9, copy_best = 1e9;
	off_t start = size - (off_t)PIECES * PIECE;

	memset(from, 1, (size_t)PIECES * PIECE);
	for (int round = 0; round < ROUNDS; round++) {
		double begin = now(), middle;

		for (off_t i = 0; i < PIECES; i++)
			if (pread(core, to, PIECE, start + i * PIECE) != PIECE)
				quit("read");
		middle = now();
		for (off_t i = 0; i < PIECES; i++)
			copy(to, from + i * PIECE, PIECE);
		if (middle - begin < read_best)
			read_best = middle - begin;
		if (now() - middle < copy_best)
			copy_best = now() - middle;
	}
	printf("read %.0f MiB/s, %.2f of a copy\n", PIECES / read_best, copy_best / read_best);
	exit(0);
}

/* Where RAM begins: the first header of memory is that of the kernel's image, which lies in it. */
static off_t memory_of(int file)
{
	Elf64_Ehdr elf;
	Elf64_Phdr header;
	off_t first = 0;

	if (pread(file, &elf, sizeof(elf), 0) != sizeof(elf))
		quit("read");
	for (int i = 0; i < elf.e_phnum; i++) {
		if (pread(file, &header, sizeof(header),
			  (off_t)(elf.e_phoff + (uint64_t)i * sizeof(header))) != sizeof(header))
			quit("read");
		if (header.p_type == PT_LOAD && (!first || (off_t)header.p_offset < first))
			first = (off_t)header.p_offset;
	}
	return first;
}

static void expect_same(const char *path)
{
	static uint8_t bytes[PIECE], expected[PIECE];
	int other = open(path, O_RDONLY);
	ssize_t got, wanted;
	off_t mine, its;

	if (other < 0)
		quit(path);
	mine = memory_of(core);
	its = memory_of(other);
	for (off_t at = 0;; at += got) {
		got = pread(core, bytes, PIECE, mine + at);
		wanted = pread(other, expected, PIECE, its + at);
		if (got < 0 || wanted < 0)
			quit("read");
		if (got != wanted || memcmp(bytes, expected, (size_t)got)) {
			printf("different at %#llx\n", (unsigned long long)(mine + at));
			exit(1);
		}
		if (!got)
			break;
	}
	exit(0);
}

int main(int argc, char **argv)
{
	struct stat status;
	void *mapped;

	core = argc > 2 ? open(argv[1], O_RDONLY) : -1;
	if (core < 0 || fstat(core, &status) < 0)
		quit("open");
	if (!strcmp(argv[2], "speed"))
		speed(status.st_size);
	if (!strcmp(argv[2], "as") && argc == 4)
		expect_same(argv[3]);
	if (mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, core, 0) != MAP_FAILED) {
		printf("writable\n");
		return 1;
	}
	mapped = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, core, 0);
	if (mapped == MAP_FAILED)
		quit("mmap");
	compare(mapped, status.st_size);
	printf("the same %lld bytes\n", (long long)status.st_size);
	watch(mapped, strtoull(argv[2], NULL, 16));
}
