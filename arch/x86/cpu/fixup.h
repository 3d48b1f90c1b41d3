/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fixup.h - instructions that may fault, and where to go on if they did.
 */
#ifndef ARCH_X86_CPU_FIXUP_H
#define ARCH_X86_CPU_FIXUP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * An instruction at `from` that may fault, and where to go on if it did: RDX is 1 there.
 * Used by inline assembly: FIXUP("1b", "2f"). Needs the monitor's IDT.
 */
#define FIXUP(from, to)                      \
	".pushsection .fixups, \"a\"\n\t"    \
	".long " from " - ., " to " - .\n\t" \
	".popsection\n\t"

/* Moves *rip, where a fault happened, to where to go on. False if no fault was expected there. */
bool fixup_find(uint64_t *rip);

#endif
