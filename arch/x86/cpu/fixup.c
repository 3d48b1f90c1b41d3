// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/cpu/fixup.h"

/* The addresses are relative to the entry's own fields, so that the table needs no relocation. */
struct fixup {
	int32_t from, to;
};

extern const struct fixup fixups_start[], fixups_end[]; /* linker/monitor.ld */

bool fixup_find(uint64_t *rip)
{
	for (const struct fixup *fixup = fixups_start; fixup < fixups_end; fixup++) {
		if ((uint64_t)&fixup->from + (int64_t)fixup->from != *rip)
			continue;
		*rip = (uint64_t)&fixup->to + (int64_t)fixup->to;
		return true;
	}
	return false;
}
