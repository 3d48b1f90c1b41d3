/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * enter.h - the leap into a freshly loaded kernel.
 */
#ifndef ARCH_X86_GATE_ENTER_H
#define ARCH_X86_GATE_ENTER_H

#include <stdint.h>

/* How a kernel is entered. Interrupts are off and flags clear in both. */
enum entry_mode {
	/*
	 * 32-bit protected mode, paging off, flat segments CS 0x10, the others 0x18 (Linux boot
	 * protocol, "32-bit boot protocol"; Multiboot 1, section 3.2; Multiboot2, 3.3).
	 */
	ENTRY_PROTECTED,
	/*
	 * 64-bit mode, memory mapped to itself, CS 0x10, the others 0x18 (Linux boot protocol,
	 * "64-bit boot protocol").
	 */
	ENTRY_LONG,
};

/*
 * Registers at the entry; all others are 0. ENTRY_PROTECTED uses the low halves. If sp is 0, the
 * kernel gets no stack of its own. Otherwise the entry writes some words below sp.
 */
struct guest_entry {
	enum entry_mode mode;
	uint64_t ip, sp;
	uint64_t ax, bx, cx, dx, si, di;
};

/*
 * Enters a freshly loaded kernel in the state that its mode says. The caller has called
 * cpu_state_reset(), which sets the CPU state that does not depend on the mode.
 */
void guest_enter_long(const struct guest_entry *entry) __attribute__((noreturn));
void guest_enter_protected(const struct guest_entry *entry) __attribute__((noreturn));

#endif
