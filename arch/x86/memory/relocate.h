/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * relocate.h - moving the running monitor to RAM that it reserved itself.
 */
#ifndef ARCH_X86_MEMORY_RELOCATE_H
#define ARCH_X86_MEMORY_RELOCATE_H

#include <stdint.h>

/* Where the image lies now, and its size with .bss, in bytes. */
uint64_t monitor_base(void);
uint64_t monitor_size(void);

/*
 * Copies the whole image to address (clear of where it lies), applies its relocations there, and
 * calls the copy's next(argument) on the copy's stack. argument points into the image, or is NULL.
 * State goes along, so pointers in it that point into the image must be set anew by next.
 */
void relocate_and_call(uint64_t address, void (*next)(void *), void *argument)
	__attribute__((noreturn));

#endif
