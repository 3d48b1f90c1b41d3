/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * relocate.h - moves the running monitor to RAM that it has reserved.
 */
#ifndef ARCH_X86_MEMORY_RELOCATE_H
#define ARCH_X86_MEMORY_RELOCATE_H

#include <stdint.h>

/* Where the image lies now, and its size with all of .bss, in bytes. */
uint64_t monitor_base(void);
uint64_t monitor_size(void);

/*
 * Copies the first size bytes of the image to address; what lies behind them is not needed any more.
 * The copy must not overlap the place where the image lies. Applies the relocations in the copy, and
 * calls the copy's next(argument) on the copy's stack. argument points into the image, or is NULL.
 * The image's data is copied, too, so next must set pointers into the image again.
 */
void relocate_and_call(uint64_t address, uint64_t size, void (*next)(void *), void *argument)
	__attribute__((noreturn));

#endif
