// SPDX-License-Identifier: GPL-2.0-only
/*
 * moment.c - pages that are always changed together, to see whether a copy of memory is of one moment.
 *
 *   moment write LIST   each millisecond, counts in all of its pages, from the first one to the last one.
 *                       LIST gets where these are in RAM, an address a line. At SIGUSR1 it prints
 *                           gap USEC ticks COUNT
 *                       the longest time between two ticks since the last such line, by the guest's own
 *                       clock, and how often it has counted in all
 *   moment read LIST FILE   reads all memory in a core file once, as whoever copies it does, and prints
 *                       what stands in these pages:
 *                           first COUNT last COUNT
 *                       and " disorder", if a page is ahead of one that is changed before it
 *
 * In a copy of one moment, the last page is behind by one at most, and there is no disorder.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE	  4096ul
#define PAGES	  256u
#define PIECE	  (1u << 20)
#define TICK_NSEC 1000000
#define NO_FRAME  ((1ul << 55) - 1) /* Documentation/admin-guide/mm/pagemap.rst: bits 0 to 54 */
#define MAGIC	  0x6d6f6d656e740000ul

struct page {
	uint64_t magic, count;
	uint8_t rest[PAGE - 16];
};

static volatile sig_atomic_t asked;

static void quit(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, errno ? strerror(errno) : "not as expected");
	exit(1);
}

static void ask(int signal)
{
	(void)signal;
	asked = 1;
}

static uint64_t now_usec(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME,
		      &now); /* goes on while this kernel does not have the machine */
	return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Writes where the pages are in RAM. They stay there, because they are locked. */
static void write_list(const char *path, const struct page *page)
{
	int map = open("/proc/self/pagemap", O_RDONLY);
	FILE *list = fopen(path, "w");

	if (map < 0 || !list)
		quit(path);
	for (unsigned i = 0; i < PAGES; i++) {
		uint64_t entry;
		off_t at = (off_t)((uintptr_t)&page[i] / PAGE * sizeof(entry));

		if (pread(map, &entry, sizeof(entry), at) != sizeof(entry) || !(entry & NO_FRAME))
			quit("pagemap");
		fprintf(list, "%" PRIu64 "\n", (entry & NO_FRAME) * PAGE);
	}
	if (fclose(list) || close(map))
		quit(path);
}

static void count_for_ever(volatile struct page *page)
{
	const struct timespec tick = {.tv_nsec = TICK_NSEC};
	uint64_t last = now_usec(), longest = 0;

	for (uint64_t count = 1;; count++) {
		uint64_t now = now_usec();

		if (now - last > longest)
			longest = now - last;
		last = now;
		for (unsigned i = 0; i < PAGES; i++)
			page[i].count = count;
		if (asked) {
			asked = 0;
			printf("gap %" PRIu64 " ticks %" PRIu64 "\n", longest, count);
			fflush(stdout);
			longest = 0;
		}
		nanosleep(&tick, NULL);
	}
}

static void write_moments(const char *list)
{
	struct page *page =
		mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		quit("mmap");
	for (unsigned i = 0; i < PAGES; i++)
		page[i].magic = MAGIC + i;
	if (mlockall(MCL_CURRENT))
		quit("mlockall");
	signal(SIGUSR1, ask);
	write_list(list, page);
	count_for_ever(page);
}

static uint64_t where[PAGES], count[PAGES];
static bool found[PAGES];

static void read_list(const char *path)
{
	FILE *list = fopen(path, "r");

	if (!list)
		quit(path);
	for (unsigned i = 0; i < PAGES; i++)
		if (fscanf(list, "%" SCNu64, &where[i]) != 1)
			quit(path);
	fclose(list);
}

/* The pages of the list that are in a piece of memory. */
static void look(const uint8_t *piece, uint64_t physical, size_t size)
{
	for (unsigned i = 0; i < PAGES; i++) {
		struct page page;

		if (where[i] - physical >= size)
			continue;
		memcpy(&page, piece + (where[i] - physical), sizeof(page));
		errno = 0;
		if (page.magic != MAGIC + i)
			quit("a page");
		count[i] = page.count;
		found[i] = true;
	}
}

static void read_segment(int core, const Elf64_Phdr *segment)
{
	static uint8_t piece[PIECE];

	for (uint64_t at = 0; at < segment->p_filesz;) {
		uint64_t size = segment->p_filesz - at < PIECE ? segment->p_filesz - at : PIECE;

		if (pread(core, piece, size, (off_t)(segment->p_offset + at)) != (ssize_t)size)
			quit("memory");
		look(piece, segment->p_paddr + at, size);
		at += size;
	}
}

/* Linux's own file has segments without a physical address, and the kernel's image in two of them. */
static bool is_ram(const Elf64_Phdr *header)
{
	return header->p_type == PT_LOAD && header->p_paddr != UINT64_MAX &&
	       header->p_vaddr < 0xffffffff80000000ull;
}

static void show_moments(void)
{
	bool disorder = false;

	errno = 0;
	for (unsigned i = 0; i < PAGES; i++) {
		if (!found[i])
			quit("a page that is not in the file");
		if (i && count[i] > count[i - 1])
			disorder = true;
	}
	printf("first %" PRIu64 " last %" PRIu64 "%s\n", count[0], count[PAGES - 1],
	       disorder ? " disorder" : "");
}

static void read_moments(const char *list, const char *path)
{
	int core = open(path, O_RDONLY);
	Elf64_Ehdr elf;

	read_list(list);
	if (core < 0 || pread(core, &elf, sizeof(elf), 0) != sizeof(elf))
		quit(path);
	for (unsigned i = 0; i < elf.e_phnum; i++) {
		Elf64_Phdr header;
		off_t at = (off_t)(elf.e_phoff + i * sizeof(header));

		if (pread(core, &header, sizeof(header), at) != sizeof(header))
			quit(path);
		if (is_ram(&header))
			read_segment(core, &header);
	}
	show_moments();
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "write") == 0)
		write_moments(argv[2]);
	if (argc != 4 || strcmp(argv[1], "read") != 0)
		return 2;
	read_moments(argv[2], argv[3]);
	return 0;
}
