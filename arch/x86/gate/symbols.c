// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/symbols.h"
#include <stddef.h>

const char *symbol_find(uint32_t offset, uint32_t *behind)
{
	uint32_t low = 0, high = symbol_count;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (symbols[middle].offset <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == 0)
		return NULL;
	*behind = offset - symbols[low - 1].offset;
	return symbol_names + symbols[low - 1].name;
}
