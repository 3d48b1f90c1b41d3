// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * edges.c - no device is at these pins, so each interrupt that comes from them is one that the
 * monitor has raised.
 */
#include "edges.h"
#include "../busy/busy.h"

/* Intel 82093AA data sheet, section 3. Every PC has the first IO-APIC at this address. */
#define IOAPIC_SELECT	  0xfec00000u
#define IOAPIC_WINDOW	  0xfec00010u
#define IOAPIC_ENTRY(pin) (0x10 + 2 * (pin))
#define ENTRY_LOWEST	  0x100u
#define ENTRY_NMI	  0x400u
#define ENTRY_LOGICAL	  0x800u
#define ENTRY_LEVEL	  0x8000u
#define ENTRY_MASKED	  0x10000u

#define LAPIC_LDR	  0x0d0 /* SDM volume 3, 11.6.2.2 */
#define LOGICAL_ID	  (4u << 24)

#define FIRST_PIN	  16 /* no ISA device is there, and no PCI device is used */
#define FIRST_VECTOR	  0x60
#define PINS		  6
#define WAIT_TICKS	  10

static volatile uint32_t came[PINS];

#define DEFINE_HANDLER(number)                                                       \
	__attribute__((interrupt)) static void handle_##number(struct pushed *frame) \
	{                                                                            \
		(void)frame;                                                         \
		came[number]++;                                                      \
		lapic_write(LAPIC_EOI, 0);                                           \
	}

DEFINE_HANDLER(0)
DEFINE_HANDLER(1)
DEFINE_HANDLER(2)
DEFINE_HANDLER(3)
DEFINE_HANDLER(4)
DEFINE_HANDLER(5)

static const struct {
	const char *name;
	uint32_t low; /* of the entry, without its vector */
	bool logical; /* the destination is LOGICAL_ID, not the boot CPU's ID */
	void (*handle)(struct pushed *frame);
} pins[PINS] = {
	{"fixed", 0, false, handle_0},
	{"logical", ENTRY_LOGICAL, true, handle_1},
	{"lowest", ENTRY_LOGICAL | ENTRY_LOWEST, true, handle_2},
	{"masked", ENTRY_MASKED, false, handle_3},
	{"level", ENTRY_LEVEL, false, handle_4},
	{"nmi", ENTRY_NMI, false, handle_5},
};

static void ioapic_write(uint32_t which, uint32_t value)
{
	*(volatile uint32_t *)(uint64_t)IOAPIC_SELECT = which;
	*(volatile uint32_t *)(uint64_t)IOAPIC_WINDOW = value;
}

static void set_up(void)
{
	*(volatile uint32_t *)(uint64_t)(LAPIC_ADDRESS + LAPIC_LDR) = LOGICAL_ID;
	for (uint32_t i = 0; i < PINS; i++) {
		uint32_t entry = IOAPIC_ENTRY(FIRST_PIN + i);

		callers_set_gate(FIRST_VECTOR + i, pins[i].handle);
		ioapic_write(entry + 1, pins[i].logical ? LOGICAL_ID : lapic_id() << 24);
		ioapic_write(entry, pins[i].low | (FIRST_VECTOR + i));
	}
}

void edges_while_away(struct tick *tick)
{
	int64_t result;

	set_up();
	result = quick_call(tick, SWITCHYARD_MONITOR, 0);
	if (result < 0)
		gate_explain(tick, result);
	cpu_wait_ticks(tick, WAIT_TICKS);
	for (uint32_t i = 0; i < PINS; i++)
		say(tick, "%s: %u", pins[i].name, came[i]);
	say(tick, "all pins told");
}
