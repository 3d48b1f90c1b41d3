// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/memory/paging.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"

#define PAGE_PRESENT 1ull
#define PAGE_WRITE   2ull
#define PAGE_PWT     (1ull << 3)
#define PAGE_PCD     (1ull << 4)
#define PAGE_LARGE   (1ull << 7)
#define PAGE_MARKS   (3ull << 5) /* "accessed" and "dirty", which the CPU sets */
#define PAGE_ADDRESS 0x000ffffffffff000ull
#define ENTRIES	     512

/*
 * By PAT as a reset leaves it: registers are uncacheable whatever MTRRs say; of a framebuffer, MTRRs
 * may say that writes to it are combined. SDM volume 3, tables 12-7 and 12-12.
 */
#define PAGE_REGISTERS	 (PAGE_PCD | PAGE_PWT)
#define PAGE_FRAMEBUFFER PAGE_PCD

/*
 * The image has directories for the GiBs that are mapped at least. Devices get some for GiBs in
 * which something is uncacheable, or that lie above RAM.
 */
#define OWN_DIRECTORIES	   4
#define DEVICE_DIRECTORIES 8

static struct {
	uint64_t pml5[ENTRIES];
	uint64_t pml4[ENTRIES];
	uint64_t pdpt[ENTRIES];
	uint64_t own[OWN_DIRECTORIES][ENTRIES]; /* the first directories */
	uint64_t (*more)[ENTRIES];		/* the others, in memory that the plan gives */
	uint32_t directories; /* used; with 1 GiB pages, only for what is uncacheable */
	uint32_t room;	      /* number of directories that there is memory for */
	uint64_t end;	      /* of what is mapped */
} tables __attribute__((aligned(PAGE_SIZE)));

uint64_t paging_cr3, paging_cr3_la57;

static bool have_1g_pages(void)
{
	return cpuid(0x80000001, 0).edx & CPUID_80000001_EDX_1G_PAGES;
}

static uint64_t page(uint64_t address)
{
	return address | PAGE_LARGE | PAGE_WRITE | PAGE_PRESENT;
}

static uint64_t table(const uint64_t *entries)
{
	return (uint64_t)entries | PAGE_WRITE | PAGE_PRESENT;
}

uint64_t paging_limit(void)
{
	return have_1g_pages() ? ENTRIES * GIB : PAGING_COMMON_LIMIT;
}

/* So many are mapped from the start: local APIC, IO-APIC and HPET lie right below 4 GiB. */
static uint64_t gibs_mapped(uint64_t memory_end)
{
	uint64_t gibs = units_up(memory_end, GIB);

	return gibs < OWN_DIRECTORIES ? OWN_DIRECTORIES : gibs;
}

uint64_t paging_room(uint64_t memory_end)
{
	uint64_t wanted = have_1g_pages() ? 0 : gibs_mapped(memory_end);

	return (wanted + DEVICE_DIRECTORIES - OWN_DIRECTORIES) * PAGE_SIZE;
}

static uint64_t *directory_number(uint32_t i)
{
	return i < OWN_DIRECTORIES ? tables.own[i] : tables.more[i - OWN_DIRECTORIES];
}

/* The GiB as large pages; NULL: there is no directory left for it. */
static uint64_t *split_gib(uint64_t gib)
{
	uint64_t *directory;

	if (tables.pdpt[gib] && !(tables.pdpt[gib] & PAGE_LARGE))
		return (uint64_t *)(tables.pdpt[gib] & PAGE_ADDRESS);
	if (tables.directories == tables.room)
		return NULL;
	directory = directory_number(tables.directories++);
	for (unsigned int i = 0; i < ENTRIES; i++)
		directory[i] = page(gib * GIB + i * LARGE_PAGE);
	tables.pdpt[gib] = table(directory);
	return directory;
}

static void map_gib(uint64_t gib)
{
	if (have_1g_pages())
		tables.pdpt[gib] = page(gib * GIB);
	else
		split_gib(gib);
}

static bool map_device(uint64_t address, uint64_t size, uint64_t type)
{
	bool changed = false;

	if (size == 0 || address >= paging_limit() || size > paging_limit() - address)
		return false;
	for (uint64_t at = address / LARGE_PAGE; at <= (address + size - 1) / LARGE_PAGE; at++) {
		uint64_t *directory = split_gib(at / ENTRIES);

		if (!directory)
			return false;
		changed |= (directory[at % ENTRIES] & type) != type;
		directory[at % ENTRIES] |= type;
	}
	if (changed)
		write_cr3(read_cr3()); /* the TLB may have it cacheable */
	return true;
}

bool paging_map_registers(uint64_t address, uint64_t size)
{
	return map_device(address, size, PAGE_REGISTERS);
}

bool paging_map_framebuffer(uint64_t address, uint64_t size)
{
	return map_device(address, size, PAGE_FRAMEBUFFER);
}

uint64_t paging_cr3_now(void)
{
	return read_cr4() & CR4_LA57 ? paging_cr3_la57 : paging_cr3;
}

void paging_init(uint64_t memory_end, void *room, uint64_t room_size)
{
	uint64_t gibs = gibs_mapped(memory_end);

	tables.more = room;
	tables.room = (uint32_t)(OWN_DIRECTORIES + room_size / PAGE_SIZE);
	memset(tables.pdpt, 0, sizeof(tables.pdpt)); /* of the image before it moved */
	tables.directories = 0;
	for (uint64_t gib = 0; gib < gibs; gib++)
		map_gib(gib);
	tables.pml4[0] = table(tables.pdpt);
	tables.pml5[0] = table(tables.pml4);
	tables.end = gibs * GIB;
	phys_set_end(tables.end);
	paging_cr3 = (uint64_t)tables.pml4;
	paging_cr3_la57 = (uint64_t)tables.pml5;
	write_cr3(paging_cr3_now());
}

void paging_copy(uint64_t pml4, uint64_t pdpt)
{
	uint64_t *top = phys(pml4);

	memset(top, 0, PAGE_SIZE);
	top[0] = pdpt | PAGE_WRITE | PAGE_PRESENT;
	memcpy(phys(pdpt), tables.pdpt, PAGE_SIZE);
}

static bool is(uint64_t entry, uint64_t built)
{
	return (entry & ~PAGE_MARKS) == built;
}

/*
 * The PDPT's entry as paging_init() made it. Device memory that was mapped later may have replaced
 * it by a directory.
 */
static uint64_t first_entry(uint64_t gib)
{
	if (gib * GIB >= tables.end)
		return 0;
	return have_1g_pages() ? page(gib * GIB) : tables.pdpt[gib] & ~PAGE_MARKS;
}

/* Each switch goes through these two loops, for hardly any other result than 0. */
static uint64_t any_entry(const uint64_t *entry, unsigned int first)
{
	uint64_t any = 0;

#pragma GCC unroll 8
	for (unsigned int i = first; i < ENTRIES; i++)
		any |= entry[i];
	return any;
}

static uint64_t difference(const uint64_t *a, const uint64_t *b)
{
	uint64_t any = 0;

#pragma GCC unroll 8
	for (unsigned int i = 0; i < ENTRIES; i++)
		any |= a[i] ^ b[i];
	return any;
}

bool paging_is_copy(uint64_t pml4, uint64_t pdpt)
{
	const uint64_t *top = phys(pml4), *entry = phys(pdpt);

	if (!is(top[0], pdpt | PAGE_WRITE | PAGE_PRESENT) || any_entry(top, 1))
		return false;
	if (!(difference(entry, tables.pdpt) & ~PAGE_MARKS))
		return true;
	for (unsigned int i = 0; i < ENTRIES; i++)
		if (!is(entry[i], tables.pdpt[i] & ~PAGE_MARKS) && !is(entry[i], first_entry(i)))
			return false;
	return true;
}

/* The directory that the entry names; NULL: it is none of ours. */
static const uint64_t *find_directory(uint64_t entry)
{
	for (uint32_t i = 0; i < tables.directories; i++)
		if (is(entry, table(directory_number(i))))
			return directory_number(i);
	return NULL;
}

/* Of memory types no account is kept. */
static bool check_gib(uint64_t gib, uint64_t *address)
{
	const uint64_t *directory;

	*address = gib * GIB;
	if (tables.pdpt[gib] & PAGE_LARGE)
		return is(tables.pdpt[gib], page(*address));
	directory = find_directory(tables.pdpt[gib]);
	if (!directory)
		return false;
	for (unsigned int i = 0; i < ENTRIES; i++, *address += LARGE_PAGE)
		if (!is(directory[i] & ~PAGE_REGISTERS, page(*address)))
			return false;
	return true;
}

bool paging_check(uint64_t *address)
{
	*address = 0;
	if (!is(tables.pml4[0], table(tables.pdpt)) || !is(tables.pml5[0], table(tables.pml4)))
		return false;
	for (uint64_t gib = 0; gib < tables.end / GIB; gib++)
		if (!check_gib(gib, address))
			return false;
	return true;
}
