/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * timing.h - what only time can show: timer interrupts continue, with the right vector and at the
 * right rate.
 */
#ifndef TORTURE_TIMING_H
#define TORTURE_TIMING_H

#include "torture.h"

/*
 * Starts interrupts. Their vectors, rate and timer mode differ between two slots, because the
 * 8259's vector bases and the counter's reload value can't be read.
 */
void timing_init(struct tick *tick);

/* Checks the timer for some periods, with interrupts on. */
void timing_check(struct torture *torture);

#endif
