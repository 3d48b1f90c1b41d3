// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/cpu/segments.h"
#include "arch/x86/gate/anchor.h"
#include "arch/x86/gate/exception.h"
#include "lib/string.h"

/* Interrupt-stack-table entries: faults that may come with a bad stack get one of their own. */
enum { IST_NONE, IST_DOUBLE_FAULT, IST_NMI, IST_MACHINE_CHECK, IST_COUNT };

#define STACK_SIZE     32768
#define IST_STACK_SIZE 4096

/* 64-bit TSS (SDM volume 3, figure 8-11). */
struct tss {
	uint32_t reserved0;
	uint64_t rsp[3];
	uint64_t reserved1;
	uint64_t ist[7]; /* IST 1 to 7 */
	uint64_t reserved2;
	uint16_t reserved3, io_map;
} __attribute__((packed));
_Static_assert(sizeof(struct tss) == 104, "the CPU's TSS");

/* 64-bit interrupt gate (SDM volume 3, figure 6-8). */
struct idt_gate {
	uint16_t offset0;
	uint16_t selector;
	uint8_t ist, type;
	uint16_t offset16;
	uint32_t offset32;
	uint32_t reserved;
};
_Static_assert(sizeof(struct idt_gate) == 16, "the CPU's gate descriptor");

#define GATE_INTERRUPT 0x8e /* present, DPL 0, 64-bit interrupt gate */

#define GDT_ENTRIES    6 /* null, CODE32, CODE64, DATA, TSS (two) */

static struct {
	uint64_t gdt[GDT_ENTRIES];
	struct tss tss;
	struct idt_gate idt[EXCEPTION_VECTORS] __attribute__((aligned(16)));
	uint8_t ist_stack[IST_COUNT - 1][IST_STACK_SIZE] __attribute__((aligned(16)));
	uint8_t stack[STACK_SIZE] __attribute__((aligned(16)));
} tables;

static uint8_t ist_of(unsigned int vector)
{
	switch (vector) {
	case VECTOR_DF:
		return IST_DOUBLE_FAULT;
	case VECTOR_NMI:
		return IST_NMI;
	case VECTOR_MC:
		return IST_MACHINE_CHECK;
	}
	return IST_NONE;
}

static void idt_init(void)
{
	for (unsigned int vector = 0; vector < EXCEPTION_VECTORS; vector++) {
		uint64_t stub = (uint64_t)exception_stubs + vector * exception_stub_size;
		struct idt_gate *gate = &tables.idt[vector];

		gate->offset0 = (uint16_t)stub;
		gate->offset16 = (uint16_t)(stub >> 16);
		gate->offset32 = (uint32_t)(stub >> 32);
		gate->selector = SELECTOR_CODE64;
		gate->type = GATE_INTERRUPT;
		gate->ist = ist_of(vector);
	}
}

static void gdt_init(void)
{
	uint64_t base = (uint64_t)&tables.tss;
	uint64_t *gdt = tables.gdt;

	gdt[SELECTOR_CODE32 / 8] = GDT_CODE32;
	gdt[SELECTOR_CODE64 / 8] = GDT_CODE64;
	gdt[SELECTOR_DATA / 8] = GDT_DATA;
	gdt[SELECTOR_TSS / 8] = (sizeof(struct tss) - 1) | (base & 0xffffff) << 16 |
				(uint64_t)DESCRIPTOR_TSS << 40 | (base >> 24 & 0xff) << 56;
	gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

static uint64_t stack_top(uint8_t *stack, uint32_t size)
{
	return (uint64_t)(stack + size);
}

static void load_tables(const struct descriptor_pointer *gdtr,
			const struct descriptor_pointer *idtr)
{
	__asm__ volatile("lgdt %0\n\t"
			 "lidt %1\n\t"
			 "mov %w2, %%ds\n\t"
			 "mov %w2, %%es\n\t"
			 "mov %w2, %%ss\n\t"
			 "ltr %w3\n\t"
			 "pushq %4\n\t"
			 "leaq 1f(%%rip), %%rax\n\t"
			 "pushq %%rax\n\t"
			 "lretq\n"
			 "1:"
			 :
			 : "m"(*gdtr), "m"(*idtr), "r"(SELECTOR_DATA), "r"(SELECTOR_TSS),
			   "i"(SELECTOR_CODE64)
			 : "rax", "memory");
}

void descriptors_init(void)
{
	struct descriptor_pointer gdtr = {sizeof(tables.gdt) - 1, (uint64_t)tables.gdt};
	struct descriptor_pointer idtr = {sizeof(tables.idt) - 1, (uint64_t)tables.idt};

	memset(&tables.tss, 0, sizeof(tables.tss));
	for (int ist = IST_NONE + 1; ist < IST_COUNT; ist++)
		tables.tss.ist[ist - 1] = stack_top(tables.ist_stack[ist - 1], IST_STACK_SIZE);
	tables.tss.io_map = sizeof(struct tss);
	gdt_init();
	idt_init();

	gate_set_tables(&gdtr, &idtr, (uint64_t)&tables.gdt[SELECTOR_TSS / 8],
			stack_top(tables.stack, STACK_SIZE));
	load_tables(&gdtr, &idtr);
}

static bool is_loaded(const struct descriptor_pointer *now, const struct descriptor_pointer *own)
{
	return now->base == own->base && now->limit == own->limit;
}

bool descriptors_loaded(void)
{
	struct descriptor_pointer gdtr, idtr;
	uint16_t tr, ldtr;

	__asm__ volatile("sgdt %0\n\t"
			 "sidt %1\n\t"
			 "str %2\n\t"
			 "sldt %3"
			 : "=m"(gdtr), "=m"(idtr), "=m"(tr), "=m"(ldtr));
	return is_loaded(&gdtr, &gate_anchor.gdtr) && is_loaded(&idtr, &gate_anchor.idtr) &&
	       tr == SELECTOR_TSS && ldtr == 0;
}

/* The stacks behind them change all the time. */
struct descriptor_area descriptors_area(void)
{
	return (struct descriptor_area){
		.base = &tables,
		.size = __builtin_offsetof(__typeof__(tables), ist_stack),
	};
}
