// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/crew.h"
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/gate.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/gate/start_page.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/time/clock.h"
#include "guest/linux/switchyard.h"

#define COME_US	  1000000u /* for each other, at the gate */
#define START_US  1000000u
#define SETTLE_US 200u /* after INIT, and between two SIPIs: SDM volume 3, 9.4.4.1 */
/* For one step here. A CPU that takes longer has faulted (exception.c). */
#define STEP_US 10000000u

enum crew_state {
	CREW_AWAY,    /* it runs its slot, or waits for a SIPI */
	CREW_ARRIVED, /* its state is in its context; it waits for the boot CPU, for a second */
	CREW_UNSAVED, /* the same, but some of its state can't be saved */
	CREW_HELD,    /* the boot CPU is there, and says what becomes of it */
	CREW_RETURNS, /* it shall return from the gate */
	CREW_LEAVES,  /* it shall complete its state */
	CREW_WAITS,
	CREW_LOADS, /* it shall load its context */
	CREW_READY,
	CREW_GOES, /* it shall go on */
};

static struct {
	uint32_t state[GATE_MAX_CPUS]; /* enum crew_state; all CPUs share it */
	const char *reason;	       /* of a CPU in CREW_UNSAVED */
	int64_t result;		       /* for those that return or go on */
	bool may_start;
} crew;

static enum crew_state state_of(uint32_t cpu)
{
	return (enum crew_state)__atomic_load_n(&crew.state[cpu], __ATOMIC_ACQUIRE);
}

static void set_state(uint32_t cpu, enum crew_state state)
{
	__atomic_store_n(&crew.state[cpu], state, __ATOMIC_RELEASE);
}

/* False: the CPU has another state by now. */
static bool change_state(uint32_t cpu, enum crew_state from, enum crew_state to)
{
	uint32_t expected = from;

	return __atomic_compare_exchange_n(&crew.state[cpu], &expected, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

static void await(uint32_t cpu, enum crew_state state)
{
	while (state_of(cpu) != state)
		cpu_pause();
}

/*
 * The context is that of the next slot by then. drained is what the local APIC has meanwhile; NULL:
 * it is in virtual wire mode. If this CPU goes to wait-for-SIPI instead, INIT resets it.
 */
__attribute__((noreturn)) static void wait_for_slot(uint32_t cpu, const struct lapic_state *drained)
{
	struct cpu_context *context;
	int64_t result;

	set_state(cpu, CREW_WAITS);
	await(cpu, CREW_LOADS);
	context = gate_cpus.cpu[cpu].context;
	lapic_restore(cpu_state_lapic(context), drained);
	cpu_state_restore(context);
	set_state(cpu, CREW_READY);
	await(cpu, CREW_GOES);
	result = crew.result;
	set_state(cpu, CREW_AWAY); /* from here on, the slot may leave again */
	gate_resume(context, result);
}

__attribute__((noreturn)) static void leave_slot(uint32_t cpu)
{
	struct cpu_context *context = gate_cpus.cpu[cpu].context;
	struct lapic_state *lapic = cpu_state_lapic(context), drained;

	lapic_save(lapic);
	lapic_drain(lapic);
	drained = *lapic; /* the slot may be gone when it is needed */
	context->progress = GATE_PARKED;
	wait_for_slot(cpu, &drained);
}

/* Its registers are saved, as arrived says. Returns if no switch comes of it. */
static int64_t wait_for_boot_cpu(uint32_t cpu, enum crew_state arrived)
{
	uint64_t end = clock_us() + COME_US;

	set_state(cpu, arrived);
	for (;; cpu_pause()) {
		enum crew_state state = state_of(cpu);

		if (state == CREW_LEAVES)
			leave_slot(cpu);
		if (state == CREW_RETURNS) {
			int64_t result = crew.result;

			set_state(cpu, CREW_AWAY);
			return result;
		}
		if (state == arrived && clock_us() >= end && change_state(cpu, arrived, CREW_AWAY))
			return SWITCHYARD_EAGAIN;
	}
}

int64_t crew_park(void)
{
	uint32_t cpu = gate_cpu_index();
	struct cpu_context *context = gate_cpus.cpu[cpu].context;
	const char *reason;
	int64_t result;

	if (!cpu_state_save(context, &reason)) {
		crew.reason = reason;
		return wait_for_boot_cpu(cpu, CREW_UNSAVED);
	}
	result = wait_for_boot_cpu(cpu, CREW_ARRIVED);
	cpu_state_restore(context);
	return result;
}

void crew_started(void)
{
	cpu_state_take();
	lapic_virtual_wire(NULL);
	wait_for_slot(gate_cpu_index(), NULL);
}

void crew_init(bool may_start)
{
	crew.may_start = may_start;
}

/* Those that have arrived wait for the boot CPU from now on. Returns how many they are. */
static uint32_t hold_arrived(void)
{
	uint32_t count = 0;

	for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++) {
		change_state(cpu, CREW_ARRIVED, CREW_HELD);
		count += state_of(cpu) == CREW_HELD || state_of(cpu) == CREW_UNSAVED;
	}
	return count;
}

int64_t crew_gather(uint32_t count, const char **reason)
{
	uint64_t end = clock_us() + COME_US;

	while (hold_arrived() < count) {
		if (clock_us() >= end) {
			*reason = "a CPU did not come to the gate";
			return SWITCHYARD_EAGAIN;
		}
		cpu_pause();
	}
	for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++) {
		if (state_of(cpu) == CREW_UNSAVED) {
			*reason = crew.reason;
			return SWITCHYARD_ESTATE;
		}
	}
	return 0;
}

void crew_refuse(int64_t result)
{
	crew.result = result;
	for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++)
		if (!change_state(cpu, CREW_HELD, CREW_RETURNS) &&
		    !change_state(cpu, CREW_ARRIVED, CREW_RETURNS))
			change_state(cpu, CREW_UNSAVED, CREW_RETURNS);
}

static void stop_cpus(uint64_t set)
{
	for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++) {
		if (!(set >> cpu & 1))
			continue;
		lapic_send_init(gate_cpus.cpu[cpu].apic_id);
		set_state(cpu, CREW_AWAY);
	}
}

static uint64_t set_in(enum crew_state state)
{
	uint64_t set = 0;

	for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++)
		if (state_of(cpu) == state)
			set |= 1ull << cpu;
	return set;
}

/* Those of set that do not come to that state get INIT. Returns true if all come. */
static bool await_all(uint64_t set, enum crew_state state, uint32_t us)
{
	uint64_t end = clock_us() + us;

	while (set & ~set_in(state) && clock_us() < end)
		cpu_pause();
	set &= ~set_in(state);
	stop_cpus(set);
	return !set;
}

void crew_leave(void)
{
	uint64_t set = set_in(CREW_HELD);

	for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++)
		change_state(cpu, CREW_HELD, CREW_LEAVES);
	await_all(set, CREW_WAITS, STEP_US);
}

void crew_stop_absent(void)
{
	uint64_t absent = 0;

	for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++)
		if (gate_cpus.cpu[cpu].context && state_of(cpu) != CREW_HELD)
			absent |= 1ull << cpu;
	stop_cpus(absent);
}

void crew_forget(void)
{
	for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++)
		set_state(cpu, CREW_AWAY);
}

uint64_t crew_waiting(void)
{
	return set_in(CREW_WAITS);
}

void crew_dismiss(uint64_t set)
{
	stop_cpus(crew_waiting() & ~set);
}

/* Some CPUs miss the first SIPI. */
static void start_cpus(uint64_t set)
{
	start_page_write(CREW_START_PAGE, gate_cpu_landed);
	stop_cpus(set);
	for (uint32_t time = 0; time < 2; time++) {
		for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++)
			if (set >> cpu & 1 && state_of(cpu) == CREW_AWAY)
				lapic_send_start(gate_cpus.cpu[cpu].apic_id, CREW_START_PAGE);
		clock_wait_us(SETTLE_US);
	}
}

bool crew_fetch(uint64_t set)
{
	set &= ~crew_waiting();
	if (!set)
		return true;
	if (!crew.may_start)
		return false;
	start_cpus(set);
	return await_all(set, CREW_WAITS, START_US);
}

bool crew_load(uint64_t set)
{
	for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++)
		if (set >> cpu & 1)
			set_state(cpu, CREW_LOADS);
	return await_all(set, CREW_READY, STEP_US);
}

void crew_go(uint64_t set, int64_t result)
{
	crew.result = result;
	for (uint32_t cpu = 1; cpu < gate_cpus.count; cpu++)
		if (set >> cpu & 1)
			change_state(cpu, CREW_READY, CREW_GOES);
}
