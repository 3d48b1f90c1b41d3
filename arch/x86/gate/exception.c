// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/exception.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/fixup.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/memory/paging.h"
#include "arch/x86/gate/symbols.h"
#include "lib/print.h"

#define BACKTRACE_DEPTH 16

extern const uint8_t monitor_start[], monitor_end[]; /* linker/monitor.ld */

static const struct exception_report *reporter;
static bool reporting; /* a fault while one is reported must not start over */

/* SDM volume 3, table 6-1. */
static const char *const exception_names[EXCEPTION_COUNT] = {
	[0] = "#DE divide error",
	[1] = "#DB debug",
	[2] = "NMI",
	[3] = "#BP breakpoint",
	[4] = "#OF overflow",
	[5] = "#BR bound range",
	[6] = "#UD invalid opcode",
	[7] = "#NM no FPU",
	[8] = "#DF double fault",
	[10] = "#TS invalid TSS",
	[11] = "#NP segment not present",
	[12] = "#SS stack fault",
	[13] = "#GP general protection",
	[14] = "#PF page fault",
	[16] = "#MF x87 fault",
	[17] = "#AC alignment check",
	[18] = "#MC machine check",
	[19] = "#XM SIMD fault",
	[21] = "#CP control protection",
};

void exception_report_to(const struct exception_report *report)
{
	reporter = report;
}

static bool fixup_apply(struct exception_frame *frame)
{
	if (!fixup_find(&frame->rip))
		return false;
	frame->rdx = 1;
	return true;
}

static void print_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void print_line(const char *format, ...)
{
	char line[128];
	va_list args;

	va_start(args, format);
	format_args(line, sizeof(line), format, args);
	va_end(args);
	reporter->print(reporter->context, line);
}

static bool in_image(uint64_t address)
{
	return address >= (uint64_t)monitor_start && address + 16 <= (uint64_t)monitor_end;
}

/*
 * "what NAME+0x12 (0x3456)". In brackets, the address counts from the image's start, which
 * build/switchyard.elf has at 1 MiB.
 */
static void print_place(const char *what, uint64_t address)
{
	uint32_t offset = (uint32_t)(address - (uint64_t)monitor_start), behind;
	const char *name = symbol_find(offset, &behind);

	print_line("  %s %s+0x%x (0x%x)", what, name ? name : "?", name ? behind : offset, offset);
}

static void backtrace(const struct exception_frame *frame)
{
	uint64_t rbp = frame->rbp;

	for (int depth = 0; depth < BACKTRACE_DEPTH && in_image(rbp); depth++) {
		const uint64_t *pair = (const uint64_t *)rbp; /* saved RBP, return address */

		if (!in_image(pair[1]))
			return;
		print_place("called from", pair[1]);
		rbp = pair[0];
	}
}

static void report(const struct exception_frame *f)
{
	const char *name = f->vector < EXCEPTION_COUNT ? exception_names[f->vector] : NULL;
	uint64_t cr2;

	__asm__ volatile("mov %%cr2, %0" : "=r"(cr2));
	print_line("fault in %s: vector %lu (%s), error code %#lx",
		   in_image(f->rip) ? "the monitor" : "a kernel that starts", f->vector,
		   name ? name : "reserved", f->error_code);
	if (in_image(f->rip))
		print_place("at", f->rip);
	print_line("  rip %016lx rflags %08lx cr2 %016lx", f->rip, f->rflags, cr2);
	print_line("  rax %016lx rbx %016lx rcx %016lx", f->rax, f->rbx, f->rcx);
	print_line("  rdx %016lx rsi %016lx rdi %016lx", f->rdx, f->rsi, f->rdi);
	print_line("  rbp %016lx rsp %016lx cs %04lx ss %04lx", f->rbp, f->rsp, f->cs, f->ss);
	backtrace(f);
}

/*
 * Goes on where the reporter says, with the monitor's page tables and the boot CPU's stack, which
 * it is on: those of the fault may be a guest's, or the double fault's small one.
 */
__attribute__((noreturn)) static void recover(void)
{
	__asm__ volatile("mov %0, %%cr3\n\t"
			 "mov %1, %%rsp\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "call *%2\n\t"
			 "ud2"
			 :
			 : "r"(paging_cr3_now()), "r"(gate_cpus.cpu[0].stack),
			   "r"(reporter->recover), "D"(reporter->context)
			 : "memory");
	__builtin_unreachable();
}

/* Called by exception.asm for every vector. Returns to what was interrupted. */
void exception_handler(struct exception_frame *frame);

void exception_handler(struct exception_frame *frame)
{
	if (frame->vector >= EXCEPTION_COUNT) {
		lapic_eoi();
		return;
	}
	if (frame->vector == VECTOR_NMI || fixup_apply(frame))
		return; /* an NMI here is meant for a kernel that is not running */
	/* Another CPU has no terminal: the boot CPU's kernel has it, and misses the CPU. */
	if (!reporter || reporting || !lapic_is_boot_cpu())
		cpu_stop();
	reporting = true;
	report(frame);
	reporting = false;
	recover();
}
