// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * busy.c - starts the other CPUs, and says where they count. Then it obeys keys on the serial port
 * like tick: a digit is a slot, m is the monitor, and q before one of them makes the switch quick.
 *
 * It does not stop its CPUs before it calls the gate.
 */
#include "../tick/instructions.h"
#include "../tick/serial.h"
#include "busy.h"

void kernel_main(uint32_t magic, const struct multiboot2_info *information,
		 struct switchyard_info *switchyard);

static void obey(struct tick *tick, int key)
{
	if (key == 'q')
		tick->quick = true;
	else if (key == 'm')
		gate_monitor(tick);
	else if (key >= '1' && key <= '9')
		gate_switch(tick, (uint32_t)(key - '0'));
}

void kernel_main(uint32_t magic, const struct multiboot2_info *information,
		 struct switchyard_info *switchyard)
{
	static struct tick tick;
	uint32_t count;
	bool can_start;

	tick.switchyard = switchyard;
	tick.name = switchyard ? switchyard->slot[switchyard->self - 1].name : "busy";
	serial_init();
	boot_read(&tick, magic, information);
	can_start = cpu_start_init(information);
	interrupts_init(&tick, PIC_MASTER_VECTOR);
	if (switchyard) {
		switchyard->notes.pit_reload = PIT_RELOAD;
		switchyard->notes.pic_master = PIC_MASTER_VECTOR;
		switchyard->notes.pic_slave = PIC_SLAVE_VECTOR;
	}
	interrupts_on();
	if (!can_start) {
		say(&tick, "no memory below 1 MiB for the other CPUs' trampoline");
		gate_crash(&tick, "no memory below 1 MiB");
	}
	count = cpus_start(&tick);
	for (uint32_t i = 1; i <= count; i++)
		say(&tick, "CPU %u counts at 0x%lx: it %s", i, (uint64_t)&busy_cpus[i].counter,
		    busy_cpus[i].way->name);
	say(&tick, "%u other CPUs count", count);
	for (;;) {
		cpu_wait();
		obey(&tick, serial_get());
	}
}
