// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/paging.h"
#include <stdbool.h>
#include "arch/x86/cpu.h"
#include "arch/x86/descriptors.h"

#define PAGE_PRESENT 1ull
#define PAGE_WRITE   2ull
#define PAGE_LARGE   (1ull << 7)
#define ENTRIES	     512
#define GIB	     (1ull << 30)
#define LARGE_PAGE   (2ull << 20)

static struct {
	uint64_t pml5[ENTRIES];
	uint64_t pml4[ENTRIES];
	uint64_t pdpt[ENTRIES];
	uint64_t directory[PAGING_MAX_DIRECTORIES][ENTRIES];
} tables __attribute__((aligned(4096)));

static bool have_1g_pages(void)
{
	return cpuid(0x80000001, 0).edx & CPUID_80000001_EDX_1G_PAGES;
}

static uint64_t map_with_2m_pages(uint64_t gib)
{
	uint64_t *directory = tables.directory[gib];

	for (unsigned int i = 0; i < ENTRIES; i++)
		directory[i] =
			(gib * GIB + i * LARGE_PAGE) | PAGE_LARGE | PAGE_WRITE | PAGE_PRESENT;
	return (uint64_t)directory | PAGE_WRITE | PAGE_PRESENT;
}

uint64_t paging_limit(void)
{
	return (have_1g_pages() ? ENTRIES : PAGING_MAX_DIRECTORIES) * GIB;
}

void paging_init(uint64_t memory_end, struct paging_tables *result)
{
	uint64_t gibs = (memory_end + GIB - 1) / GIB;
	bool large = have_1g_pages();

	if (gibs < 4)
		gibs = 4; /* local APIC, IO-APIC and HPET lie right below 4 GiB */
	for (uint64_t gib = 0; gib < gibs; gib++)
		tables.pdpt[gib] = large ? gib * GIB | PAGE_LARGE | PAGE_WRITE | PAGE_PRESENT
					 : map_with_2m_pages(gib);
	tables.pml4[0] = (uint64_t)tables.pdpt | PAGE_WRITE | PAGE_PRESENT;
	tables.pml5[0] = (uint64_t)tables.pml4 | PAGE_WRITE | PAGE_PRESENT;
	gate_anchor.cr3 = (uint64_t)tables.pml4;
	gate_anchor.cr3_la57 = (uint64_t)tables.pml5;
	write_cr3(read_cr4() & CR4_LA57 ? gate_anchor.cr3_la57 : gate_anchor.cr3);

	result->pml4 = (uint64_t)tables.pml4;
	result->pdpt = (uint64_t)tables.pdpt;
}
