// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/cpu/segments.h"
#include "arch/x86/gate/anchor.h"
#include "arch/x86/gate/exception.h"
#include "lib/string.h"

#define STACK_SIZE     32768
#define IST_STACK_SIZE 4096

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

static struct {
	struct cpu_tables own; /* the boot CPU's */
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
		gate->selector = vector == VECTOR_DF ? SELECTOR_CODE64_FIRST : SELECTOR_CODE64;
		gate->type = GATE_INTERRUPT;
		gate->ist = ist_of(vector);
	}
}

static void gdt_init(struct cpu_tables *own)
{
	uint64_t base = (uint64_t)&own->tss;
	uint64_t *gdt = own->gdt;

	gdt[0] = 0;
	gdt[SELECTOR_CODE64_FIRST / 8] = GDT_CODE64;
	gdt[SELECTOR_CODE64 / 8] = GDT_CODE64;
	gdt[SELECTOR_DATA / 8] = GDT_DATA;
	gdt[SELECTOR_CODE32 / 8] = GDT_CODE32;
	gdt[SELECTOR_TSS / 8] = (sizeof(struct tss) - 1) | (base & 0xffffff) << 16 |
				(uint64_t)DESCRIPTOR_TSS << 40 | (base >> 24 & 0xff) << 56;
	gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

/* The stacks of the IST lie one after the other; size is that of one stack, in bytes. */
static void tss_init(struct tss *tss, uint8_t *ist_stack, uint32_t size)
{
	memset(tss, 0, sizeof(*tss));
	for (uint32_t ist = IST_NONE + 1; ist < IST_COUNT; ist++)
		tss->ist[ist - 1] = (uint64_t)(ist_stack + ist * size);
	tss->io_map = sizeof(*tss);
}

static struct gate_cpu place_of_tables(struct cpu_tables *own, uint64_t stack)
{
	return (struct gate_cpu){
		.stack = stack,
		.tss_descriptor = (uint64_t)&own->gdt[SELECTOR_TSS / 8],
		.gdtr = {sizeof(own->gdt) - 1, (uint64_t)own->gdt},
	};
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
	struct gate_cpu boot = place_of_tables(&tables.own, (uint64_t)(tables.stack + STACK_SIZE));
	struct descriptor_pointer idtr = {sizeof(tables.idt) - 1, (uint64_t)tables.idt};

	tss_init(&tables.own.tss, tables.ist_stack[0], IST_STACK_SIZE);
	gdt_init(&tables.own);
	idt_init();
	gate_set_idt(&idtr);
	gate_cpu_set_boot(&boot);
	load_tables(&boot.gdtr, &idtr);
}

struct gate_cpu descriptors_of(struct other_cpu *other)
{
	tss_init(&other->tables.tss, other->ist_stack[0], OTHER_IST_STACK_SIZE);
	gdt_init(&other->tables);
	return place_of_tables(&other->tables, (uint64_t)(other->stack + OTHER_STACK_SIZE));
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
	return is_loaded(&gdtr, &gate_cpus.cpu[0].gdtr) && is_loaded(&idtr, &gate_anchor.idtr) &&
	       tr == SELECTOR_TSS && ldtr == 0;
}

/* The stacks behind the tables do not belong to the area, because they change all the time. */
struct descriptor_area descriptors_area(void)
{
	return (struct descriptor_area){
		.base = &tables,
		.size = __builtin_offsetof(__typeof__(tables), ist_stack),
	};
}
