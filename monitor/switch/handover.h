/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * handover.h - a slot's end that another CPU asks for is the boot CPU's work, which waits for it.
 *
 * A kernel that dies on another CPU, and a crash kernel that runs there, leave the boot CPU here.
 * Only the boot CPU can stop the others by INIT: firmware would take INIT to the boot CPU for a
 * reset.
 */
#ifndef MONITOR_SWITCH_HANDOVER_H
#define MONITOR_SWITCH_HANDOVER_H

#include <stdbool.h>
#include <stdint.h>

/* A call of the gate. */
struct request {
	uint64_t op, arg;
};

/*
 * The boot CPU waits until another CPU hands over a request. False: it came too late, and another
 * CPU has the machine. The boot CPU must stop then.
 */
bool handover_wait(struct request *request);

/*
 * Forgets what a slot's CPUs began and did not end. It is called before the next kernel runs, while
 * all other CPUs are stopped.
 */
void handover_reset(void);

/*
 * Another CPU hands a request over. True: the boot CPU has it, or yet another CPU was first, so this
 * one stops. False: the boot CPU does not come, and this CPU goes on without it. If the boot CPU
 * comes later, handover_wait() tells it.
 */
bool handover_give(const struct request *request);

#endif
