// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * cpus.c - starts the other CPUs: SDM volume 3, section 9.4.4. They get INIT and then SIPIs. A
 * SIPI's vector is the number of the page that trampoline.asm is copied to.
 */
#include "../tick/boot_tags.h"
#include "../tick/instructions.h"
#include "busy.h"

#define LOW_MEMORY_END	0x100000u
#define PAGE_SIZE	4096u
#define PAGE_SHIFT	12
#define STACK_SIZE	4096

#define ICR_INIT	(5u << 8)
#define ICR_STARTUP	(6u << 8)
#define ICR_PENDING	(1u << 12)
#define ICR_ASSERT	(1u << 14)
#define ICR_TO(apic_id) ((uint32_t)(apic_id) << 24) /* in the upper half */

/*
 * Times in ticks of 10 ms. At least one whole tick must pass between INIT and SIPI. The second is
 * how long to wait for an answer.
 */
#define INIT_TICKS   2
#define ANSWER_TICKS 100

/* In trampoline.asm: the code, and its fields, which are set in the copy. */
extern const uint8_t trampoline[], trampoline_end[];
extern const uint8_t trampoline_gdt[], trampoline_gdt_base[], trampoline_cr3[], trampoline_target[],
	trampoline_stack[];
void trampoline_64(void);

uint64_t cpus_find_page(const struct multiboot2_info *information)
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

static void wait_ticks(const struct tick *tick, uint64_t count)
{
	uint64_t end = tick->interrupts.ticks + count;

	while (tick->interrupts.ticks < end)
		cpu_wait();
}

void cpus_send(uint32_t apic_id, uint32_t command)
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
static void set_field(uint64_t page, const uint8_t *field, uint64_t value)
{
	*(volatile uint32_t *)(page + (uint64_t)(field - trampoline)) = (uint32_t)value;
}

static void copy_trampoline(uint64_t page)
{
	for (uint64_t i = 0; i < (uint64_t)(trampoline_end - trampoline); i++)
		((volatile uint8_t *)page)[i] = trampoline[i];
	set_field(page, trampoline_gdt_base, page + (uint64_t)(trampoline_gdt - trampoline));
	set_field(page, trampoline_cr3, read_cr3());
	set_field(page, trampoline_target, (uint64_t)trampoline_64);
}

static bool comes(const struct tick *tick, const struct busy_cpu *cpu)
{
	for (uint32_t waited = 0; waited < ANSWER_TICKS && !cpu->ready; waited++)
		wait_ticks(tick, 1);
	return cpu->ready;
}

static bool counts(const struct tick *tick, const struct busy_cpu *cpu)
{
	for (uint32_t waited = 0; waited < ANSWER_TICKS && !cpu->counter; waited++)
		wait_ticks(tick, 1);
	return cpu->counter;
}

static bool start(const struct tick *tick, uint64_t page, uint32_t apic_id)
{
	static uint8_t stacks[BUSY_MAX_CPUS][STACK_SIZE] __attribute__((aligned(16)));
	struct busy_cpu *cpu = &busy_cpus[apic_id];

	cpu->way = way_of(apic_id);
	set_field(page, trampoline_stack, (uint64_t)stacks[apic_id] + STACK_SIZE);
	cpus_send(apic_id, ICR_INIT);
	wait_ticks(tick, INIT_TICKS);
	cpus_send(apic_id, ICR_STARTUP | (uint32_t)(page >> PAGE_SHIFT));
	if (!comes(tick, cpu))
		return false;
	if (cpu->way->by_nmi)
		cpus_send(apic_id, ICR_NMI);
	return counts(tick, cpu);
}

uint32_t cpus_start(struct tick *tick, uint64_t page)
{
	uint32_t apic_id = 1;

	ways_init();
	copy_trampoline(page);
	while (apic_id < BUSY_MAX_CPUS && start(tick, page, apic_id))
		apic_id++;
	return apic_id - 1;
}

void cpus_enter(void)
{
	struct busy_cpu *cpu = &busy_cpus[lapic_id()];

	ways_load_idt();
	cpu->ready = true;
	cpu->way->count(&cpu->counter);
}
