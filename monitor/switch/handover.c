// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/handover.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/time/clock.h"

#define COMING_US 1000000 /* the boot CPU must be here within this time */
#define NMI_US	  1000	  /* between two NMIs for it */

/* CPUs share it, so each field is read and written by atomic operations. */
static struct {
	bool waiting; /* the boot CPU is here */
	bool claimed; /* a CPU has a request */
	bool given;   /* request is valid */
	struct request request;
} handover;

static bool is_set(const bool *flag)
{
	return __atomic_load_n(flag, __ATOMIC_ACQUIRE);
}

static void set(bool *flag, bool value)
{
	__atomic_store_n(flag, value, __ATOMIC_RELEASE);
}

struct request handover_wait(void)
{
	struct request request;

	set(&handover.waiting, true);
	while (!is_set(&handover.given))
		cpu_halt(); /* an NMI ends it */
	request = handover.request;
	set(&handover.waiting, false);
	set(&handover.given, false); /* the giver stops; claimed stays, so that nobody else gives */
	return request;
}

void handover_reset(void)
{
	set(&handover.waiting, false);
	set(&handover.given, false);
	set(&handover.claimed, false);
}

static bool boot_cpu_comes(void)
{
	uint64_t end = clock_us() + COMING_US;

	while (!is_set(&handover.waiting) && clock_us() < end)
		clock_wait_us(NMI_US);
	return is_set(&handover.waiting);
}

/*
 * An NMI that comes between the look at the flag and the HLT is lost, so it is sent again and again.
 */
bool handover_give(const struct request *request)
{
	if (__atomic_exchange_n(&handover.claimed, true, __ATOMIC_ACQ_REL))
		cpu_stop();
	if (!boot_cpu_comes()) {
		set(&handover.claimed, false);
		return false;
	}
	handover.request = *request;
	set(&handover.given, true);
	while (is_set(&handover.given)) {
		lapic_send_nmi(gate_cpus.cpu[0].apic_id);
		clock_wait_us(NMI_US);
	}
	return true;
}
