// SPDX-License-Identifier: GPL-2.0-only
/*
 * copies.c MIB ROUNDS - what a snapshot, and putting it back, takes of this machine's own time, against
 * memcpy of the same bytes by the monitor's own function. It is the monitor's own code that runs here,
 * compiled as for the monitor, on MIB of memory that are not zero and a pool beside them.
 *
 * The page descriptors are Linux's in form. One page in eight is free, and comes on top of MIB. What the
 * snapshot is compared with is a copy of the pages that it keeps, and of their descriptors.
 *
 * A line each round, in nanoseconds of the CPU:
 *   snapshot NS copy NS restore NS copy NS
 * Both ways take turns. The first round, whose memory was not touched before, is not printed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include "arch/x86/memory/phys.h"
#include "lib/units.h"
#include "monitor/snapshot/snapshot.h"

#define DESCRIPTOR 64u
#define TYPE_AT	   48u /* of Linux 6.1: _mapcount, private */
#define PRIVATE_AT 40u
#define FREE_TYPE  0xffffff7fu
#define ORDER	   9u /* of a free block */
#define ORDERS	   11u
#define BLOCK	   (512 * (uint64_t)PAGE_SIZE)
#define FREE_EACH  8u /* blocks of which one is free */
#define SECTION	   (1ull << 44)
#define SPARE	   (4 * MIB) /* of the pool, for all but the pages and the map */
#define DESCRIBED  (BLOCK / PAGE_SIZE * DESCRIPTOR)

static struct plan plan;
static struct snapshots snapshots;
static struct slot slot;
static uint8_t *descriptors;
static uint64_t pool, pool_size, kept;

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static void quit(const char *what)
{
	fprintf(stderr, "error: copies: %s\n", what);
	exit(1);
}

/*
 * Memory that is aligned as the blocks of Linux's allocator. It is mapped by large pages, as in the
 * monitor, if this machine's kernel has some.
 */
static uint64_t take(uint64_t size)
{
	uint64_t base;
	uint8_t *at = mmap(NULL, size + BLOCK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (at == MAP_FAILED)
		quit("no memory");
	base = align_up((uintptr_t)at, BLOCK);
	madvise(phys(base), size, MADV_HUGEPAGE);
	return base;
}

static bool is_free(uint64_t block)
{
	return block % FREE_EACH == FREE_EACH - 1;
}

static void describe(uint64_t block)
{
	uint8_t *first = descriptors + block * DESCRIBED;
	uint32_t type = FREE_TYPE;
	uint64_t order = ORDER;

	memcpy(first + TYPE_AT, &type, sizeof(type));
	memcpy(first + PRIVATE_AT, &order, sizeof(order));
}

/* Fills what is in use, and says of the rest that it is free. Of pages in use, _mapcount is -1 or more. */
static void set_up(uint64_t size)
{
	uint64_t all = align_up(size * FREE_EACH / (FREE_EACH - 1), BLOCK);

	strcpy(slot.name, "beta");
	slot.ram = (struct region){.base = take(all), .size = all};
	descriptors = phys(take(all / BLOCK * DESCRIBED));
	memset(descriptors, 0xff, all / BLOCK * DESCRIBED);
	for (uint64_t block = 0; block < all / BLOCK; block++) {
		if (is_free(block)) {
			describe(block);
			continue;
		}
		memset(phys(slot.ram.base + block * BLOCK), 0x5a, BLOCK);
		kept += BLOCK;
	}
	pool_size = kept + all / PAGE_SIZE * sizeof(uint64_t) + SPARE;
	pool = take(pool_size);
	memset(phys(pool), 0xa5, pool_size);
	plan.region[plan.count++] = (struct plan_region){.base = pool,
							 .size = page_down(pool_size),
							 .type = REGION_RAM};
}

static struct snapshot *take_snapshot(void)
{
	static const struct free_pages known = {.section_size = SECTION,
						.type_at = TYPE_AT,
						.private_at = PRIVATE_AT,
						.type = FREE_TYPE,
						.orders = ORDERS};
	struct free_pages free = known;
	struct snapshot *snapshot;
	struct error error;

	/* As if the kernel's tables had been read once. */
	free.section = free.piece = slot.ram;
	free.descriptors = descriptors;
	snapshot = snapshot_new(&snapshots, &plan, &slot, "noon", &error);
	if (!snapshot || !snapshot_copy(snapshot, &plan, &slot, &free, &error))
		quit(error.text);
	if (snapshot->store.kept * PAGE_SIZE != kept || snapshot->store.zero)
		quit("other pages were kept than those in use");
	return snapshot;
}

/* The same bytes, as they lie: those of the pages in use, and to keep them, of their descriptors. */
static void copy(bool back)
{
	uint8_t *to = phys(pool);

	for (uint64_t block = 0; block < slot.ram.size / BLOCK; block++) {
		void *ram = phys(slot.ram.base + block * BLOCK);

		if (is_free(block))
			continue;
		if (!back)
			memcpy(phys(pool + pool_size - SPARE), descriptors + block * DESCRIBED,
			       DESCRIBED);
		memcpy(back ? ram : to, back ? to : ram, BLOCK);
		to += BLOCK;
	}
}

static void measure(bool print)
{
	uint64_t begin = now(), taken, copied, restored, back;
	struct snapshot *snapshot = take_snapshot();
	struct error error;

	taken = now();
	if (!snapshot_put_back(snapshot, 0, snapshot->store.pages, &error))
		quit(error.text);
	restored = now();
	snapshot_drop(&snapshots, &plan, snapshot);
	copied = now();
	copy(false);
	back = now();
	copy(true);
	if (print)
		printf("snapshot %lu copy %lu restore %lu copy %lu\n", taken - begin, back - copied,
		       restored - taken, now() - back);
}

int main(int argc, char **argv)
{
	unsigned rounds;

	if (argc != 3)
		return 2;
	set_up(strtoull(argv[1], NULL, 10) * MIB);
	rounds = (unsigned)strtoul(argv[2], NULL, 10);
	for (unsigned i = 0; i <= rounds; i++)
		measure(i > 0);
	return 0;
}
