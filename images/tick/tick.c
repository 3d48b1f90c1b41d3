// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * tick.c - the demo kernel's main part. It starts the devices. Then it sleeps until the next timer
 * interrupt, looks what there is to do, and sleeps again.
 */
#include "tick.h"
#include "instructions.h"
#include "serial.h"

#define NO_COMMAND (-1)

void kernel_main(uint32_t magic, const struct multiboot2_info *information,
		 struct switchyard_info *switchyard);

static void say_hello(struct tick *tick)
{
	if (!tick->switchyard) {
		say(tick, "no Switchyard found: counting only, %u Hz", TICK_HZ);
		return;
	}
	say(tick, "slot %s, %u Hz; keys: 1-9 that slot, 0 or m monitor, p power off", tick->name,
	    TICK_HZ);
	say(tick, "on the keyboard: Ctrl+Alt+Shift+0 to 9; q before a key: a quick switch");
}

/* A key on the serial port, if it is a digit, m, p or q, else NO_COMMAND. */
static int serial_command(void)
{
	int key = serial_get();

	if (key == 'm')
		return '0';
	return (key >= '0' && key <= '9') || key == 'p' || key == 'q' ? key : NO_COMMAND;
}

static void obey(struct tick *tick, int command)
{
	if (command == NO_COMMAND)
		return;
	if (command == 'q') {
		tick->quick = true;
		return;
	}
	if (command == 'p')
		gate_poweroff(tick);
	else if (command == '0')
		gate_monitor(tick);
	else
		gate_switch(tick, (uint32_t)(command - '0'));
	tick->quick = tick->options.quick;
}

/* Does what the options every=, to= and count= say. */
static void switch_by_itself(struct tick *tick)
{
	struct options *options = &tick->options;

	if (!options->every || tick->interrupts.ticks % options->every)
		return;
	if (gate_switch(tick, options->to) < 0) {
		options->every = 0; /* gate_switch() has said the reason; once is enough */
	} else if (tick->switches == options->count) {
		say(tick, "done, %u switches", tick->switches);
		options->every = 0;
		gate_monitor(tick);
	}
}

static void say_count(struct tick *tick)
{
	uint64_t ticks = tick->interrupts.ticks;

	if (ticks % TICK_HZ)
		return;
	if (tick->second.present)
		say(tick, "%lu s, %lu ticks, %u stray, second CPU %lu", ticks / TICK_HZ, ticks,
		    tick->interrupts.stray, tick->second.count);
	else
		say(tick, "%lu s, %lu ticks, %u stray", ticks / TICK_HZ, ticks,
		    tick->interrupts.stray);
}

/* Does not return. Each turn waits for an interrupt. */
static void count_ticks(struct tick *tick)
{
	uint64_t seen = tick->interrupts.ticks;
	uint32_t stray = 0;

	for (;;) {
		cpu_wait();
		if (tick->interrupts.stray != stray) {
			stray = tick->interrupts.stray;
			say(tick, "stray interrupt, vector 0x%x", tick->interrupts.stray_vector);
		}
		obey(tick, serial_command());
		obey(tick, keyboard_hotkey(&tick->keyboard, &tick->interrupts.keys));
		if (tick->interrupts.ticks == seen)
			continue;
		seen = tick->interrupts.ticks;
		say_count(tick);
		switch_by_itself(tick);
	}
}

void kernel_main(uint32_t magic, const struct multiboot2_info *information,
		 struct switchyard_info *switchyard)
{
	static struct tick tick;

	tick.switchyard = switchyard;
	tick.name = switchyard ? switchyard->slot[switchyard->self - 1].name : "tick";
	serial_init();
	boot_read(&tick, magic, information); /* also starts the screen */
	interrupts_init(&tick, PIC_MASTER_VECTOR);
	if (switchyard) {
		switchyard->notes.pit_reload = PIT_RELOAD;
		switchyard->notes.pic_master = PIC_MASTER_VECTOR;
		switchyard->notes.pic_slave = PIC_SLAVE_VECTOR;
		/* Tick uses one page of text, and no PCI function. */
		switchyard->notes.spared =
			SWITCHYARD_SPARE_HIDDEN | SWITCHYARD_SPARE_FONTS | SWITCHYARD_SPARE_MSIX;
		switchyard->notes.driver = 1;
		quick_prepare(&tick, SWITCHYARD_MONITOR, 0);
	}
	tick.quick = tick.options.quick;
	say_hello(&tick);
	interrupts_on();
	if (tick.options.cpus > 1)
		second_cpu_init(&tick, information);
	count_ticks(&tick);
}
