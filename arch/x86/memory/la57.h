/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * la57.h - changes from five levels of paging to four, and back: CR4.LA57. SDM volume 3, sections
 * 4.1.1 and 9.8.5.
 *
 * The monitor runs with four or five levels, on its own tables (paging.h). A kernel finds as many
 * levels as it had.
 */
#ifndef ARCH_X86_MEMORY_LA57_H
#define ARCH_X86_MEMORY_LA57_H

/*
 * Both need the monitor's GDT, its CR3 for the levels that are on, interrupts off, and a CR4
 * without PCIDE, CET and VMXE. la57.asm says more.
 */
void la57_leave(void);
void la57_enter(void);

#endif
