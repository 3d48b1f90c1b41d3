/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * i6300esb.h - the watchdog of Intel's 6300ESB, which QEMU has, too. Intel 6300ESB I/O controller
 * hub datasheet (300641), chapter 17.
 */
#ifndef ARCH_X86_WATCHDOG_I6300ESB_H
#define ARCH_X86_WATCHDOG_I6300ESB_H

#include <stdbool.h>
#include <stdint.h>

struct i6300esb_state {
	uint16_t config;     /* interrupt, clock, whether it resets */
	uint8_t lock;	     /* enabled, mode, locked */
	bool times;	     /* the next two were read */
	uint32_t preload[2]; /* the times of its two stages */
};

/* The functions of a row in watchdogs.c, which says what they do. */
bool i6300esb_find(void);
bool i6300esb_save(struct i6300esb_state *state);
void i6300esb_restore(const struct i6300esb_state *state);
bool i6300esb_runs(void);
void i6300esb_feed(void);

#endif
