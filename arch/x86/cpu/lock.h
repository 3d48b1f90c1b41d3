/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lock.h - a lock between CPUs: a word that is 0 while it is free. It knows no order of those who
 * wait, because a CPU that waits may be stopped by INIT at any time.
 */
#ifndef ARCH_X86_CPU_LOCK_H
#define ARCH_X86_CPU_LOCK_H

#include <stdbool.h>
#include <stdint.h>

static inline bool lock_try(uint32_t *lock)
{
	return !__atomic_exchange_n(lock, 1, __ATOMIC_ACQUIRE);
}

static inline void lock_release(uint32_t *lock)
{
	__atomic_store_n(lock, 0, __ATOMIC_RELEASE);
}

#endif
