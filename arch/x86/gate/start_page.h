/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * start_page.h - the page below 1 MiB by which a CPU comes from real mode to the monitor: the boot
 * CPU after a reset (arch/x86/platform/wake.h), the others after a SIPI (crew.h). The code is
 * wake.asm's.
 */
#ifndef ARCH_X86_GATE_START_PAGE_H
#define ARCH_X86_GATE_START_PAGE_H

#include <stdint.h>

/*
 * Writes the code to the page at that address. A CPU that starts there goes to landed, in 64-bit
 * mode, with the monitor's CR3, interrupts off, and no stack.
 */
void start_page_write(uint32_t page, void (*landed)(void));

#endif
