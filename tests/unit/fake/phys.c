/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * phys.c - phys() over the ranges that a test made.
 */
#include <stdlib.h>
#include <string.h>
#include "arch/x86/memory/phys.h"
#include "fake.h"

#define MAX_RANGES 64

static struct {
	uint64_t base, size;
	uint8_t *memory;
} ranges[MAX_RANGES];
static unsigned int range_count;

uint8_t *fake_memory(uint64_t base, uint64_t size, uint8_t fill)
{
	uint8_t *memory = malloc(size ? size : 1);

	if (!memory || range_count == MAX_RANGES)
		abort();
	memset(memory, fill, size);
	ranges[range_count].base = base;
	ranges[range_count].size = size;
	ranges[range_count++].memory = memory;
	return memory;
}

void fake_reset(void)
{
	while (range_count)
		free(ranges[--range_count].memory);
}

const void *phys_range(uint64_t address, uint64_t size)
{
	for (unsigned int i = 0; i < range_count; i++)
		if (address && address >= ranges[i].base &&
		    address - ranges[i].base <= ranges[i].size &&
		    size <= ranges[i].size - (address - ranges[i].base))
			return ranges[i].memory + (address - ranges[i].base);
	return NULL;
}

void *phys(uint64_t address)
{
	for (unsigned int i = 0; i < range_count; i++)
		if (address - ranges[i].base < ranges[i].size)
			return ranges[i].memory + (address - ranges[i].base);
	return NULL;
}
