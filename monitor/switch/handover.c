// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/switch/handover.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/time/clock.h"

#define COMING_US 1000000  /* the boot CPU must be here within this time */
#define TAKING_US 10000000 /* if it is here, it must have the request within this time */
#define NMI_US	  1000	   /* between two NMIs for it */

/* Both CPUs change it by compare-and-swap only, so they agree on what has become of the request. */
enum progress {
	IDLE,	 /* the boot CPU is not here */
	WAITING, /* it waits for a request */
	GIVEN,	 /* there is a request for it */
	TAKEN,	 /* it has the request */
	LOST,	 /* it took too long, and the other CPU goes on without it */
};

static struct {
	uint32_t progress;
	bool claimed; /* a CPU has a request */
	struct request request;
} handover;

static enum progress now(void)
{
	return (enum progress)__atomic_load_n(&handover.progress, __ATOMIC_ACQUIRE);
}

static bool advance(uint32_t from, enum progress to)
{
	return __atomic_compare_exchange_n(&handover.progress, &from, to, false, __ATOMIC_ACQ_REL,
					   __ATOMIC_ACQUIRE);
}

bool handover_wait(struct request *request)
{
	if (!advance(IDLE, WAITING))
		return false;
	while (now() == WAITING)
		cpu_halt(); /* an NMI ends it */
	*request = handover.request;
	return advance(GIVEN, TAKEN);
}

void handover_reset(void)
{
	__atomic_store_n(&handover.progress, IDLE, __ATOMIC_RELEASE);
	__atomic_store_n(&handover.claimed, false, __ATOMIC_RELEASE);
}

/* False if the boot CPU does not come. */
static bool give(void)
{
	uint64_t end = clock_us() + COMING_US;

	while (!advance(WAITING, GIVEN)) {
		if (clock_us() >= end && advance(IDLE, LOST))
			return false;
		clock_wait_us(NMI_US);
	}
	return true;
}

/*
 * An NMI that comes between the look at the progress and the HLT is lost, so it is sent again and
 * again.
 */
static bool wake_boot_cpu(void)
{
	uint64_t end = clock_us() + TAKING_US;

	while (now() == GIVEN) {
		if (clock_us() >= end && advance(GIVEN, LOST))
			return false;
		lapic_send_nmi(gate_cpus.cpu[0].apic_id);
		clock_wait_us(NMI_US);
	}
	return true;
}

/* claimed stays, so that nobody else gives. */
bool handover_give(const struct request *request)
{
	if (__atomic_exchange_n(&handover.claimed, true, __ATOMIC_ACQ_REL))
		return true;
	handover.request = *request;
	return give() && wake_boot_cpu();
}
