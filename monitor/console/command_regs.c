// SPDX-License-Identifier: GPL-2.0-only
#include "monitor/console/command_regs.h"
#include <stddef.h>
#include "guest/linux/switchyard_check.h"
#include "guest/linux/switchyard_names.h"
#include "monitor/console/command_slots.h"
#include "monitor/core/kernel_symbols.h"
#include "monitor/switch/slot_log.h"

#define FLAGS_INTERRUPT (1u << 9)
#define SELECTOR_RING	3u

/* The kernel's own note, if it is Linux. */
static struct {
	struct printk_log log;
	struct vmcoreinfo info;
	bool found;
} kernel;

bool command_slot_memory(struct ui *ui, const struct slot *slot, struct slot_memory *memory)
{
	if (!switchyard_stands_still(slot->state)) {
		console_error(&ui->console,
			      "slot %s is %s; expected one that is parked, crashed or interrupted",
			      slot->name, switchyard_state_name(slot->state));
		return false;
	}
	kernel.found = slot_log_find_memory(ui->monitor, slot, &kernel.log, memory) &&
		       vmcoreinfo_search(&slot->ram, &memory->note, 1, &kernel.info);
	if (!kernel.found)
		memory->memory = NULL;
	return true;
}

static void name_address(uint64_t address, char text[KERNEL_SYMBOL_TEXT])
{
	if (!kernel.found || !kernel_symbols_name(&kernel.log.memory, &kernel.info, address, text))
		text[0] = '\0';
}

static void show_cpu(struct console *console, const struct switchyard_registers *cpu)
{
	char name[KERNEL_SYMBOL_TEXT];

	name_address(cpu->rip, name);
	console_printf(console, "CPU %u, %s, interrupts %s\n", cpu->cpu,
		       cpu->cs & SELECTOR_RING ? "in a program" : "in the kernel",
		       cpu->rflags & FLAGS_INTERRUPT ? "on" : "off");
	console_printf(console, "  rip %016lx  %s\n", cpu->rip, name);
	console_printf(console, "  rax %016lx  rbx %016lx  rcx %016lx\n", cpu->rax, cpu->rbx,
		       cpu->rcx);
	console_printf(console, "  rdx %016lx  rsi %016lx  rdi %016lx\n", cpu->rdx, cpu->rsi,
		       cpu->rdi);
	console_printf(console, "  rbp %016lx  rsp %016lx  r8  %016lx\n", cpu->rbp, cpu->rsp,
		       cpu->r8);
	console_printf(console, "  r9  %016lx  r10 %016lx  r11 %016lx\n", cpu->r9, cpu->r10,
		       cpu->r11);
	console_printf(console, "  r12 %016lx  r13 %016lx  r14 %016lx\n", cpu->r12, cpu->r13,
		       cpu->r14);
	console_printf(console, "  r15 %016lx  cr2 %016lx  cr3 %016lx\n", cpu->r15, cpu->cr2,
		       cpu->cr3);
	console_printf(console,
		       "  cr0 %08lx  cr4 %08lx  efer %04lx  flags %08lx  cs %04x  ss %04x\n",
		       cpu->cr0, cpu->cr4, cpu->efer, cpu->rflags, cpu->cs, cpu->ss);
}

void command_regs(struct ui *ui, int argc, char **argv)
{
	const struct slot *slot = command_named_slot(ui, argv[1]);
	struct slot_memory_cpus cpus = {0};
	struct slot_memory memory;
	bool any = false;

	(void)argc;
	if (!slot || !command_slot_memory(ui, slot, &memory))
		return;
	for (; slot_memory_next_cpu(&memory, &cpus); any = true)
		show_cpu(&ui->console, &cpus.registers);
	if (!any)
		console_error(
			&ui->console,
			"slot %s: none of its CPUs came to the gate, so no registers are known",
			slot->name);
}
