// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_lapic.c - tests xAPIC and x2APIC mode on a fake CPU, which refuses the changes that a CPU
 * refuses (SDM volume 3, 11.12). In xAPIC mode the registers are a page of the test's own memory.
 */
#include "arch/x86/interrupt/lapic.h"
#include <stddef.h>
#include <string.h>
#include "arch/x86/cpu/msr.h"
#include "arch/x86/time/clock.h"
#include "cmocka.h"
#include "fake/fake_cpu.h"

enum { DISABLED = 0, XAPIC = 2, INVALID = 1, X2APIC = 3 }; /* bits 11 and 10 of IA32_APIC_BASE */

#define MODE_SHIFT	  10
#define REGISTERS	  1024 /* 32-bit words */
#define X2APIC_TPR	  0x808
#define X2APIC_LDR	  0x80d
#define X2APIC_DFR	  0x80e
#define X2APIC_ICR	  0x830
#define X2APIC_LVT_TIMER  0x832
#define X2APIC_LINT0	  0x835
#define X2APIC_LINT1	  0x836
#define X2APIC_IRR	  0x820
#define X2APIC_INITIAL	  0x838
#define X2APIC_CURRENT	  0x839
#define X2APIC_DIVIDE	  0x83e
#define VERSION_ALL_LVTS  0x00060015 /* highest LVT entry: 6 */
#define TIMER_ONESHOT	  (0u << 17)
#define TIMER_DEADLINE	  (2u << 17)
#define TIMER_PERIODIC	  (1u << 17)
#define EXTINT		  0x700u
#define LVT_NMI		  0x400u
#define ICR_SELF_FIXED	  0x44000u
#define ICR_INIT_OTHERS	  0xc4500u
#define ICR_FIXED	  0x4000u
#define ICR_LOGICAL	  0x0800u
#define ICR_INIT	  0x4500u
#define ICR_NMI		  0x4400u
#define CAP_XAPIC_DISABLE (1ull << 21)

static uint32_t page[REGISTERS] __attribute__((aligned(4096)));
static bool locked;
static uint64_t now, late; /* us; how much passes between two looks at the clock */

uint64_t clock_us(void)
{
	return now += late;
}

void clock_wait_us(uint32_t us)
{
	now += us;
}

static unsigned int mode_of(uint64_t base)
{
	return base >> MODE_SHIFT & 3;
}

static uint64_t base_in(unsigned int mode)
{
	return (uint64_t)page | (uint64_t)mode << MODE_SHIFT | APIC_BASE_BSP;
}

/* SDM volume 3, figure 11-27, and 11.12.1.2 for values that can't be written. */
static bool allows(uint32_t msr, uint64_t from, uint64_t to)
{
	unsigned int old = mode_of(from), new = mode_of(to);

	if (msr == MSR_APIC_BASE) {
		if (locked && old == X2APIC && new != X2APIC)
			return false;
		return new != INVALID && !(old == DISABLED && new == X2APIC) &&
		       !(old == X2APIC && new == XAPIC);
	}
	if (msr >= MSR_X2APIC_BASE && msr < MSR_X2APIC_BASE + 0x40)
		return mode_of(fake_msr_value(MSR_APIC_BASE)) == X2APIC && msr != X2APIC_LDR;
	return true;
}

static void start_in(unsigned int mode)
{
	static const uint16_t x2apic[] = {0x802, 0x803, 0x808, 0x80a, 0x80b, 0x80d, 0x80f,
					  0x828, 0x82f, 0x830, 0x832, 0x833, 0x834, 0x835,
					  0x836, 0x837, 0x838, 0x839, 0x83e};

	fake_cpu_reset();
	fake_cpu.allows = allows;
	locked = false;
	late = 1;
	memset(page, 0, sizeof(page));
	page[0x30 / 4] = VERSION_ALL_LVTS;
	for (unsigned int i = 0; i < sizeof(x2apic) / sizeof(x2apic[0]); i++)
		fake_msr(x2apic[i], 0);
	for (unsigned int i = 0; i < 8; i++) { /* TMR, IRR */
		fake_msr(0x818 + i, 0);
		fake_msr(0x820 + i, 0);
	}
	fake_msr(0x803, VERSION_ALL_LVTS);
	fake_msr(MSR_TSC_DEADLINE, 0);
	fake_msr(MSR_APIC_BASE, base_in(mode));
}

static void lock_in_x2apic(void)
{
	fake_cpuid(CPUID_VENDOR, 0, (struct cpuid){.eax = CPUID_STRUCTURED});
	fake_cpuid(CPUID_STRUCTURED, 0, (struct cpuid){.edx = CPUID_7_EDX_ARCH_CAPABILITIES});
	fake_msr(MSR_ARCH_CAPABILITIES, CAP_XAPIC_DISABLE);
	fake_msr(MSR_XAPIC_DISABLE_STATUS, 1);
	locked = true;
}

/* Returns how often msr was written. *last becomes the number of the last event. */
static unsigned int writes(uint32_t msr, unsigned int *last)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < fake_cpu.event_count; i++) {
		if (fake_cpu.event[i].kind != FAKE_WRMSR || fake_cpu.event[i].msr != msr)
			continue;
		count++;
		*last = i;
	}
	return count;
}

/* The fake CPU fails the test at a change that it refuses. */
static void test_every_change_of_mode(void **unused)
{
	static const unsigned int modes[] = {DISABLED, XAPIC, X2APIC};

	(void)unused;
	for (unsigned int i = 0; i < 9; i++) {
		struct lapic_state state = {.apic_base = 0};

		start_in(modes[i / 3]);
		state.apic_base = base_in(modes[i % 3]);
		lapic_restore(&state, NULL);
		assert_int_equal(fake_msr_value(MSR_APIC_BASE), state.apic_base);
	}
}

static void test_same_mode_is_not_written(void **unused)
{
	struct lapic_state state;
	unsigned int last;

	(void)unused;
	start_in(X2APIC);
	lapic_save(&state);
	lapic_restore(&state, NULL);
	assert_int_equal(writes(MSR_APIC_BASE, &last), 0);
}

static void test_x2apic_state_comes_back(void **unused)
{
	static const uint16_t kept[] = {0x808, 0x80f, 0x82f, 0x832, 0x833,
					0x834, 0x835, 0x836, 0x837, 0x83e};
	struct lapic_state state;

	(void)unused;
	start_in(X2APIC);
	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		fake_msr(kept[i], 0x10 + i);
	memset(&state, 0xaa, sizeof(state));
	lapic_save(&state);
	assert_int_equal(fake_cpu.event_count, 0);
	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		fake_msr(kept[i], 0);
	lapic_restore(&state, NULL);
	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		assert_int_equal(fake_msr_value(kept[i]), 0x10 + i);
}

/* The fake CPU has no DFR in x2APIC mode, so an access to it fails the test. */
static void test_xapic_state_comes_back(void **unused)
{
	static const uint16_t kept[] = {0x080, 0x0d0, 0x0e0, 0x0f0, 0x2f0, 0x320,
					0x330, 0x340, 0x350, 0x360, 0x370, 0x3e0};
	struct lapic_state state;

	(void)unused;
	start_in(XAPIC);
	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		page[kept[i] / 4] = 0x10 + i;
	memset(&state, 0xaa, sizeof(state));
	lapic_save(&state);
	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		page[kept[i] / 4] = 0;
	lapic_restore(&state, NULL);
	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		assert_int_equal(page[kept[i] / 4], 0x10 + i);
}

/* Each interrupt takes one 64-bit write, and no register for the destination. */
static void test_x2apic_sends_what_was_pending(void **unused)
{
	struct lapic_state state;
	unsigned int last = 0;

	(void)unused;
	start_in(X2APIC);
	lapic_save(&state);
	state.pending[0xec / 32] = 1u << 0xec % 32;
	lapic_restore(&state, NULL);
	assert_int_equal(writes(X2APIC_ICR, &last), 1);
	assert_int_equal(fake_cpu.event[last].value, ICR_SELF_FIXED | 0xec);
}

static void test_x2apic_init_to_all_others(void **unused)
{
	unsigned int last = 0;

	(void)unused;
	start_in(X2APIC);
	lapic_init_others();
	assert_int_equal(writes(X2APIC_ICR, &last), 1);
	assert_int_equal(fake_cpu.event[last].value, ICR_INIT_OTHERS);
}

static void test_x2apic_one_cpu(void **unused)
{
	unsigned int last = 0;

	(void)unused;
	start_in(X2APIC);
	lapic_send_nmi(0x123);
	assert_int_equal(writes(X2APIC_ICR, &last), 1);
	assert_int_equal(fake_cpu.event[last].value, ICR_NMI | 0x123ull << 32);
	lapic_send_init(0x45);
	assert_int_equal(writes(X2APIC_ICR, &last), 2);
	assert_int_equal(fake_cpu.event[last].value, ICR_INIT | 0x45ull << 32);
}

/* The deadline is written after the mode, or the CPU drops it. A past deadline fires at once. */
static void test_deadline(void **unused)
{
	struct lapic_state state;
	unsigned int mode = 0, deadline = 0, last;

	(void)unused;
	start_in(X2APIC);
	fake_msr(X2APIC_LVT_TIMER, TIMER_DEADLINE | 0xec);
	fake_msr(MSR_TSC_DEADLINE, 12345);
	lapic_save(&state);
	fake_msr(X2APIC_LVT_TIMER, 0);
	fake_msr(MSR_TSC_DEADLINE, 0);
	lapic_restore(&state, NULL);
	assert_int_equal(writes(X2APIC_LVT_TIMER, &mode), 1);
	assert_int_equal(writes(MSR_TSC_DEADLINE, &deadline), 1);
	assert_int_equal(fake_cpu.event[deadline].value, 12345);
	assert_true(mode < deadline);
	assert_int_equal(writes(X2APIC_INITIAL, &last), 0);
}

/* The other timer modes restore the count, and no deadline. */
static void test_periodic_timer(void **unused)
{
	struct lapic_state state;
	unsigned int last;

	(void)unused;
	start_in(X2APIC);
	fake_msr(X2APIC_LVT_TIMER, TIMER_PERIODIC | 0xec);
	fake_msr(X2APIC_INITIAL, 1000);
	lapic_save(&state);
	fake_msr(X2APIC_INITIAL, 0);
	lapic_restore(&state, NULL);
	assert_int_equal(fake_msr_value(X2APIC_INITIAL), 1000);
	assert_int_equal(writes(MSR_TSC_DEADLINE, &last), 0);
}

/* The timer runs out between save and drain. Its interrupt is kept, and is sent again once. */
static void run_out(struct lapic_state *state, uint32_t mode)
{
	start_in(X2APIC);
	fake_msr(X2APIC_LVT_TIMER, mode | 0xec);
	fake_msr(X2APIC_CURRENT, 500);
	fake_msr(MSR_TSC_DEADLINE, mode == TIMER_DEADLINE ? 12345 : 0);
	lapic_save(state);
	fake_msr(X2APIC_CURRENT, 0);
	fake_msr(MSR_TSC_DEADLINE, 0);
	fake_msr(X2APIC_IRR + 0xec / 32, 1u << 0xec % 32);
	lapic_drain(state);
	lapic_restore(state, NULL);
}

static void test_a_one_shot_timer_fires_once(void **unused)
{
	struct lapic_state state;
	unsigned int last;

	(void)unused;
	run_out(&state, TIMER_ONESHOT);
	assert_int_equal(writes(X2APIC_ICR, &last), 1);
	assert_int_equal(fake_msr_value(X2APIC_INITIAL), 0);
}

/* A timer has run out before the save. Its interrupt has not come yet. Returns how often it is sent. */
static unsigned int sent_late(uint32_t mode)
{
	struct lapic_state state;
	unsigned int last;

	start_in(X2APIC);
	fake_msr(X2APIC_LVT_TIMER, mode | 0xec);
	fake_msr(X2APIC_INITIAL, 1000);
	fake_msr(X2APIC_CURRENT, 0);
	lapic_save(&state);
	lapic_drain(&state);
	lapic_restore(&state, NULL);
	return writes(X2APIC_ICR, &last);
}

static void test_a_late_one_shot_timer_is_not_lost(void **unused)
{
	(void)unused;
	assert_int_equal(sent_late(TIMER_ONESHOT), 1);
	assert_int_equal(sent_late(TIMER_ONESHOT | 0x10000), 0); /* masked */
	assert_int_equal(sent_late(TIMER_PERIODIC), 0);
	assert_int_equal(sent_late(TIMER_DEADLINE), 0);
}

static void test_a_deadline_fires_once(void **unused)
{
	struct lapic_state state;
	unsigned int last;

	(void)unused;
	run_out(&state, TIMER_DEADLINE);
	assert_int_equal(writes(X2APIC_ICR, &last), 1);
	assert_int_equal(fake_msr_value(MSR_TSC_DEADLINE), 0);
}

/* A hypervisor lets another guest run. What is pending must not stay for the next slot. */
static void test_drained_by_a_cpu_that_does_not_run_all_the_time(void **unused)
{
	struct lapic_state state;

	(void)unused;
	start_in(X2APIC);
	late = 1000000;
	fake_msr(X2APIC_IRR + 0x51 / 32, 1u << 0x51 % 32);
	lapic_save(&state);
	lapic_drain(&state);
	assert_int_equal(fake_msr_value(X2APIC_IRR + 0x51 / 32), 0);
	assert_int_equal(state.pending[0x51 / 32], 1u << 0x51 % 32);
}

/* A timer that has not run out goes on with the rest of its count. */
static void test_a_one_shot_timer_goes_on(void **unused)
{
	struct lapic_state state;

	(void)unused;
	start_in(X2APIC);
	fake_msr(X2APIC_LVT_TIMER, TIMER_ONESHOT | 0xec);
	fake_msr(X2APIC_CURRENT, 500);
	lapic_save(&state);
	lapic_drain(&state);
	lapic_restore(&state, NULL);
	assert_int_equal(fake_msr_value(X2APIC_INITIAL), 500);
}

/* Goes to virtual wire mode. Firmware had the CPU in mode `firmware`, and a kernel in `kernel`. */
static void quiet_after(unsigned int firmware, unsigned int kernel)
{
	start_in(firmware);
	lapic_keep_firmware();
	fake_msr(MSR_APIC_BASE, base_in(kernel));
	fake_msr(X2APIC_LVT_TIMER, TIMER_PERIODIC | 0xec);
}

static void test_back_to_firmwares_xapic(void **unused)
{
	(void)unused;
	quiet_after(XAPIC, X2APIC);
	lapic_virtual_wire(NULL);
	assert_int_equal(mode_of(fake_msr_value(MSR_APIC_BASE)), XAPIC);
	assert_int_equal(page[0x350 / 4], EXTINT);
	assert_int_equal(page[0x360 / 4], LVT_NMI);
	assert_int_equal(page[0x0e0 / 4], 0xffffffff);
}

/* The monitor needs a local APIC, so it enables one that firmware has disabled. */
static void test_disabled_becomes_xapic(void **unused)
{
	(void)unused;
	quiet_after(DISABLED, X2APIC);
	lapic_virtual_wire(NULL);
	assert_int_equal(mode_of(fake_msr_value(MSR_APIC_BASE)), XAPIC);
}

static void assert_x2apic_virtual_wire(void)
{
	assert_int_equal(mode_of(fake_msr_value(MSR_APIC_BASE)), X2APIC);
	assert_int_equal(fake_msr_value(X2APIC_LINT0), EXTINT);
	assert_int_equal(fake_msr_value(X2APIC_LINT1), LVT_NMI);
	assert_int_equal(fake_msr_value(X2APIC_LVT_TIMER), 0x10000);
}

static void test_back_to_firmwares_x2apic(void **unused)
{
	static const unsigned int modes[] = {DISABLED, XAPIC, X2APIC};

	(void)unused;
	for (unsigned int i = 0; i < 3; i++) {
		quiet_after(X2APIC, modes[i]);
		lapic_virtual_wire(NULL);
		assert_x2apic_virtual_wire();
	}
}

/* A kernel went to x2APIC mode, and the CPU can't leave that mode. */
static void test_locked_in_x2apic(void **unused)
{
	(void)unused;
	quiet_after(XAPIC, X2APIC);
	lock_in_x2apic();
	lapic_virtual_wire(NULL);
	assert_x2apic_virtual_wire();
}

/* A register that has its value already is not written: only one entry is unmasked here. */
static void test_only_what_differs_is_written(void **unused)
{
	struct lapic_state state;
	unsigned int last = 0;

	(void)unused;
	start_in(X2APIC);
	lapic_keep_firmware();
	lapic_virtual_wire(NULL);
	fake_msr(X2APIC_LVT_TIMER, TIMER_PERIODIC | 0xec);
	fake_cpu.event_count = 0;
	lapic_save(&state);
	lapic_drain(&state);
	lapic_virtual_wire(&state);
	assert_x2apic_virtual_wire();
	lapic_restore(&state, NULL);
	assert_int_equal(fake_msr_value(X2APIC_LVT_TIMER), TIMER_PERIODIC | 0xec);
	assert_int_equal(writes(X2APIC_LVT_TIMER, &last), 3);
	assert_int_equal(writes(X2APIC_LINT0, &last), 2); /* masked, and unmasked */
	assert_int_equal(writes(X2APIC_LVT_TIMER + 1, &last), 0);
	assert_int_equal(writes(MSR_APIC_BASE, &last), 0);
}

/* From one slot's drained registers to another's, without virtual wire mode. */
static void test_from_slot_to_slot(void **unused)
{
	struct lapic_state state, other;
	unsigned int last = 0;

	(void)unused;
	start_in(X2APIC);
	fake_msr(X2APIC_LVT_TIMER, TIMER_ONESHOT | 0xec);
	fake_msr(X2APIC_CURRENT, 500);
	fake_msr(X2APIC_DIVIDE, 3);
	lapic_save(&state);
	fake_msr(X2APIC_LVT_TIMER, TIMER_PERIODIC | 0x31);
	fake_msr(X2APIC_INITIAL, 1000);
	fake_msr(X2APIC_DIVIDE, 0xb);
	fake_msr(X2APIC_TPR, 0x20);
	lapic_save(&other);
	lapic_drain(&other);
	fake_cpu.event_count = 0;
	lapic_restore(&state, &other);
	assert_int_equal(fake_msr_value(X2APIC_LVT_TIMER), TIMER_ONESHOT | 0xec);
	assert_int_equal(fake_msr_value(X2APIC_INITIAL), 500);
	assert_int_equal(fake_msr_value(X2APIC_DIVIDE), 3);
	assert_int_equal(fake_msr_value(X2APIC_TPR), 0);
	assert_int_equal(writes(X2APIC_LINT0, &last), 1); /* it was masked */
	lapic_drain(&state);
	lapic_restore(&other, &state);
	assert_int_equal(fake_msr_value(X2APIC_LVT_TIMER), TIMER_PERIODIC | 0x31);
	assert_int_equal(fake_msr_value(X2APIC_INITIAL), 1000);
	assert_int_equal(fake_msr_value(X2APIC_TPR), 0x20);
	fake_cpu.event_count = 0;
	state.current = 0;
	lapic_drain(&other);
	lapic_restore(&state, &other); /* no count: the other slot's timer is stopped */
	assert_int_equal(fake_msr_value(X2APIC_INITIAL), 0);
	assert_int_equal(writes(MSR_APIC_BASE, &last), 0);
}

/* A message "to the lowest priority" becomes one to all CPUs that it names. */
static void test_x2apic_messages(void **unused)
{
	unsigned int last = 0;

	(void)unused;
	start_in(X2APIC);
	lapic_send_message(0xfee45000, 0x4131);
	assert_int_equal(fake_cpu.event[fake_cpu.event_count - 1].value,
			 ICR_FIXED | 0x31 | 0x45ull << 32);
	lapic_send_message(0xfee0300c, 0x4032);
	assert_int_equal(writes(X2APIC_ICR, &last), 2);
	assert_int_equal(fake_cpu.event[last].value, ICR_FIXED | ICR_LOGICAL | 0x32 | 3ull << 32);
}

/* Firmware's state is the boot CPU's. A CPU that gets the same state is not the boot CPU after that. */
static void test_the_flag_of_the_boot_cpu_stays(void **unused)
{
	(void)unused;
	start_in(XAPIC);
	lapic_keep_firmware();
	fake_msr(MSR_APIC_BASE, base_in(X2APIC) & ~APIC_BASE_BSP);
	lapic_virtual_wire(NULL);
	assert_int_equal(mode_of(fake_msr_value(MSR_APIC_BASE)), XAPIC);
	assert_false(lapic_is_boot_cpu());
	fake_msr(MSR_APIC_BASE, base_in(X2APIC));
	lapic_virtual_wire(NULL);
	assert_true(lapic_is_boot_cpu());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_change_of_mode),
		cmocka_unit_test(test_same_mode_is_not_written),
		cmocka_unit_test(test_x2apic_state_comes_back),
		cmocka_unit_test(test_xapic_state_comes_back),
		cmocka_unit_test(test_x2apic_sends_what_was_pending),
		cmocka_unit_test(test_x2apic_init_to_all_others),
		cmocka_unit_test(test_x2apic_one_cpu),
		cmocka_unit_test(test_x2apic_messages),
		cmocka_unit_test(test_the_flag_of_the_boot_cpu_stays),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_periodic_timer),
		cmocka_unit_test(test_a_one_shot_timer_fires_once),
		cmocka_unit_test(test_a_late_one_shot_timer_is_not_lost),
		cmocka_unit_test(test_a_deadline_fires_once),
		cmocka_unit_test(test_a_one_shot_timer_goes_on),
		cmocka_unit_test(test_drained_by_a_cpu_that_does_not_run_all_the_time),
		cmocka_unit_test(test_back_to_firmwares_xapic),
		cmocka_unit_test(test_disabled_becomes_xapic),
		cmocka_unit_test(test_back_to_firmwares_x2apic),
		cmocka_unit_test(test_locked_in_x2apic),
		cmocka_unit_test(test_only_what_differs_is_written),
		cmocka_unit_test(test_from_slot_to_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
