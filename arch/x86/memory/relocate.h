/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * relocate.h - moves the running monitor to RAM that it has reserved.
 */
#ifndef ARCH_X86_MEMORY_RELOCATE_H
#define ARCH_X86_MEMORY_RELOCATE_H

#include <stdint.h>

/* Where the image lies now, and its size with .bss, in bytes. */
uint64_t monitor_base(void);
uint64_t monitor_size(void);

/*
 * Copies the whole image to address, which must not overlap the place where it lies. Applies its
 * relocations there, and calls the copy's next(argument) on the copy's stack. argument points into
 * the image, or is NULL. The image's data is copied, too, so next must set pointers into the image
 * again.
 */
void relocate_and_call(uint64_t address, void (*next)(void *), void *argument)
	__attribute__((noreturn));

#endif
