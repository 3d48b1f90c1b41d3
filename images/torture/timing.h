/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * timing.h - what shows only in time: that timer interrupts go on, with the right vector and at the
 * right rate.
 */
#ifndef TORTURE_TIMING_H
#define TORTURE_TIMING_H

#include "torture.h"

/*
 * Starts interrupts, with vectors, a rate and a timer mode that differ between two slots: the
 * 8259's vector bases and the counter's reload value can't be read.
 */
void timing_init(struct tick *tick);

/* Takes some timer periods, with interrupts on. */
void timing_check(struct torture *torture);

#endif
