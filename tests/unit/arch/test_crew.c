// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_crew.c - the other CPUs in a quick switch: who waits for whom, for how long, and who gets INIT.
 *
 * Each CPU is a thread. One of them runs at a time: it passes the turn on where it waits, in
 * cpu_pause() or clock_wait_us(), and by that time passes, too. So each run is the same.
 */
#include "arch/x86/gate/crew.h"
#include <pthread.h>
#include <string.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/gate.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/gate/start_page.h"
#include "arch/x86/time/clock.h"
#include "cmocka.h"
#include "guest/linux/switchyard.h"

#define CPUS	 4 /* 0 is the boot CPU, whose thread is the test's */
#define TURN_US	 1000
#define SECOND	 1000000u
#define RETURNED 1
#define RESUMED	 2
#define APIC(n)	 (0x10 + (n))

struct gate_cpus gate_cpus;

/* What a fake CPU does, and what has become of it. */
static struct cpu {
	pthread_t thread;
	bool runs, killed;
	void (*does)(uint32_t cpu);
	uint64_t at;		/* when it does that */
	int64_t result;		/* what the gate returned */
	uint32_t ended;		/* RETURNED or RESUMED */
	bool unsaved;		/* its state can't be saved */
	bool faults;		/* it stops where it loads or saves its local APIC */
	bool deaf;		/* it does not start */
	uint32_t loads;		/* its state was loaded */
	uint32_t drains, wires; /* its local APIC was drained, or set to virtual wire mode */
	uint32_t inits, starts;
	uint32_t takes; /* it was taken from whatever it did */
	struct cpu_context context, next;
	struct cpu_context *resumed; /* with that context */
} cpus[CPUS];

static struct {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	uint32_t turn;
	uint64_t now;
	uint32_t page; /* the start page that was written */
} test = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static _Thread_local uint32_t self;

static uint32_t next_turn(void)
{
	uint32_t next = test.turn;

	do {
		next = (next + 1) % CPUS;
	} while (next && !cpus[next].runs);
	return next;
}

/* The lock is held. */
static void leave_turn(void)
{
	test.turn = next_turn();
	pthread_cond_broadcast(&test.changed);
}

/* The lock is held. A CPU that got INIT meanwhile does nothing any more. */
static void await_turn(void)
{
	while (test.turn != self)
		pthread_cond_wait(&test.changed, &test.lock);
	if (!cpus[self].killed)
		return;
	cpus[self].runs = false;
	leave_turn();
	pthread_mutex_unlock(&test.lock);
	pthread_exit(NULL);
}

static void pass(void)
{
	pthread_mutex_lock(&test.lock);
	test.now += TURN_US;
	leave_turn();
	await_turn();
	pthread_mutex_unlock(&test.lock);
}

static void end(uint32_t how)
{
	pthread_mutex_lock(&test.lock);
	cpus[self].ended = how;
	cpus[self].runs = false;
	leave_turn();
	pthread_mutex_unlock(&test.lock);
	pthread_exit(NULL);
}

static void *run(void *number)
{
	self = (uint32_t)(uintptr_t)number;
	pthread_mutex_lock(&test.lock);
	await_turn();
	pthread_mutex_unlock(&test.lock);
	while (test.now < cpus[self].at)
		pass();
	cpus[self].does(self);
	end(RETURNED);
	return NULL;
}

static void begin(uint32_t cpu, void (*does)(uint32_t cpu), uint64_t at)
{
	cpus[cpu].does = does;
	cpus[cpu].at = at;
	cpus[cpu].ended = 0;
	cpus[cpu].killed = false;
	cpus[cpu].runs = true;
	assert_int_equal(pthread_create(&cpus[cpu].thread, NULL, run, (void *)(uintptr_t)cpu), 0);
}

static void parks(uint32_t cpu)
{
	cpus[cpu].result = crew_park();
}

static void parks_twice(uint32_t cpu)
{
	parks(cpu);
	parks(cpu);
}

static void lands(uint32_t cpu)
{
	(void)cpu;
	crew_started();
}

/* It waits for its end, and can be begun again. */
static void join(uint32_t cpu)
{
	while (cpus[cpu].runs)
		pass();
	pthread_join(cpus[cpu].thread, NULL);
}

static void kill_cpu(uint32_t cpu)
{
	if (!cpus[cpu].runs)
		return;
	cpus[cpu].killed = true;
	join(cpu);
}

/* The functions of other files. */

void cpu_pause(void)
{
	pass();
}

uint64_t clock_us(void)
{
	return test.now;
}

void clock_wait_us(uint32_t us)
{
	for (uint64_t until = test.now + us; test.now < until;)
		pass();
}

uint32_t gate_cpu_index(void)
{
	return self;
}

void gate_cpu_landed(void)
{
}

bool cpu_state_save(struct cpu_context *context, const char **reason)
{
	assert_ptr_equal(context, &cpus[self].context);
	*reason = "it can't be saved";
	return !cpus[self].unsaved;
}

void cpu_state_restore(const struct cpu_context *context)
{
	assert_ptr_equal(context, gate_cpus.cpu[self].context);
	cpus[self].loads++;
}

void cpu_state_take(void)
{
	cpus[self].takes++;
}

struct lapic_state *cpu_state_lapic(struct cpu_context *context)
{
	return (struct lapic_state *)context; /* only handed on */
}

static void fault_if_it_shall(void)
{
	while (cpus[self].faults)
		pass();
}

void lapic_save(struct lapic_state *state)
{
	assert_ptr_equal(state, gate_cpus.cpu[self].context);
	fault_if_it_shall();
}

/* It is in virtual wire mode, or as it was drained. */
void lapic_restore(const struct lapic_state *state, const struct lapic_state *drained)
{
	assert_ptr_equal(state, gate_cpus.cpu[self].context);
	assert_int_equal(cpus[self].wires + cpus[self].drains, 1);
	assert_int_equal(cpus[self].drains, drained != NULL);
	fault_if_it_shall();
}

void lapic_drain(struct lapic_state *state)
{
	assert_ptr_equal(state, gate_cpus.cpu[self].context);
	cpus[self].drains++;
}

void lapic_virtual_wire(const struct lapic_state *drained)
{
	(void)drained;
	cpus[self].wires++;
}

void lapic_send_init(uint32_t apic_id)
{
	uint32_t cpu = apic_id - APIC(0);

	assert_in_range(cpu, 1, CPUS - 1);
	cpus[cpu].inits++;
	kill_cpu(cpu);
}

void lapic_send_start(uint32_t apic_id, uint32_t page)
{
	uint32_t cpu = apic_id - APIC(0);

	assert_int_equal(page, CREW_START_PAGE);
	assert_int_equal(test.page, CREW_START_PAGE);
	cpus[cpu].starts++;
	if (!cpus[cpu].deaf && !cpus[cpu].runs)
		begin(cpu, lands, 0);
}

void start_page_write(uint32_t page, void (*landed)(void))
{
	assert_ptr_equal(landed, gate_cpu_landed);
	test.page = page;
}

void gate_resume(struct cpu_context *context, int64_t result)
{
	cpus[self].resumed = context;
	cpus[self].result = result;
	end(RESUMED);
	__builtin_unreachable();
}

/* The tests. */

static int start(void **state)
{
	(void)state;
	memset(cpus, 0, sizeof(cpus));
	test.now = SECOND;
	test.turn = test.page = 0;
	gate_cpus.count = CPUS;
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		gate_cpus.cpu[cpu] =
			(struct gate_cpu){.context = &cpus[cpu].context, .apic_id = APIC(cpu)};
	crew_init(true);
	crew_forget();
	return 0;
}

static int stop(void **state)
{
	(void)state;
	for (uint32_t cpu = 1; cpu < CPUS; cpu++)
		kill_cpu(cpu);
	return 0;
}

static uint64_t set_of(uint32_t one, uint32_t two)
{
	return 1ull << one | 1ull << two;
}

static int64_t gather(uint32_t count)
{
	const char *reason = NULL;
	int64_t result = crew_gather(count, &reason);

	assert_true(!result == !reason);
	return result;
}

/* Both are parked: they wait in the monitor. */
static void park_two(void)
{
	begin(1, parks, 0);
	begin(2, parks, 0);
	assert_int_equal(gather(2), 0);
	crew_leave();
	assert_int_equal(crew_waiting(), set_of(1, 2));
}

/* The contexts are those of the next slot. */
static void next_slot(void)
{
	for (uint32_t cpu = 1; cpu < CPUS; cpu++)
		gate_cpus.cpu[cpu].context = &cpus[cpu].next;
}

static void goes_on(uint32_t cpu, int64_t result)
{
	join(cpu);
	assert_int_equal(cpus[cpu].ended, RESUMED);
	assert_ptr_equal(cpus[cpu].resumed, gate_cpus.cpu[cpu].context);
	assert_int_equal(cpus[cpu].result, result);
}

static void returns(uint32_t cpu, int64_t result)
{
	join(cpu);
	assert_int_equal(cpus[cpu].ended, RETURNED);
	assert_int_equal(cpus[cpu].result, result);
}

static void all_go_on_with_the_next_slot(void **state)
{
	(void)state;
	park_two();
	assert_int_equal(cpus[1].context.progress, GATE_PARKED);
	assert_int_equal(cpus[1].drains, 1);
	next_slot();
	assert_true(crew_fetch(set_of(1, 2)));
	assert_true(crew_load(set_of(1, 2)));
	assert_int_equal(cpus[1].loads, 1);
	crew_go(set_of(1, 2), 0);
	goes_on(1, 0);
	goes_on(2, 0);
	assert_int_equal(cpus[1].inits + cpus[2].inits, 0);
	assert_int_equal(crew_waiting(), 0);
}

/* None goes before the devices are restored. */
static void those_that_are_ready_wait(void **state)
{
	(void)state;
	park_two();
	assert_true(crew_load(set_of(1, 2)));
	clock_wait_us(5 * SECOND);
	assert_true(cpus[1].runs && cpus[2].runs);
	crew_go(set_of(1, 2), SWITCHYARD_EIMAGE);
	goes_on(1, SWITCHYARD_EIMAGE);
	goes_on(2, SWITCHYARD_EIMAGE);
}

static void the_boot_cpu_comes_first(void **state)
{
	(void)state;
	begin(1, parks, test.now + SECOND / 2);
	begin(2, parks, test.now + SECOND * 3 / 4);
	assert_int_equal(gather(2), 0);
	assert_in_range(test.now, SECOND * 7 / 4, SECOND * 9 / 5);
}

static void the_boot_cpu_comes_last(void **state)
{
	(void)state;
	begin(1, parks, 0);
	begin(2, parks, 0);
	clock_wait_us(SECOND * 3 / 4);
	assert_int_equal(gather(2), 0);
	crew_leave();
	assert_int_equal(crew_waiting(), set_of(1, 2));
}

/* It would run its slot's code while the slot is parked. */
static void one_that_was_gathered_does_not_return(void **state)
{
	(void)state;
	begin(1, parks, 0);
	begin(2, parks, test.now + SECOND - 5 * TURN_US);
	assert_int_equal(gather(2), 0);
	clock_wait_us(2 * SECOND); /* the boot CPU masks devices */
	crew_stop_absent();
	crew_leave();
	assert_int_equal(crew_waiting(), set_of(1, 2));
	assert_int_equal(cpus[1].inits + cpus[2].inits, 0);
}

static void one_does_not_come(void **state)
{
	(void)state;
	begin(1, parks, test.now + SECOND / 2);
	assert_int_equal(gather(2), SWITCHYARD_EAGAIN);
	assert_in_range(test.now, 2 * SECOND, SECOND * 21 / 10);
	crew_refuse(SWITCHYARD_EAGAIN);
	returns(1, SWITCHYARD_EAGAIN);
	assert_int_equal(cpus[1].loads, 1);
	assert_int_equal(cpus[1].inits, 0);
}

static void the_boot_cpu_does_not_come(void **state)
{
	(void)state;
	begin(1, parks, 0);
	returns(1, SWITCHYARD_EAGAIN);
	assert_in_range(test.now, 2 * SECOND, SECOND * 21 / 10);
	assert_int_equal(cpus[1].loads, 1);
	assert_int_equal(gather(0), 0);
	crew_leave();
	assert_int_equal(crew_waiting(), 0);
}

static void all_return_what_the_boot_cpu_returns(void **state)
{
	(void)state;
	begin(1, parks, 0);
	begin(2, parks, 0);
	assert_int_equal(gather(2), 0);
	crew_refuse(SWITCHYARD_EREFUSED);
	returns(1, SWITCHYARD_EREFUSED);
	returns(2, SWITCHYARD_EREFUSED);
}

/* Nobody has gathered them, because the count was wrong. */
static void those_that_only_arrived_return_too(void **state)
{
	(void)state;
	begin(1, parks, 0);
	clock_wait_us(SECOND / 10);
	crew_refuse(SWITCHYARD_EBADOP);
	returns(1, SWITCHYARD_EBADOP);
	assert_true(test.now < SECOND * 3 / 2);
}

static void state_that_can_not_be_saved(void **state)
{
	const char *reason;

	(void)state;
	cpus[2].unsaved = true;
	begin(1, parks, 0);
	begin(2, parks, 0);
	assert_int_equal(crew_gather(2, &reason), SWITCHYARD_ESTATE);
	assert_string_equal(reason, "it can't be saved");
	crew_refuse(SWITCHYARD_ESTATE);
	returns(1, SWITCHYARD_ESTATE);
	returns(2, SWITCHYARD_ESTATE);
	assert_int_equal(cpus[1].loads, 1);
	assert_int_equal(cpus[2].loads, 0); /* nothing of it was changed */
}

static void it_returns_and_comes_again(void **state)
{
	(void)state;
	begin(1, parks_twice, 0);
	begin(2, parks, test.now + SECOND * 3 / 2);
	clock_wait_us(SECOND * 5 / 4);
	assert_int_equal(gather(2), 0); /* the first time it has returned alone */
	crew_leave();
	assert_int_equal(crew_waiting(), set_of(1, 2));
}

/* One CPU counts once, whatever it does. */
static void one_that_comes_twice_is_not_two(void **state)
{
	(void)state;
	begin(1, parks_twice, 0);
	assert_int_equal(gather(2), SWITCHYARD_EAGAIN);
	crew_refuse(SWITCHYARD_EAGAIN);
	returns(1, SWITCHYARD_EAGAIN);
}

static void more_than_were_said(void **state)
{
	(void)state;
	begin(1, parks, 0);
	begin(2, parks, 0);
	clock_wait_us(SECOND / 10);
	assert_int_equal(gather(1), 0);
	crew_stop_absent();
	crew_leave();
	assert_int_equal(crew_waiting(), set_of(1, 2));
	assert_int_equal(cpus[3].inits, 1);
}

/* It comes when the boot CPU has already begun. */
static void one_that_is_too_late_gets_init(void **state)
{
	(void)state;
	begin(1, parks, 0);
	assert_int_equal(gather(1), 0);
	begin(2, parks, 0);
	clock_wait_us(SECOND / 10);
	crew_stop_absent();
	crew_leave();
	assert_int_equal(crew_waiting(), 1 << 1);
	assert_int_equal(cpus[1].inits, 0);
	assert_int_equal(cpus[2].inits, 1);
}

static void only_cpus_of_the_slot_get_init(void **state)
{
	(void)state;
	gate_cpus.cpu[3].context = NULL;
	assert_int_equal(gather(0), 0);
	crew_stop_absent();
	assert_int_equal(cpus[1].inits, 1);
	assert_int_equal(cpus[2].inits, 1);
	assert_int_equal(cpus[3].inits, 0);
}

static void nobody_has_so_many_cpus(void **state)
{
	(void)state;
	begin(1, parks, 0);
	assert_int_equal(gather(UINT32_MAX), SWITCHYARD_EAGAIN);
	crew_refuse(SWITCHYARD_EAGAIN);
	returns(1, SWITCHYARD_EAGAIN);
}

/* It faults in the monitor: that must not stop the machine. */
static void one_that_does_not_get_out_of_its_slot(void **state)
{
	(void)state;
	cpus[2].faults = true;
	begin(1, parks, 0);
	begin(2, parks, 0);
	assert_int_equal(gather(2), 0);
	crew_leave();
	assert_int_equal(crew_waiting(), 1 << 1);
	assert_int_equal(cpus[2].inits, 1);
	assert_in_range(test.now, 10 * SECOND, 12 * SECOND);
}

static void one_that_does_not_get_into_its_slot(void **state)
{
	(void)state;
	park_two();
	cpus[2].faults = true;
	assert_false(crew_load(set_of(1, 2)));
	assert_int_equal(cpus[2].inits, 1);
	crew_go(set_of(1, 2), 0);
	goes_on(1, 0);
	assert_true(crew_fetch(0));
	cpus[2].faults = false;
	assert_true(crew_fetch(1 << 2)); /* it can be started again */
}

static void those_that_the_next_slot_has_not(void **state)
{
	(void)state;
	park_two();
	crew_dismiss(set_of(2, 3));
	assert_int_equal(crew_waiting(), 1 << 2);
	assert_int_equal(cpus[1].inits, 1);
	assert_int_equal(cpus[2].inits + cpus[3].inits, 0);
}

static void one_that_waits_for_a_sipi_is_started(void **state)
{
	(void)state;
	park_two();
	next_slot();
	assert_true(crew_fetch(set_of(2, 3)));
	assert_int_equal(cpus[3].inits, 1);
	assert_int_equal(cpus[3].starts, 1);
	assert_int_equal(cpus[3].takes, 1);
	assert_int_equal(cpus[3].wires, 1);
	assert_int_equal(cpus[2].inits + cpus[2].starts, 0);
	crew_dismiss(set_of(2, 3));
	assert_true(crew_load(set_of(2, 3)));
	crew_go(set_of(2, 3), 0);
	goes_on(2, 0);
	goes_on(3, 0);
	assert_int_equal(cpus[1].inits, 1);
}

/* It would come later, while a slot runs. */
static void one_that_does_not_start(void **state)
{
	uint64_t since = test.now;

	(void)state;
	cpus[3].deaf = true;
	assert_false(crew_fetch(set_of(2, 3)));
	assert_in_range(test.now, since + SECOND, since + 2 * SECOND);
	assert_int_equal(cpus[3].starts, 2);
	assert_int_equal(cpus[3].inits, 2);
	assert_int_equal(cpus[2].inits, 1);
	assert_int_equal(crew_waiting(), 1 << 2);
}

static void the_start_page_is_no_ram(void **state)
{
	(void)state;
	crew_init(false);
	park_two();
	assert_true(crew_fetch(set_of(1, 2)));
	assert_false(crew_fetch(set_of(2, 3)));
	assert_int_equal(test.page, 0);
	assert_int_equal(cpus[3].inits + cpus[3].starts, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_go_on_with_the_next_slot),
		TEST(those_that_are_ready_wait),
		TEST(the_boot_cpu_comes_first),
		TEST(the_boot_cpu_comes_last),
		TEST(one_that_was_gathered_does_not_return),
		TEST(one_does_not_come),
		TEST(the_boot_cpu_does_not_come),
		TEST(all_return_what_the_boot_cpu_returns),
		TEST(those_that_only_arrived_return_too),
		TEST(state_that_can_not_be_saved),
		TEST(it_returns_and_comes_again),
		TEST(one_that_comes_twice_is_not_two),
		TEST(more_than_were_said),
		TEST(one_that_is_too_late_gets_init),
		TEST(only_cpus_of_the_slot_get_init),
		TEST(nobody_has_so_many_cpus),
		TEST(one_that_does_not_get_out_of_its_slot),
		TEST(one_that_does_not_get_into_its_slot),
		TEST(those_that_the_next_slot_has_not),
		TEST(one_that_waits_for_a_sipi_is_started),
		TEST(one_that_does_not_start),
		TEST(the_start_page_is_no_ram),
	};

	return cmocka_run_group_tests_name("crew", tests, NULL, NULL);
}
