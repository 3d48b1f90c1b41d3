// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/interrupt/pic.h"
#include "arch/x86/cpu/io.h"

enum {
	PIC_MASTER_COMMAND = 0x20,
	PIC_MASTER_DATA = 0x21,
	PIC_SLAVE_COMMAND = 0xa0,
	PIC_SLAVE_DATA = 0xa1,
	PIC_ELCR_MASTER = 0x4d0,
	PIC_ELCR_SLAVE = 0x4d1,
};

#define ICW1_INIT_ICW4 0x11 /* edge triggered, cascaded, ICW4 follows */
#define ICW3_MASTER    0x04 /* the slave is on IR2 */
#define ICW3_SLAVE     0x02
#define ICW4_8086      0x01
#define MASK_ALL       0xff
/* IRQ 0, 1, 2, 8 and 13 are always edge-triggered, and their bits in ELCR are reserved. */
#define ELCR_MASTER_BITS 0xf8
#define ELCR_SLAVE_BITS	 0xde

void pic_save(struct pic_state *state)
{
	state->mask[0] = inb(PIC_MASTER_DATA);
	state->mask[1] = inb(PIC_SLAVE_DATA);
	state->elcr[0] = inb(PIC_ELCR_MASTER);
	state->elcr[1] = inb(PIC_ELCR_SLAVE);
	pic_mask_all();
}

/* Writes ICW1 to ICW4, in their order. This clears what was requested and in service. */
static void initialise(uint16_t command, uint16_t data, uint8_t base, uint8_t icw3)
{
	outb(command, ICW1_INIT_ICW4);
	io_wait();
	outb(data, base);
	io_wait();
	outb(data, icw3);
	io_wait();
	outb(data, ICW4_8086);
	io_wait();
}

void pic_restore(const struct pic_state *state, const struct pic_state *now)
{
	if (!now || now->elcr[0] != state->elcr[0])
		outb(PIC_ELCR_MASTER, state->elcr[0] & ELCR_MASTER_BITS);
	if (!now || now->elcr[1] != state->elcr[1])
		outb(PIC_ELCR_SLAVE, state->elcr[1] & ELCR_SLAVE_BITS);
	if (state->base[0])
		initialise(PIC_MASTER_COMMAND, PIC_MASTER_DATA, state->base[0], ICW3_MASTER);
	if (state->base[1])
		initialise(PIC_SLAVE_COMMAND, PIC_SLAVE_DATA, state->base[1], ICW3_SLAVE);
	outb(PIC_MASTER_DATA, state->mask[0]);
	outb(PIC_SLAVE_DATA, state->mask[1]);
}

void pic_mask_all(void)
{
	outb(PIC_MASTER_DATA, MASK_ALL);
	outb(PIC_SLAVE_DATA, MASK_ALL);
}
