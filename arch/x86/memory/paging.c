// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/memory/paging.h"
#include <stdbool.h>
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/memory/phys.h"
#include "lib/units.h"

#define PAGE_PRESENT 1ull
#define PAGE_WRITE   2ull
#define PAGE_LARGE   (1ull << 7)
#define PAGE_MARKS   (3ull << 5) /* "accessed" and "dirty", which the CPU sets */
#define ENTRIES	     512

static struct {
	uint64_t pml5[ENTRIES];
	uint64_t pml4[ENTRIES];
	uint64_t pdpt[ENTRIES];
	uint64_t directory[PAGING_MAX_DIRECTORIES][ENTRIES];
	uint64_t end; /* of what is mapped */
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
	return (have_1g_pages() ? ENTRIES : PAGING_MAX_DIRECTORIES) * GIB;
}

static void map_gib(uint64_t gib)
{
	if (have_1g_pages()) {
		tables.pdpt[gib] = page(gib * GIB);
		return;
	}
	for (unsigned int i = 0; i < ENTRIES; i++)
		tables.directory[gib][i] = page(gib * GIB + i * LARGE_PAGE);
	tables.pdpt[gib] = table(tables.directory[gib]);
}

/* A page that was not present is in no TLB, so nothing has to be flushed. */
bool paging_map(uint64_t address, uint64_t size)
{
	if (size == 0 || address >= paging_limit() || size > paging_limit() - address)
		return false;
	for (uint64_t gib = address / GIB; gib <= (address + size - 1) / GIB; gib++)
		if (!(tables.pdpt[gib] & PAGE_PRESENT))
			map_gib(gib);
	return true;
}

uint64_t paging_cr3_now(void)
{
	return read_cr4() & CR4_LA57 ? paging_cr3_la57 : paging_cr3;
}

void paging_init(uint64_t memory_end, struct paging_tables *result)
{
	uint64_t gibs = units_up(memory_end, GIB);

	if (gibs < 4)
		gibs = 4; /* local APIC, IO-APIC and HPET lie right below 4 GiB */
	for (uint64_t gib = 0; gib < gibs; gib++)
		map_gib(gib);
	tables.pml4[0] = table(tables.pdpt);
	tables.pml5[0] = table(tables.pml4);
	tables.end = gibs * GIB;
	phys_set_end(tables.end);
	paging_cr3 = (uint64_t)tables.pml4;
	paging_cr3_la57 = (uint64_t)tables.pml5;
	write_cr3(paging_cr3_now());

	result->pml4 = (uint64_t)tables.pml4;
	result->pdpt = (uint64_t)tables.pdpt;
}

static bool is(uint64_t entry, uint64_t built)
{
	return (entry & ~PAGE_MARKS) == built;
}

static bool check_gib(uint64_t gib, uint64_t *address)
{
	*address = gib * GIB;
	if (have_1g_pages())
		return is(tables.pdpt[gib], page(gib * GIB));
	if (!is(tables.pdpt[gib], table(tables.directory[gib])))
		return false;
	for (unsigned int i = 0; i < ENTRIES; i++, *address += LARGE_PAGE)
		if (!is(tables.directory[gib][i], page(*address)))
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
