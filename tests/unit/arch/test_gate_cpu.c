// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the gate's table of CPUs: the boot CPU comes first, and no CPU is there twice. */
#include <string.h>
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/gate/gate_cpu.h"
#include "cmocka.h"
#include "fake/fake_cpu.h"
#include "guest/linux/switchyard.h"

static struct other_cpu memory[GATE_MAX_CPUS + 1];

/* Replaces the function that builds tables. The stack tells where they lie. */
struct gate_cpu descriptors_of(struct other_cpu *other)
{
	return (struct gate_cpu){.stack = (uint64_t)other};
}

static void start(uint32_t max_leaf, struct cpuid topology)
{
	static const struct gate_cpu tables = {.stack = 42};

	memset(&gate_cpus, 0, sizeof(gate_cpus));
	fake_cpu_reset();
	fake_cpuid(CPUID_VENDOR, 0, (struct cpuid){.eax = max_leaf});
	fake_cpuid(CPUID_FEATURES, 0, (struct cpuid){.ebx = 0x02000800});
	fake_cpuid(CPUID_TOPOLOGY, 0, topology);
	gate_cpu_set_boot(&tables);
	assert_int_equal(gate_cpus.count, 1);
	assert_int_equal(gate_cpus.cpu[0].stack, 42);
}

static void where_the_id_comes_from(void **state)
{
	(void)state;
	start(CPUID_TOPOLOGY, (struct cpuid){.ebx = 1, .edx = 0x102});
	assert_int_equal(gate_cpus.id_leaf, CPUID_TOPOLOGY);
	assert_int_equal(gate_cpus.cpu[0].apic_id, 0x102);
	start(CPUID_TOPOLOGY, (struct cpuid){0}); /* the leaf is empty */
	assert_int_equal(gate_cpus.id_leaf, CPUID_FEATURES);
	assert_int_equal(gate_cpus.cpu[0].apic_id, 2);
	start(CPUID_TOPOLOGY - 1, (struct cpuid){.ebx = 1, .edx = 0x102}); /* it does not exist */
	assert_int_equal(gate_cpus.cpu[0].apic_id, 2);
}

static void others_in_their_order(void **state)
{
	static const uint32_t apic_ids[] = {7, 2, 5};

	(void)state;
	start(0, (struct cpuid){0});
	gate_cpu_init(memory, apic_ids, 3);
	assert_int_equal(gate_cpus.count, 3);
	assert_int_equal(gate_cpus.cpu[0].apic_id, 2);
	assert_int_equal(gate_cpus.cpu[1].apic_id, 7);
	assert_int_equal(gate_cpus.cpu[1].stack, (uint64_t)&memory[0]);
	assert_int_equal(gate_cpus.cpu[2].apic_id, 5);
	assert_int_equal(gate_cpus.cpu[2].stack, (uint64_t)&memory[1]);
	assert_null(gate_cpus.cpu[2].context);
	gate_cpu_set_context(2, (struct cpu_context *)memory);
	assert_ptr_equal(gate_cpus.cpu[2].context, memory);
}

static void no_more_than_there_is_room_for(void **state)
{
	uint32_t apic_ids[GATE_MAX_CPUS + 1];

	(void)state;
	for (uint32_t i = 0; i < GATE_MAX_CPUS + 1; i++)
		apic_ids[i] = 100 + i;
	start(0, (struct cpuid){0});
	gate_cpu_init(memory, apic_ids, GATE_MAX_CPUS + 1);
	assert_int_equal(gate_cpus.count, GATE_MAX_CPUS);
	assert_int_equal(gate_cpus.cpu[GATE_MAX_CPUS - 1].apic_id, 100 + GATE_MAX_CPUS - 2);
}

/* A CPU is in a service if its own context says so. */
static void services_are_known(void **state)
{
	static const uint32_t apic_ids[] = {7};
	struct cpu_context own = {.progress = GATE_SAVED, .rdi = SWITCHYARD_SERVICE}, other = own;

	(void)state;
	start(0, (struct cpuid){0});
	gate_cpu_init(memory, apic_ids, 1);
	gate_cpu_set_context(1, &other);
	assert_false(gate_cpu_in_service()); /* no context */
	gate_cpu_set_context(0, &own);
	assert_true(gate_cpu_in_service());
	own.rdi = SWITCHYARD_SWITCH;
	assert_false(gate_cpu_in_service());
	own.rdi = SWITCHYARD_SERVICE;
	own.progress = GATE_IDLE;
	assert_false(gate_cpu_in_service());
	own.progress = GATE_RESUMING;
	assert_true(gate_cpu_in_service());
	own.progress = GATE_PARKED; /* it faulted in the service */
	assert_false(gate_cpu_in_service());
	gate_cpus.cpu[0].apic_id = 9;
	assert_false(gate_cpu_in_service());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_the_id_comes_from),
		cmocka_unit_test(others_in_their_order),
		cmocka_unit_test(services_are_known),
		cmocka_unit_test(no_more_than_there_is_room_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
