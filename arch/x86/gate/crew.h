/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crew.h - the other CPUs of a slot in a quick switch: each of them comes to the gate, leaves its
 * state in its context, waits in the monitor, and goes on with the state of the next slot.
 *
 *   AWAY --park--> ARRIVED --gather--> HELD --leave--> WAITS --load--> READY --go--> AWAY
 *                     |                  |               ^
 *                     +------refuse------+--> AWAY       start: INIT, SIPI, from wherever it was
 *
 * A CPU that has arrived goes back to its slot after a second. One that is held does not: otherwise
 * it would run the slot's code while the slot is parked. A CPU that faults in the monitor stops there
 * (exception.c), so the boot CPU waits for nobody without a limit: it sends INIT then.
 *
 * All functions but the first two are the boot CPU's. Sets of CPUs have a bit for each place in
 * gate_cpus.
 */
#ifndef ARCH_X86_GATE_CREW_H
#define ARCH_X86_GATE_CREW_H

#include <stdbool.h>
#include <stdint.h>

/*
 * This CPU has called the gate to park. It returns what the call shall return if the boot CPU does
 * not come within a second, or has refused. Otherwise the CPU goes on with the next slot.
 */
int64_t crew_park(void);

/* A CPU that was started comes here (gate.asm). */
void crew_started(void) __attribute__((noreturn));

/* Says whether the page by which CPUs are started is RAM that nobody has. Called once. */
#define CREW_START_PAGE 0x8000u
void crew_init(bool may_start);

/*
 * Waits until count CPUs have arrived, for a second at most, and holds all that have. Returns 0, or
 * what the request is refused with; *reason is a constant. Either way, crew_refuse() or crew_leave()
 * must follow.
 */
int64_t crew_gather(uint32_t count, const char **reason);

/* Those that have arrived or are held return from the gate with this result. */
void crew_refuse(int64_t result);

/*
 * Those that are held complete their state, and wait. Interrupts must be masked at their sources. One
 * that does not come that far gets INIT.
 */
void crew_leave(void);

/* INIT for the CPUs of the slot that are not held. */
void crew_stop_absent(void);

/* All other CPUs have got INIT: none of them is here any more. */
void crew_forget(void);

/* Those that wait. */
uint64_t crew_waiting(void);

/* INIT for those that wait and are not in set. */
void crew_dismiss(uint64_t set);

/* Starts those of set that do not wait. False: one does not come; it has got INIT again. */
bool crew_fetch(uint64_t set);

/*
 * Those of set load their state from the contexts in gate_cpus. Then they go on, when all devices
 * are restored. False: one did not load it, and has got INIT.
 */
bool crew_load(uint64_t set);
void crew_go(uint64_t set, int64_t result);

#endif
