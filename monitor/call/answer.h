/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * answer.h - a service that is answered, and what all answers need: struct switchyard_call in
 * switchyard.h. Everything in a call is hostile.
 */
#ifndef MONITOR_CALL_ANSWER_H
#define MONITOR_CALL_ANSWER_H

#include "monitor/switch/monitor.h"

struct answer {
	struct monitor *monitor;
	struct switchyard_call call; /* our copy of the guest's structure */
	struct slot *slot;	     /* that it names; NULL: none */
	uint64_t done;
	struct error error; /* the reason of SWITCHYARD_EREFUSED */
};

/* The slot that asks. */
struct slot *answer_self(const struct answer *answer);

/* True if all of [address, address + size) is RAM of the slot that asks, without its block. */
bool answer_in_own_ram(const struct monitor *monitor, uint64_t address, uint64_t size);

/* The memory of the call's buffer. NULL, with a reason: not all of it is the slot's RAM. */
void *answer_buffer(struct answer *answer);

/* 0, or SWITCHYARD_EREFUSED if it was not done. */
int64_t answer_result(bool done);

/* The slot that asks sees what has changed of others. */
void answer_publish(const struct answer *answer);

#endif
