// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/core/slot_memory.h"
#include <stddef.h>
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/memory/page_walk.h"
#include "arch/x86/memory/phys.h"
#include "lib/string.h"
#include "lib/units.h"
#include "monitor/core/kernel_map.h"
#include "monitor/core/vmcoreinfo.h"

_Static_assert(sizeof(struct switchyard_memory) % 8 == 0, "the registers behind it are aligned");
_Static_assert(sizeof(struct switchyard_registers) % 8 == 0, "so are the next ones");

struct page_walk slot_memory_tables(const struct slot *slot, uint64_t cr3, uint64_t cr4)
{
	return (struct page_walk){.cr3 = cr3, .cr4 = cr4, .piece = {slot_range(slot), slot->dma}};
}

/* The return address of the call of the gate, on the caller's stack. 0: it can't be read. */
static uint64_t return_address(const struct slot *slot, const struct cpu_context *cpu)
{
	struct page_walk walk = slot_memory_tables(slot, cpu->cr3, cpu->cr4);
	uint64_t physical, address;

	if (cpu->rsp % sizeof(address) || !page_walk_find(&walk, cpu->rsp, &physical))
		return 0;
	memcpy(&address, phys(physical), sizeof(address));
	return address;
}

#define SAME(name) .name = cpu->name

static struct switchyard_registers registers_of(const struct slot *slot,
						const struct cpu_context *cpu)
{
	return (struct switchyard_registers){
		SAME(rbx),
		SAME(rcx),
		SAME(rdx),
		SAME(rsi),
		SAME(rdi),
		SAME(rbp),
		.rsp = cpu->rsp + sizeof(uint64_t),
		SAME(r8),
		SAME(r9),
		SAME(r10),
		SAME(r11),
		SAME(r12),
		SAME(r13),
		SAME(r14),
		SAME(r15),
		.rip = return_address(slot, cpu),
		SAME(rflags),
		SAME(cr0),
		SAME(cr2),
		SAME(cr3),
		SAME(cr4),
		SAME(cr8),
		SAME(efer),
		SAME(fs_base),
		SAME(gs_base),
		SAME(kernel_gs_base),
		.gdt_base = cpu->gdtr.base,
		.idt_base = cpu->idtr.base,
		.gdt_limit = cpu->gdtr.limit,
		.idt_limit = cpu->idtr.limit,
		SAME(cs),
		SAME(ds),
		SAME(es),
		SAME(fs),
		SAME(gs),
		SAME(ss),
		SAME(ldtr),
		SAME(tr),
	};
}

bool slot_memory_next_cpu(const struct slot_memory *from, struct slot_memory_cpus *cpus)
{
	if (from->told) {
		if (cpus->next >= from->told_count)
			return false;
		memcpy(&cpus->registers, from->told + (uint64_t)cpus->next++ * from->told_size,
		       sizeof(cpus->registers));
		return true;
	}
	while (cpus->next < from->cpu_count) {
		uint32_t i = cpus->next++, number = cpus->number;

		if (!from->cpu[i])
			continue;
		cpus->number++;
		if (from->registers >> i & 1) {
			cpus->registers = registers_of(from->slot, from->cpu[i]);
			cpus->registers.cpu = number;
			return true;
		}
	}
	return false;
}

/* Writes those of all CPUs that have any, and counts them; those beyond room are only counted. */
static uint32_t tell_registers(const struct slot_memory *from, struct switchyard_registers *to,
			       uint64_t room)
{
	struct slot_memory_cpus cpus = {0};
	uint32_t count = 0;

	for (; slot_memory_next_cpu(from, &cpus); count++)
		if (room / sizeof(*to) > count)
			to[count] = cpus.registers;
	return count;
}

static void add_range(struct switchyard_memory *told, const struct region *region)
{
	if (region->size)
		told->range[told->range_count++] =
			(struct switchyard_range){region->base, region->size};
}

/* What the kernel says of itself. The note is read again, because it was found some calls ago. */
static void add_notes_of_kernel(const struct slot_memory *from, struct switchyard_memory *told)
{
	static struct vmcoreinfo info;
	uint64_t note = from->note;
	struct kernel_piece image;

	if (!from->memory || !vmcoreinfo_search(&from->slot->ram, &note, 1, &info))
		return;
	told->note = (struct switchyard_range){note, VMCOREINFO_HEADER + info.size};
	told->bits = from->memory->is_64 ? 64 : 32;
	if (!kernel_map_direct(from->memory, &info, &told->direct, &told->direct_end))
		told->direct = told->direct_end = 0;
	if (kernel_map_image(from->memory, &info, &image)) {
		told->image_address = image.address;
		told->image = (struct switchyard_range){image.physical, image.size};
	}
}

/* Without a note, what a kernel tells of its registers says it. The gate has only 64-bit callers. */
static uint32_t bits_of(const struct slot_memory *from)
{
	struct slot_memory_cpus cpus = {0};
	uint32_t bits = 0;

	while (from->told && slot_memory_next_cpu(from, &cpus))
		if (bits != 64)
			bits = cpus.registers.efer & EFER_LMA ? 64 : 32;
	return bits;
}

/* By the tables of one CPU, in whichever mode it was. */
static bool find_by(const struct slot_memory *from, const struct switchyard_registers *cpu,
		    uint64_t address, uint64_t *physical)
{
	struct page_walk walk = slot_memory_tables(from->slot, cpu->cr3, cpu->cr4);

	if (cpu->efer & EFER_LMA)
		return page_walk_find(&walk, address, physical);
	if (cpu->cr0 & CR0_PG)
		return page_walk_find_32(&walk, address, physical);
	*physical = address;
	return page_walk_owns(&walk, address, 1);
}

static bool find_mapped(const struct slot_memory *from, uint64_t address, uint64_t *physical)
{
	struct slot_memory_cpus cpus = {0};

	while (slot_memory_next_cpu(from, &cpus))
		if (find_by(from, &cpus.registers, address, physical))
			return true;
	return false;
}

bool slot_memory_read(const struct slot_memory *from, uint64_t address, uint8_t *to, uint32_t size,
		      uint64_t *bad)
{
	while (size > 0) {
		uint32_t left = (uint32_t)(PAGE_SIZE - address % PAGE_SIZE);
		uint32_t part = size < left ? size : left;
		uint64_t physical;

		if (find_mapped(from, address, &physical)) {
			memcpy(to, phys(physical), part);
		} else if (!from->memory || !guest_memory_read(from->memory, address, to, part)) {
			*bad = address;
			return false;
		}
		to += part;
		address += part;
		size -= part;
	}
	return true;
}

uint64_t slot_memory_tell(const struct slot_memory *from, void *to, uint64_t room)
{
	struct switchyard_memory told = {
		.size = sizeof(told),
		.cpu_size = sizeof(struct switchyard_registers),
		.state = from->slot->state,
		.turn = (uint32_t)from->slot->turn,
	};
	uint64_t left = room - sizeof(told);

	if (room < sizeof(told))
		return 0;
	for (uint32_t i = 0; i < SLOT_RAM_PIECES; i++)
		add_range(&told, slot_piece(from->slot, i));
	told.bits = bits_of(from);
	add_notes_of_kernel(from, &told);
	told.cpu_count =
		tell_registers(from, (struct switchyard_registers *)((uint8_t *)to + sizeof(told)),
			       left);
	if (told.cpu_count > left / sizeof(struct switchyard_registers))
		return 0;
	memcpy(to, &told, sizeof(told));
	return sizeof(told) + told.cpu_count * sizeof(struct switchyard_registers);
}
