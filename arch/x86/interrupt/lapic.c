// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/interrupt/lapic.h"
#include <stddef.h>
#include "arch/x86/time/clock.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/io.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/interrupt/message.h"

/* Register offsets: SDM volume 3, table 11-1. */
enum {
	LAPIC_ID = 0x020,
	LAPIC_VERSION = 0x030,
	LAPIC_TPR = 0x080,
	LAPIC_PPR = 0x0a0,
	LAPIC_EOI = 0x0b0,
	LAPIC_LDR = 0x0d0,
	LAPIC_DFR = 0x0e0,
	LAPIC_SVR = 0x0f0,
	LAPIC_TMR = 0x180,
	LAPIC_IRR = 0x200,
	LAPIC_ESR = 0x280,
	LAPIC_LVT_CMCI = 0x2f0,
	LAPIC_ICR = 0x300,
	LAPIC_ICR_HIGH = 0x310,
	LAPIC_LVT_TIMER = 0x320,
	LAPIC_LVT_THERMAL = 0x330,
	LAPIC_LVT_PERF = 0x340,
	LAPIC_LVT_LINT0 = 0x350,
	LAPIC_LVT_LINT1 = 0x360,
	LAPIC_LVT_ERROR = 0x370,
	LAPIC_TIMER_INITIAL = 0x380,
	LAPIC_TIMER_CURRENT = 0x390,
	LAPIC_TIMER_DIVIDE = 0x3e0,
};

#define SVR_ENABLE		 (1u << 8)
#define SVR_SPURIOUS_0xFF	 0xffu
#define LVT_MASKED		 (1u << 16)
#define LVT_EXTINT		 (7u << 8)
#define LVT_NMI			 (4u << 8)
#define LVT_TIMER_MODE		 (3u << 17)
#define LVT_TIMER_ONESHOT	 (0u << 17)
#define LVT_TIMER_DEADLINE	 (2u << 17)
#define DFR_FLAT		 0xffffffffu
#define ICR_FIXED		 (0u << 8)
#define ICR_LOWEST		 (1u << 8)
#define ICR_NMI			 (4u << 8)
#define ICR_INIT		 (5u << 8)
#define ICR_START		 (6u << 8)
#define ICR_PENDING		 (1u << 12)
#define ICR_ASSERT		 (1u << 14)
#define ICR_SELF		 (1u << 18)
#define ICR_LOGICAL		 (1u << 11)
#define ICR_ALL_OTHERS		 (3u << 18)
#define ICR_SHORTHAND		 (3u << 18)
#define VERSION_MAX_LVT(version) ((version) >> 16 & 0xff)
#define FIRST_VECTOR		 32
#define PRIORITY_CLASS(vector)	 ((vector)&0xf0u)

#define ICR_WAIT_US		 1000
#define INIT_SETTLE_US		 200
#define DRAIN_WAIT_US		 1000
#define DRAIN_TRIES		 100

/* SDM volume 4: IA32_ARCH_CAPABILITIES, IA32_XAPIC_DISABLE_STATUS. */
#define ARCH_CAP_XAPIC_DISABLE (1ull << 21)
#define LEGACY_XAPIC_DISABLED  (1ull << 0)

/* IA32_APIC_BASE as firmware left it. */
static uint64_t firmware_base;

/* Where entries are in lapic_state.lvt. */
#define LVT_TIMER 0
#define LVT_LINT0 1
#define LVT_LINT1 2

/*
 * In the order of lapic_state.lvt. Entries that a CPU lacks (by its highest LVT entry) are skipped.
 */
static const struct {
	uint16_t offset;
	uint8_t needs_max_lvt;
} lvts[LAPIC_LVT_COUNT] = {
	{LAPIC_LVT_TIMER, 0}, {LAPIC_LVT_LINT0, 0},   {LAPIC_LVT_LINT1, 0}, {LAPIC_LVT_ERROR, 3},
	{LAPIC_LVT_PERF, 4},  {LAPIC_LVT_THERMAL, 5}, {LAPIC_LVT_CMCI, 6},
};

static bool x2apic(void)
{
	return rdmsr(MSR_APIC_BASE) & APIC_BASE_EXTD;
}

static uint64_t mmio(uint32_t offset)
{
	return (rdmsr(MSR_APIC_BASE) & APIC_BASE_ADDRESS) + offset;
}

static uint32_t lapic_read(uint32_t offset)
{
	if (x2apic())
		return (uint32_t)rdmsr(MSR_X2APIC_BASE + offset / 16);
	return mmio_read32(mmio(offset));
}

static void lapic_write(uint32_t offset, uint32_t value)
{
	if (x2apic())
		wrmsr(MSR_X2APIC_BASE + offset / 16, value);
	else
		mmio_write32(mmio(offset), value);
}

static bool enabled(uint64_t apic_base)
{
	return apic_base & APIC_BASE_ENABLE;
}

/* How many of the entries in lvts[] the local APICs of this machine have. */
static unsigned int lvt_count(void)
{
	static unsigned int count;
	uint32_t max_lvt;

	if (count)
		return count;
	max_lvt = VERSION_MAX_LVT(lapic_read(LAPIC_VERSION));
	while (count < LAPIC_LVT_COUNT && max_lvt >= lvts[count].needs_max_lvt)
		count++;
	return count;
}

void lapic_save(struct lapic_state *state)
{
	state->apic_base = rdmsr(MSR_APIC_BASE);
	for (unsigned int i = 0; i < 8; i++)
		state->pending[i] = 0;
	if (!enabled(state->apic_base))
		return;
	state->tpr = lapic_read(LAPIC_TPR);
	if (!x2apic()) { /* read-only there */
		state->ldr = lapic_read(LAPIC_LDR);
		state->dfr = lapic_read(LAPIC_DFR);
	}
	state->svr = lapic_read(LAPIC_SVR);
	for (unsigned int i = 0, count = lvt_count(); i < count; i++)
		state->lvt[i] = lapic_read(lvts[i].offset);
	state->divide = lapic_read(LAPIC_TIMER_DIVIDE);
	state->initial = lapic_read(LAPIC_TIMER_INITIAL);
	state->current = lapic_read(LAPIC_TIMER_CURRENT);
	state->deadline_valid = rdmsr_safe(MSR_TSC_DEADLINE, &state->deadline);
}

/* CPUs of 2022 and later can be locked in x2APIC mode. Then an attempt to leave it raises #GP. */
static bool locked_in_x2apic(void)
{
	if (cpuid(CPUID_VENDOR, 0).eax < CPUID_STRUCTURED ||
	    !(cpuid(CPUID_STRUCTURED, 0).edx & CPUID_7_EDX_ARCH_CAPABILITIES) ||
	    !(rdmsr(MSR_ARCH_CAPABILITIES) & ARCH_CAP_XAPIC_DISABLE))
		return false;
	return rdmsr(MSR_XAPIC_DISABLE_STATUS) & LEGACY_XAPIC_DISABLED;
}

/*
 * Changes the mode. The only way from x2APIC to xAPIC leads through "disabled", and the only way
 * from "disabled" to x2APIC leads through xAPIC (SDM volume 3, 11.12.5). The flag that tells the
 * boot CPU stays as it is.
 */
static void set_mode(uint64_t wanted)
{
	const uint64_t both = APIC_BASE_ENABLE | APIC_BASE_EXTD;
	uint64_t now = rdmsr(MSR_APIC_BASE);

	wanted = (wanted & ~APIC_BASE_BSP) | (now & APIC_BASE_BSP);
	if ((now & both) == both && (wanted & both) != both) {
		if (locked_in_x2apic())
			return;
		wrmsr(MSR_APIC_BASE, now & ~both);
	} else if (!(now & APIC_BASE_ENABLE) && (wanted & both) == both) {
		wrmsr(MSR_APIC_BASE, wanted & ~APIC_BASE_EXTD);
	}
	if (rdmsr(MSR_APIC_BASE) != wanted)
		wrmsr(MSR_APIC_BASE, wanted);
}

/*
 * A one-shot timer goes on from the count that it had. A periodic one starts a new period. A
 * deadline that has passed meanwhile fires at once, as it should. off: the timer is stopped
 * already.
 */
static void timer_restore(const struct lapic_state *state, bool off)
{
	uint32_t mode = state->lvt[LVT_TIMER] & LVT_TIMER_MODE;
	uint32_t count = mode == LVT_TIMER_ONESHOT ? state->current : state->initial;

	if (mode == LVT_TIMER_DEADLINE) {
		/* The mode must have arrived before the deadline (SDM volume 3, 11.5.4.1). */
		__asm__ volatile("mfence; lfence" : : : "memory");
		if (state->deadline_valid)
			wrmsr_safe(MSR_TSC_DEADLINE, state->deadline);
		return;
	}
	if (count || !off)
		lapic_write(LAPIC_TIMER_INITIAL, count);
}

static void icr_wait(void)
{
	uint64_t end = clock_us() + ICR_WAIT_US;

	if (x2apic())
		return; /* the bit does not exist there */
	while ((lapic_read(LAPIC_ICR) & ICR_PENDING) && clock_us() < end)
		cpu_pause();
}

/* A command with a shorthand ignores the CPU's APIC ID. */
static void send_ipi(uint32_t apic_id, uint32_t command)
{
	if (x2apic()) {
		wrmsr(MSR_X2APIC_BASE + LAPIC_ICR / 16, (uint64_t)apic_id << 32 | command);
		return;
	}
	icr_wait();
	if (!(command & ICR_SHORTHAND))
		lapic_write(LAPIC_ICR_HIGH, apic_id << 24);
	lapic_write(LAPIC_ICR, command);
	icr_wait();
}

static void pending_send(const struct lapic_state *state)
{
	for (uint32_t vector = FIRST_VECTOR; vector < 256; vector++)
		if (state->pending[vector / 32] & 1u << vector % 32)
			send_ipi(0, ICR_FIXED | ICR_ASSERT | ICR_SELF | vector);
}

/* The state in which firmware leaves the local APIC: virtual wire mode. */
static struct lapic_state wire_state(void)
{
	struct lapic_state wire = {
		.apic_base = (firmware_base & ~APIC_BASE_BSP) | APIC_BASE_ENABLE |
			     (rdmsr(MSR_APIC_BASE) & APIC_BASE_BSP),
		.dfr = DFR_FLAT,
		.svr = SVR_ENABLE | SVR_SPURIOUS_0xFF,
	};

	for (unsigned int i = 0; i < LAPIC_LVT_COUNT; i++)
		wire.lvt[i] = LVT_MASKED;
	wire.lvt[LVT_LINT0] = LVT_EXTINT;
	wire.lvt[LVT_LINT1] = LVT_NMI;
	return wire;
}

/*
 * Writes the registers that keep what is written to them, where they differ from those of now. now
 * is NULL if those are not known. A soft-disabled local APIC keeps every LVT entry masked, so it is
 * enabled.
 */
static void registers_write(const struct lapic_state *state, const struct lapic_state *now)
{
	if (!now || now->svr != (state->svr | SVR_ENABLE))
		lapic_write(LAPIC_SVR, state->svr | SVR_ENABLE);
	if (!x2apic()) { /* there is no DFR, and LDR is made from the ID */
		if (!now || now->dfr != state->dfr)
			lapic_write(LAPIC_DFR, state->dfr);
		if (!now || now->ldr != state->ldr)
			lapic_write(LAPIC_LDR, state->ldr);
	}
	for (unsigned int i = 0, count = lvt_count(); i < count; i++)
		if (!now || now->lvt[i] != state->lvt[i])
			lapic_write(lvts[i].offset, state->lvt[i]);
}

/* True if the task priority holds interrupts back. Linux has one that only holds back exceptions. */
static bool blocks(uint32_t tpr)
{
	return PRIORITY_CLASS(tpr) >= FIRST_VECTOR;
}

/* What lapic_drain() leaves in the registers. */
static struct lapic_state after_drain(const struct lapic_state *drained)
{
	struct lapic_state now = *drained;

	now.svr |= SVR_ENABLE;
	if (blocks(now.tpr))
		now.tpr = 0;
	for (unsigned int i = 0; i < LAPIC_LVT_COUNT; i++)
		now.lvt[i] |= LVT_MASKED;
	return now;
}

/* If it changes its mode, its registers are as after a reset. */
void lapic_restore(const struct lapic_state *state, const struct lapic_state *drained)
{
	struct lapic_state now = drained ? after_drain(drained) : wire_state();
	bool same_mode = state->apic_base == now.apic_base;

	set_mode(state->apic_base);
	if (!enabled(state->apic_base))
		return;
	registers_write(state, same_mode ? &now : NULL);
	if (!same_mode || !drained || now.divide != state->divide)
		lapic_write(LAPIC_TIMER_DIVIDE, state->divide);
	timer_restore(state, same_mode && !now.initial);
	if (state->tpr != now.tpr || !same_mode)
		lapic_write(LAPIC_TPR, state->tpr);
	pending_send(state);
	if (!(state->svr & SVR_ENABLE))
		lapic_write(LAPIC_SVR, state->svr);
}

/*
 * True if an interrupt waits. Vectors below 32 are ignored, because they can't be told from
 * exceptions.
 */
static bool any_waits(void)
{
	for (uint32_t i = FIRST_VECTOR / 32; i < 8; i++)
		if (lapic_read(LAPIC_IRR + i * 16))
			return true;
	return false;
}

/*
 * A kernel that panicked in an interrupt handler never ends that interrupt. An interrupt in service
 * blocks all of its priority and below, for the next kernel, too. TPR blocks none of them, so the
 * processor priority is that of the highest one (SDM volume 3, 11.8.3.1): one access instead of
 * seven.
 */
static void end_in_service(void)
{
	for (uint32_t vector = FIRST_VECTOR;
	     vector < 256 && PRIORITY_CLASS(lapic_read(LAPIC_PPR)) >= FIRST_VECTOR; vector++)
		lapic_eoi();
}

/*
 * The timer may have run out since lapic_save(). Then its interrupt is among those that wait (irr),
 * and it is sent again later. The timer itself must not bring it a second time. The LVT entry is
 * masked already, so no interrupt can arrive meanwhile. If the timer ran out after that, and
 * brought no interrupt, the saved state stays as it is.
 */
static void timer_settle(struct lapic_state *state, const uint32_t *irr)
{
	uint8_t vector = (uint8_t)state->lvt[LVT_TIMER];
	uint64_t deadline;

	if (!(irr[vector / 32] & 1u << vector % 32))
		return;
	if (!lapic_read(LAPIC_TIMER_CURRENT))
		state->current = 0;
	if (state->deadline_valid && rdmsr_safe(MSR_TSC_DEADLINE, &deadline) && !deadline)
		state->deadline = 0;
}

/* Masks the local sources. state has what they are. */
static void lvt_mask(const struct lapic_state *state)
{
	for (unsigned int i = 0, count = lvt_count(); i < count; i++)
		if (!(state->lvt[i] & LVT_MASKED))
			lapic_write(lvts[i].offset, state->lvt[i] | LVT_MASKED);
}

/*
 * A one-shot timer that has run out may not have brought its interrupt yet: an emulated one is
 * late, and then finds itself masked. So its interrupt is noted once more. A kernel takes it for
 * spurious, or finds that it has nothing to do yet.
 */
static void timer_raise(struct lapic_state *state)
{
	uint32_t timer = state->lvt[LVT_TIMER], vector = timer & 0xff;

	if (timer & LVT_MASKED || (timer & LVT_TIMER_MODE) != LVT_TIMER_ONESHOT ||
	    !state->initial || state->current)
		return;
	state->pending[vector / 32] |= 1u << vector % 32;
}

void lapic_drain(struct lapic_state *state)
{
	uint64_t end = clock_us() + DRAIN_WAIT_US;
	uint32_t irr[8] = {0};
	bool any = false;

	if (!enabled(rdmsr(MSR_APIC_BASE)))
		return;
	lvt_mask(state);
	for (uint32_t i = FIRST_VECTOR / 32; i < 8; i++) {
		irr[i] = lapic_read(LAPIC_IRR + i * 16);
		if (irr[i])
			state->pending[i] |= irr[i] & ~lapic_read(LAPIC_TMR + i * 16);
		any |= irr[i];
	}
	timer_settle(state, irr);
	timer_raise(state);
	if (!(state->svr & SVR_ENABLE)) /* otherwise it delivers none */
		lapic_write(LAPIC_SVR, state->svr | SVR_ENABLE);
	if (blocks(state->tpr))
		lapic_write(LAPIC_TPR, 0);
	end_in_service();
	/* A hypervisor may keep the CPU from running for longer than that. */
	for (uint32_t tries = 0; any && (tries < DRAIN_TRIES || clock_us() < end); tries++) {
		interrupts_take();
		any = any_waits();
	}
}

void lapic_keep_firmware(void)
{
	firmware_base = rdmsr(MSR_APIC_BASE);
}

void lapic_virtual_wire(const struct lapic_state *drained)
{
	struct lapic_state wire = wire_state(), now;
	bool known = drained && drained->apic_base == wire.apic_base;

	if (known)
		now = after_drain(drained);
	set_mode(wire.apic_base);
	registers_write(&wire, known ? &now : NULL);
	if (!known || now.tpr)
		lapic_write(LAPIC_TPR, 0);
	if (!known || drained->initial)
		lapic_write(LAPIC_TIMER_INITIAL, 0);
	lapic_write(LAPIC_ESR, 0);
}

void lapic_init_others(void)
{
	/*
	 * SDM volume 3, 9.4.4.1. It is an edge-triggered assert. The de-assert of old APICs is not
	 * needed.
	 */
#ifndef TEST_LEAVE_OTHER_CPUS /* tests/system/monitor/test_other_cpus.py: the tests must see the \
				 difference */
	send_ipi(0, ICR_INIT | ICR_ASSERT | ICR_ALL_OTHERS);
#endif
	clock_wait_us(INIT_SETTLE_US);
}

void lapic_send_init(uint32_t apic_id)
{
	send_ipi(apic_id, ICR_INIT | ICR_ASSERT);
	clock_wait_us(INIT_SETTLE_US);
}

void lapic_send_start(uint32_t apic_id, uint32_t page)
{
	send_ipi(apic_id, ICR_START | ICR_ASSERT | page >> 12);
}

void lapic_send_nmi(uint32_t apic_id)
{
	send_ipi(apic_id, ICR_NMI | ICR_ASSERT);
}

void lapic_send_message(uint32_t address, uint32_t data)
{
	uint32_t logical = address & MESSAGE_LOGICAL ? ICR_LOGICAL : 0;
	uint32_t what = MESSAGE_WHAT(data);

	if (MESSAGE_MODE(what) == MESSAGE_MODE_LOWEST)
		what ^= ICR_LOWEST;
	send_ipi(MESSAGE_TARGET(address), ICR_ASSERT | logical | what);
}

bool lapic_is_boot_cpu(void)
{
	return rdmsr(MSR_APIC_BASE) & APIC_BASE_BSP;
}

uint32_t lapic_id(void)
{
	uint32_t id = lapic_read(LAPIC_ID);

	return x2apic() ? id : id >> 24;
}

void lapic_eoi(void)
{
	lapic_write(LAPIC_EOI, 0);
}
