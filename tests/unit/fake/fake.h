/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fake.h - a fake of physical memory for tests on the host.
 *
 * A test says which ranges exist. Each range is a separate allocation, so that AddressSanitizer
 * catches any access beyond its ends. phys() (arch/x86/memory/phys.h) finds an address in them.
 */
#ifndef TESTS_FAKE_H
#define TESTS_FAKE_H

#include <stdint.h>

/*
 * Makes [base, base + size) exist, filled with `fill`. Returns a pointer to it. The test fails if
 * there is no room.
 */
uint8_t *fake_memory(uint64_t base, uint64_t size, uint8_t fill);

/* Frees all ranges. */
void fake_reset(void);

#endif
