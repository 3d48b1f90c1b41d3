// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/memory/phys.h"
#include <stddef.h>

static uint64_t mapped_end;

void phys_set_end(uint64_t end)
{
	mapped_end = end;
}

const void *phys_range(uint64_t address, uint64_t size)
{
	if (!address || address > mapped_end || size > mapped_end - address)
		return NULL;
	return phys(address);
}
