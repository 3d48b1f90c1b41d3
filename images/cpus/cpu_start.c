// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * cpu_start.c - starts other CPUs. They get INIT and then a SIPI, whose vector is the number of the
 * page that trampoline.asm is copied to.
 */
#include "cpu_start.h"
#include "../tick/boot_tags.h"
#include "../tick/instructions.h"
#include "../tick/tick.h"

#define LOW_MEMORY_END	0x100000u
#define PAGE_SIZE	4096u
#define PAGE_SHIFT	12

#define ICR_INIT	(5u << 8)
#define ICR_STARTUP	(6u << 8)
#define ICR_PENDING	(1u << 12)
#define ICR_ASSERT	(1u << 14)
#define ICR_TO(apic_id) ((uint32_t)(apic_id) << 24) /* in the upper half */

/* Of 10 ms. At least one whole tick must pass between INIT and SIPI. */
#define INIT_TICKS 2

/* In trampoline.asm: the code, and its fields, which are set in the copy. */
extern const uint8_t trampoline[], trampoline_end[];
extern const uint8_t trampoline_gdt[], trampoline_gdt_base[], trampoline_cr3[], trampoline_target[],
	trampoline_stack[];
extern void (*trampoline_enter)(void); /* where trampoline_64 goes */
void trampoline_64(void);

static uint64_t start_page;

static uint64_t find_page(const struct multiboot2_info *information)
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

void cpu_wait_ticks(const struct tick *tick, uint64_t count)
{
	uint64_t end = tick->interrupts.ticks + count;

	while (tick->interrupts.ticks < end)
		cpu_wait();
}

void cpu_send(uint32_t apic_id, uint32_t command)
{
	lapic_write(LAPIC_ICR_HIGH, ICR_TO(apic_id));
	lapic_write(LAPIC_ICR, command | ICR_ASSERT);
	while (lapic_read(LAPIC_ICR) & ICR_PENDING)
		__builtin_ia32_pause();
}

static uint64_t read_cr3(void)
{
	uint64_t value;

	__asm__ volatile("mov %%cr3, %0" : "=r"(value));
	return value;
}

/* Sets a field of the copy. The image and everything that it points to lie below 4 GiB. */
static void set_field(const uint8_t *field, uint64_t value)
{
	*(volatile uint32_t *)(start_page + (uint64_t)(field - trampoline)) = (uint32_t)value;
}

bool cpu_start_init(const struct multiboot2_info *information)
{
	start_page = find_page(information);
	if (!start_page)
		return false;
	for (uint64_t i = 0; i < (uint64_t)(trampoline_end - trampoline); i++)
		((volatile uint8_t *)start_page)[i] = trampoline[i];
	set_field(trampoline_gdt_base, start_page + (uint64_t)(trampoline_gdt - trampoline));
	set_field(trampoline_cr3, read_cr3());
	set_field(trampoline_target, (uint64_t)trampoline_64);
	return true;
}

void cpu_start(const struct tick *tick, uint32_t apic_id, void *stack_top, void (*enter)(void))
{
	set_field(trampoline_stack, (uint64_t)stack_top);
	trampoline_enter = enter;
	cpu_send(apic_id, ICR_INIT);
	cpu_wait_ticks(tick, INIT_TICKS);
	cpu_send(apic_id, ICR_STARTUP | (uint32_t)(start_page >> PAGE_SHIFT));
}
