/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * services.h - asks for each service of the gate, in the order in which a guest would: it adds a slot,
 * loads an image into it twice, and removes it.
 */
#ifndef CALLERS_SERVICES_H
#define CALLERS_SERVICES_H

#include "../tick/tick.h"

/* Prints one line for each call of the gate, when all are done: "LIST: 0". */
void services_ask_each(struct tick *tick);

/*
 * Begins to load an image for the first slot that is ready, and writes the first piece of its kernel.
 * Prints how many of the three calls were answered with 0.
 */
void services_begin_to_load(struct tick *tick);

#endif
