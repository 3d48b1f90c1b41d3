/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cirrus.h - what a Cirrus Logic GD 5446 has beyond the VGA's registers and what modes are made of:
 * CL-GD5446 technical reference manual, chapters 8 (extended registers) and 9. QEMU has this
 * adapter.
 */
#ifndef ARCH_X86_SCREEN_CIRRUS_H
#define ARCH_X86_SCREEN_CIRRUS_H

#include <stdbool.h>
#include <stdint.h>

#define CIRRUS_COUNT 9

struct cirrus_registers {
	uint8_t value[CIRRUS_COUNT];
	uint8_t hidden_dac; /* the format of pixels */
};

/*
 * A mirrored pair. Write does nothing if registers are what the adapter has: now. Both change the
 * index registers. The VGA's own registers must be written before.
 */
void cirrus_read(struct cirrus_registers *registers);
void cirrus_write(const struct cirrus_registers *registers, const struct cirrus_registers *now);

#endif
