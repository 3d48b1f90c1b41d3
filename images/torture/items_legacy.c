// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * items_legacy.c - the 8259s, their trigger modes, and the keyboard controller's command byte.
 */
#include "../tick/i8042_ports.h"
#include "access.h"
#include "item.h"

/*
 * IRQ 5 and 7, and all of the slave's, which are behind a cascade that stays masked. No device in
 * the tests raises them.
 */
#define PIC_MASTER_VARY 0xa0
#define PIC_SLAVE_VARY	0xff
/*
 * ICH9 data sheet, 13.4.13. Level-triggered: IRQ 5 and 7, and all of the slave's except 8 and 13.
 */
#define ELCR_MASTER	 0x4d0
#define ELCR_SLAVE	 0x4d1
#define ELCR_MASTER_VARY 0xa0
#define ELCR_SLAVE_VARY	 0xde

/* Bits of the 8042's command byte: interrupts of keyboard and mouse, mouse disabled. */
#define BYTE_VARY  0x23
#define WAIT_LOOKS 100000

static bool has_i8042(void)
{
	return inb(I8042_STATUS) != I8042_STATUS_ABSENT;
}

static void i8042_wait(uint8_t bit, uint8_t value)
{
	for (uint32_t looks = 0; looks < WAIT_LOOKS; looks++)
		if ((inb(I8042_STATUS) & bit) == value)
			return;
}

static uint64_t i8042_get(uint32_t which)
{
	(void)which;
	i8042_wait(I8042_STATUS_INPUT, 0);
	outb(I8042_COMMAND, I8042_READ_BYTE);
	i8042_wait(I8042_STATUS_OUTPUT, I8042_STATUS_OUTPUT);
	return inb(I8042_DATA);
}

static void i8042_set(uint32_t which, uint64_t value)
{
	(void)which;
	i8042_wait(I8042_STATUS_INPUT, 0);
	outb(I8042_COMMAND, I8042_WRITE_BYTE);
	i8042_wait(I8042_STATUS_INPUT, 0);
	outb(I8042_DATA, (uint8_t)value);
}

#define FILLED(title, port, bits) \
	.name = title, .get = port_get, .set = port_set, .which = port, .vary = bits

static const struct item pic[] = {
	{FILLED("pic-master-mask", PIC_MASTER_DATA, PIC_MASTER_VARY)},
	{FILLED("pic-slave-mask", PIC_SLAVE_DATA, PIC_SLAVE_VARY)},
	{FILLED("elcr-master", ELCR_MASTER, ELCR_MASTER_VARY)},
	{FILLED("elcr-slave", ELCR_SLAVE, ELCR_SLAVE_VARY)},
};
static const struct item i8042[] = {
	{.name = "i8042-command-byte", .get = i8042_get, .set = i8042_set, .vary = BYTE_VARY},
};

const struct group groups_legacy[] = {
	{GROUP("pic", NULL, pic)},
	{GROUP("i8042", has_i8042, i8042)},
	{0},
};
