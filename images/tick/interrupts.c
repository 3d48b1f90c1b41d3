// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "interrupts.h"
#include "i8042_ports.h"
#include "instructions.h"
#include "interrupt_frame.h"
#include "flat_segments.h"
#include "tick.h"

/* Intel 8259A data sheet. */
#define ICW1_INIT_ICW4 0x11 /* edge triggered, cascaded, ICW4 follows */
#define ICW3_MASTER    0x04 /* the slave is on IRQ 2 */
#define ICW3_SLAVE     0x02
#define ICW4_8086      0x01
#define OCW2_EOI       0x20
#define OCW3_READ_ISR  0x0b
#define IRQ_TIMER      0
#define IRQ_KEYBOARD   1
#define IRQ_COUNT      16
#define IRQS_EACH      8
#define MASTER_MASK    (0xff & ~(1 << IRQ_TIMER | 1 << IRQ_KEYBOARD))
#define SLAVE_MASK     0xff

/* Intel 8254 data sheet. */
#define PIT_0_RATE     0x34 /* channel 0, low byte then high byte, mode 2, binary */

#define VECTORS	       256
#define EXCEPTIONS     32
#define GATE_INTERRUPT 0x8e /* present, interrupt gate: SDM volume 3, 6.14.1 */

struct idt_entry {
	uint16_t offset_low;
	uint16_t selector;
	uint8_t stack;
	uint8_t type;
	uint16_t offset_middle;
	uint32_t offset_high;
	uint32_t reserved;
};
_Static_assert(sizeof(struct idt_entry) == 16, "an IDT entry has 16 bytes in 64-bit mode");

/* interrupt.asm has one for each vector, INTERRUPT_STUB_SIZE bytes apart. */
extern const uint8_t interrupt_stubs[];

/* The CPU gives handlers no argument, so they find the state here. */
static struct tick *owner;

static struct idt_entry idt[VECTORS];

void interrupts_load_idt(void)
{
	struct table_pointer pointer = {sizeof(idt) - 1, (uint64_t)idt};

	__asm__ volatile("lidt %0" : : "m"(pointer));
}

static void idt_init(void)
{
	for (uint32_t vector = 0; vector < VECTORS; vector++) {
		uint64_t stub = (uint64_t)interrupt_stubs + vector * INTERRUPT_STUB_SIZE;

		idt[vector] = (struct idt_entry){
			.offset_low = (uint16_t)stub,
			.selector = SELECTOR_CODE,
			.type = GATE_INTERRUPT,
			.offset_middle = (uint16_t)(stub >> 16),
			.offset_high = (uint32_t)(stub >> 32),
		};
	}
	interrupts_load_idt();
}

/* Writes ICW1 to ICW4, in their order. */
static void pic_init(uint16_t command, uint16_t data, uint8_t vector, uint8_t icw3, uint8_t mask)
{
	outb(command, ICW1_INIT_ICW4);
	outb(data, vector);
	outb(data, icw3);
	outb(data, ICW4_8086);
	outb(data, mask);
}

static void pit_init(void)
{
	outb(PIT_COMMAND, PIT_0_RATE);
	outb(PIT_CHANNEL_0, (uint8_t)PIT_RELOAD);
	outb(PIT_CHANNEL_0, PIT_RELOAD >> 8);
}

void interrupts_init(struct tick *tick, uint8_t first_vector)
{
	owner = tick;
	tick->interrupts.first_vector = first_vector;
	idt_init();
	pic_init(PIC_MASTER_COMMAND, PIC_MASTER_DATA, first_vector, ICW3_MASTER, MASTER_MASK);
	pic_init(PIC_SLAVE_COMMAND, PIC_SLAVE_DATA, first_vector + IRQS_EACH, ICW3_SLAVE,
		 SLAVE_MASK);
	pit_init();
	inb(I8042_DATA); /* a byte that is not taken blocks all others */
}

/*
 * True for a spurious interrupt. If a request goes away, the 8259 gives its last input, but marks
 * nothing as in service.
 */
static bool pic_spurious(uint32_t irq)
{
	uint16_t command = irq < IRQS_EACH ? PIC_MASTER_COMMAND : PIC_SLAVE_COMMAND;

	if (irq % IRQS_EACH != IRQS_EACH - 1)
		return false;
	outb(command, OCW3_READ_ISR);
	return !(inb(command) & 1 << (IRQS_EACH - 1));
}

static void pic_end(uint32_t irq, bool spurious)
{
	if (irq >= IRQS_EACH) {
		if (!spurious)
			outb(PIC_SLAVE_COMMAND, OCW2_EOI);
		outb(PIC_MASTER_COMMAND, OCW2_EOI); /* the cascade's, in any case */
	} else if (!spurious) {
		outb(PIC_MASTER_COMMAND, OCW2_EOI);
	}
}

static void put_key(struct keys *keys, uint8_t code)
{
	keys->code[keys->put % KEYS_SIZE] = code;
	keys->put++;
}

static void handle_exception(const struct interrupt_frame *frame)
{
	say(owner, "exception %lu, error code 0x%lx, at RIP 0x%lx", frame->vector, frame->error,
	    frame->rip);
	gate_crash(owner, "exception: the serial port has its number and place");
	interrupts_off();
	for (;;)
		cpu_wait();
}

void interrupt_handle(const struct interrupt_frame *frame)
{
	struct interrupts *interrupts = &owner->interrupts;
	uint32_t irq = (uint32_t)frame->vector - interrupts->first_vector;
	bool spurious;

	if (frame->vector < EXCEPTIONS) {
		handle_exception(frame);
	} else if (irq == IRQ_TIMER) {
		interrupts->ticks++;
		pic_end(irq, false);
	} else if (irq == IRQ_KEYBOARD) {
		put_key(&interrupts->keys, inb(I8042_DATA));
		pic_end(irq, false);
	} else {
		/*
		 * An interrupt that does not come from the 8259s comes from the local APIC. tick
		 * never programmed that one, and does not acknowledge the interrupt there. So only
		 * the first one of a kind arrives.
		 */
		spurious = irq < IRQ_COUNT && pic_spurious(irq);
		if (irq < IRQ_COUNT)
			pic_end(irq, spurious);
		if (!spurious) {
			interrupts->stray_vector = (uint8_t)frame->vector;
			interrupts->stray++;
		}
	}
}
