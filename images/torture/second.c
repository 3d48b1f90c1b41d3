// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "second.h"
#include "../cpus/cpu_start.h"
#include "../cpus/slot_cpus.h"
#include "../tick/boot_tags.h"
#include "../tick/flat_segments.h"
#include "access.h"
#include "item.h"
#include "registers.h"

#define STACK_SIZE   16384
#define ANSWER_TICKS 100
#define SVR_ENABLED  0x1ff
#define GATE_PRESENT 0x8e /* interrupt gate: SDM volume 3, 6.14.1 */

/* Another one in each slot, so that none is taken for the other slot's. */
#define PENDING_VECTOR(slot) (0x50 + (slot))

/* What it has done last, and what it shall do. */
enum step {
	STEP_NONE,
	STEP_READY,
	STEP_FILL,
	STEP_FILLED,
	STEP_PARK,
	STEP_BACK,
};

static struct {
	struct torture torture;
	int64_t result;		/* what the gate returned */
	uint32_t step;		/* enum step */
	volatile uint32_t came; /* interrupts that it sent itself */
} second = {.torture.cpu = 1};

static void set_step(enum step step)
{
	__atomic_store_n(&second.step, step, __ATOMIC_RELEASE);
}

static void await_step(enum step step)
{
	while (__atomic_load_n(&second.step, __ATOMIC_ACQUIRE) != step)
		__builtin_ia32_pause();
}

/* What the CPU pushes: SDM volume 3, figure 6-9. GCC needs the type, but no code here reads it. */
struct pushed;

__attribute__((interrupt)) static void pending_interrupt(struct pushed *frame)
{
	(void)frame;
	second.came++;
	lapic_write(LAPIC_EOI, 0);
}

/* SDM volume 3, figure 6-8. */
struct gate_descriptor {
	uint16_t offset_low, selector;
	uint8_t stack, type;
	uint16_t offset_middle;
	uint32_t offset_high, reserved;
};

static void set_pending_handler(uint32_t slot)
{
	struct gate_descriptor *idt = (struct gate_descriptor *)idtr_read().base;
	uint64_t address = (uint64_t)pending_interrupt;

	idt[PENDING_VECTOR(slot)] = (struct gate_descriptor){
		.offset_low = (uint16_t)address,
		.selector = SELECTOR_CODE,
		.type = GATE_PRESENT,
		.offset_middle = (uint16_t)(address >> 16),
		.offset_high = (uint32_t)(address >> 32),
	};
}

/* An interrupt is pending in its local APIC at the call, unless RFLAGS let it in before. */
static void send_itself(const struct torture *torture)
{
	second.came = 0;
	cpu_send(lapic_id(), PENDING_VECTOR(torture->tick->switchyard->self));
}

static void take_pending(void)
{
	cr8_set(0, 0);
	interrupts_on();
	__asm__ volatile("nop"); /* interrupts come behind the instruction after STI */
	interrupts_off();
}

static void enter(void)
{
	struct torture *torture = &second.torture;

	interrupts_load_idt();
	lapic_write(LAPIC_SVR, SVR_ENABLED);
	torture_tables_init(torture->tick->switchyard->self, torture->cpu);
	torture_registers_init();
	set_pending_handler(torture->tick->switchyard->self);
	set_step(STEP_READY);
	for (;;) {
		await_step(STEP_FILL);
		torture_seed(torture);
		items_fill(torture);
		send_itself(torture);
		set_step(STEP_FILLED);
		await_step(STEP_PARK);
		second.result = torture_registers_switch(torture, SWITCHYARD_PARK, 0);
		items_read(torture);
		take_pending();
		set_step(STEP_BACK);
	}
}

bool second_init(struct torture *torture, const struct multiboot2_info *information)
{
	static uint8_t stack[STACK_SIZE] __attribute__((aligned(16)));
	uint32_t apic_id;

	if (!cpu_start_init(information) ||
	    !slot_second_cpu(boot_tags_rsdp(information), &apic_id)) {
		say(torture->tick,
		    "these switches need a second CPU, and memory below 1 MiB to start it");
		return false;
	}
	second.torture.tick = torture->tick;
	second.torture.options = torture->options;
	cpu_start(torture->tick, apic_id, &stack[STACK_SIZE], enter);
	for (uint32_t waited = 0; waited < ANSWER_TICKS && second.step != STEP_READY; waited++)
		cpu_wait_ticks(torture->tick, 1);
	if (second.step != STEP_READY) {
		say(torture->tick, "the second CPU does not start");
		return false;
	}
	items_init(&second.torture);
	return true;
}

void second_fill(const struct torture *torture)
{
	second.torture.iteration = torture->iteration;
	set_step(STEP_FILL);
	await_step(STEP_FILLED);
}

void second_park(void)
{
	set_step(STEP_PARK);
}

int64_t second_compare(struct torture *torture)
{
	await_step(STEP_BACK);
	second.torture.differences = 0;
	torture_registers_compare(&second.torture);
	items_compare(&second.torture);
	if (second.came != 1)
		torture_differs(&second.torture, "lapic-pending", second.came, 1);
	torture->differences += second.torture.differences;
	return second.result;
}
