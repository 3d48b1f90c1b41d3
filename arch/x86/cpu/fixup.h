/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fixup.h - instructions that may fault, and the address where execution continues if they do.
 */
#ifndef ARCH_X86_CPU_FIXUP_H
#define ARCH_X86_CPU_FIXUP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Says that the instruction at `from` may fault. Execution then continues at `to`, with RDX = 1.
 * Inline assembly uses it as FIXUP("1b", "2f"). It needs the monitor's IDT.
 */
#define FIXUP(from, to)                      \
	".pushsection .fixups, \"a\"\n\t"    \
	".long " from " - ., " to " - .\n\t" \
	".popsection\n\t"

/*
 * Changes *rip from the address of a fault to the address where execution continues. Returns false
 * if no fault was expected there.
 */
bool fixup_find(uint64_t *rip);

#endif
