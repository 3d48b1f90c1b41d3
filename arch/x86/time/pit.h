/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pit.h - the 8254 programmable interval timer. Intel 8254 data sheet.
 */
#ifndef ARCH_X86_TIME_PIT_H
#define ARCH_X86_TIME_PIT_H

#include <stdint.h>

#define PIT_CHANNELS 3
#define PIT_HZ	     1193182

/* What a PC's firmware programs into channel 0: 18.2 Hz. */
#define PIT_FIRMWARE_RELOAD 65536

struct pit_state {
	uint8_t status[PIT_CHANNELS]; /* as the read-back command gives it: mode, access, BCD */
	uint16_t count[PIT_CHANNELS]; /* what was left of it */
	uint32_t reload; /* channel 0's; write-only; the slot notes it; 0 if it does not */
	uint8_t gate;	 /* port 0x61: channel 2's gate and the speaker */
};

/*
 * A mirrored pair. pit_save() leaves reload alone, and the speaker silent. A periodic channel 0
 * comes back with its reload value, if that is known; else it is left alone if it has the same mode.
 * A periodic channel 2 comes back with a reload value that pit_save() measures. All other counters
 * go on from the count that they had, if they had not run down. now is what was saved last, or NULL.
 */
void pit_save(struct pit_state *state);
void pit_restore(const struct pit_state *state, const struct pit_state *now);

/* Switches the speaker off. */
void pit_silence(void);

/* Runs channel 2 down from count, and waits until it is done: count / PIT_HZ seconds. */
void pit_wait(uint16_t count);

#endif
