// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * busy.c - finds a page for the trampoline, starts the other CPUs, and says where they count. Then
 * it obeys keys on the serial port like tick: a digit is a slot, m is the monitor.
 *
 * It does not stop its CPUs before it calls the gate.
 */
#include <stddef.h>
#include "../tick/boot_tags.h"
#include "../tick/instructions.h"
#include "../tick/serial.h"
#include "busy.h"

#define LOW_MEMORY_END 0x100000u
#define PAGE_SIZE      4096u

void kernel_main(uint32_t magic, const struct multiboot2_info *information,
		 struct switchyard_info *switchyard);

/* The last page of this slot's memory below 1 MiB. 0 if it has none. */
static uint64_t find_low_page(const struct multiboot2_info *information)
{
	const struct multiboot2_map_tag *map =
		(const struct multiboot2_map_tag *)boot_tag(information, MULTIBOOT2_INFO_MAP);
	uint64_t page = 0;

	if (!map)
		return 0;
	for (uint32_t offset = sizeof(*map); offset < map->tag.size; offset += map->entry_size) {
		const struct multiboot2_map_entry *entry =
			(const struct multiboot2_map_entry *)((const uint8_t *)map + offset);

		if (entry->type == MULTIBOOT_MEMORY_AVAILABLE &&
		    entry->base + entry->length <= LOW_MEMORY_END && entry->length >= PAGE_SIZE)
			page = (entry->base + entry->length - PAGE_SIZE) & -(uint64_t)PAGE_SIZE;
	}
	return page;
}

static void obey(struct tick *tick, int key)
{
	if (key == 'm')
		gate_monitor(tick);
	else if (key >= '1' && key <= '9')
		gate_switch(tick, (uint32_t)(key - '0'));
}

void kernel_main(uint32_t magic, const struct multiboot2_info *information,
		 struct switchyard_info *switchyard)
{
	static struct tick tick;
	uint64_t page;
	uint32_t count;

	tick.switchyard = switchyard;
	tick.name = switchyard ? switchyard->slot[switchyard->self - 1].name : "busy";
	serial_init();
	boot_read(&tick, magic, information);
	page = find_low_page(information);
	interrupts_init(&tick, PIC_MASTER_VECTOR);
	if (switchyard) {
		switchyard->notes.pit_reload = PIT_RELOAD;
		switchyard->notes.pic_master = PIC_MASTER_VECTOR;
		switchyard->notes.pic_slave = PIC_SLAVE_VECTOR;
	}
	interrupts_on();
	if (!page) {
		say(&tick, "no memory below 1 MiB for the other CPUs' trampoline");
		gate_crash(&tick, "no memory below 1 MiB");
	}
	count = cpus_start(&tick, page);
	for (uint32_t i = 1; i <= count; i++)
		say(&tick, "CPU %u counts at 0x%lx: it %s", i, (uint64_t)&busy_cpus[i].counter,
		    busy_cpus[i].way->name);
	say(&tick, "%u other CPUs count", count);
	for (;;) {
		cpu_wait();
		obey(&tick, serial_get());
	}
}
