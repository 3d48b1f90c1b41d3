/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * interrupts.h - exceptions, the two 8259A interrupt controllers, and the timer.
 *
 * Interrupt handlers only count and take notes. tick.c does the rest when the CPU wakes up.
 */
#ifndef TICK_INTERRUPTS_H
#define TICK_INTERRUPTS_H

#include <stdint.h>

#define TICK_HZ		  100
#define PIT_HZ		  1193182 /* Intel 8254 data sheet; the clock is the PC's */
#define PIT_RELOAD	  (PIT_HZ / TICK_HZ)
#define PIC_MASTER_VECTOR 0x20 /* IRQ 0 to 7, behind the 32 exceptions */
#define PIC_SLAVE_VECTOR  0x28 /* IRQ 8 to 15 */

/* Ports: Intel 8259A and 8254 data sheets. */
enum {
	PIC_MASTER_COMMAND = 0x20,
	PIC_MASTER_DATA = 0x21, /* the mask, once it is initialised */
	PIC_SLAVE_COMMAND = 0xa0,
	PIC_SLAVE_DATA = 0xa1,
	PIT_CHANNEL_0 = 0x40,
	PIT_COMMAND = 0x43,
};

#define KEYS_SIZE 16

/*
 * A ring of bytes from the keyboard. The handler of IRQ 1 puts them in, and hotkey.c takes them
 * out.
 */
struct keys {
	uint8_t code[KEYS_SIZE];
	volatile uint32_t put, taken; /* bytes since the start */
};

struct interrupts {
	volatile uint64_t ticks;
	volatile uint32_t stray; /* interrupts that tick did not ask for */
	volatile uint8_t stray_vector;
	struct keys keys;
	uint8_t first_vector; /* of IRQ 0 */
};

/*
 * Sets everything up. IRQ 0 to 15 get the vectors from first_vector on. Interrupts must be off.
 * tick must live for ever, because the handlers write to it.
 */
struct tick;
void interrupts_init(struct tick *tick, uint8_t first_vector);

/* Gives this CPU, another one, the same handlers. */
void interrupts_load_idt(void);

#endif
