/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gate_lock.h - the lock that a CPU holds while the gate works for it: a word that several CPUs may
 * wait for.
 *
 * It knows no order of those who wait, because a CPU that waits may be stopped by INIT at any time.
 * So may one that holds it for a service. Therefore a service's lock is taken away after
 * GATE_LOCK_SERVICE_US, by one of those who wait. A request gives the machine away, and may take
 * long: images and slots are compared. It is made by the boot CPU, which nobody stops, or by the one
 * CPU that goes on without the boot CPU. Its lock is never taken away.
 */
#ifndef ARCH_X86_GATE_GATE_LOCK_H
#define ARCH_X86_GATE_GATE_LOCK_H

#include <stdint.h>

/* A service takes a millisecond. A virtual machine's CPU may stand still for seconds. */
#define GATE_LOCK_SERVICE_US 5000000u

enum gate_lock_use { GATE_LOCK_SERVICE = 1, GATE_LOCK_REQUEST = 2 };

/* Waits until the lock is this CPU's. Returns a ticket for gate_lock_release(). */
uint32_t gate_lock_take(uint32_t *lock, enum gate_lock_use use);

/* Does nothing if the lock was taken away meanwhile. */
void gate_lock_release(uint32_t *lock, uint32_t ticket);

/* The lock is free, whoever had it. All other CPUs are stopped. */
void gate_lock_reset(uint32_t *lock);

#endif
