/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kcs.h - messages to a baseboard management controller (BMC) by two ports, in the keyboard
 * controller's style: IPMI 2.0, chapter 9.
 */
#ifndef ARCH_X86_WATCHDOG_KCS_H
#define ARCH_X86_WATCHDOG_KCS_H

#include <stdbool.h>
#include <stdint.h>

struct kcs {
	uint16_t data;	 /* port */
	uint16_t status; /* port, also for commands */
};

/*
 * Sends a request: function and command, then data. The answer's bytes behind those that repeat
 * both go to answer; the first one is the completion code. Returns how many came, max_answer at most,
 * or -1 if the BMC did not answer properly. A message that somebody else has begun is aborted.
 *
 * It takes some 1 ms, and 500 ms at most.
 */
int kcs_ask(const struct kcs *kcs, const uint8_t *request, uint32_t count, uint8_t *answer,
	    uint32_t max_answer);

#endif
