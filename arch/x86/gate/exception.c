// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/exception.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/gate/symbols.h"
#include "lib/print.h"

#define BACKTRACE_DEPTH 16

/* Addresses relative to the entry's own fields, so that the table needs no relocation. */
struct fixup {
	int32_t from, to;
};

extern const struct fixup fixups_start[], fixups_end[]; /* linker/monitor.ld */
extern const uint8_t monitor_start[], monitor_end[];

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
	for (const struct fixup *fixup = fixups_start; fixup < fixups_end; fixup++) {
		if ((uint64_t)&fixup->from + (int64_t)fixup->from != frame->rip)
			continue;
		frame->rip = (uint64_t)&fixup->to + (int64_t)fixup->to;
		frame->rdx = 1;
		return true;
	}
	return false;
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
 * Goes on where the reporter says, with the monitor's page tables and stack: those of the fault may
 * be a guest's, or the double fault's small one.
 */
__attribute__((noreturn)) static void recover(void)
{
	uint64_t cr3 = read_cr4() & CR4_LA57 ? gate_anchor.cr3_la57 : gate_anchor.cr3;

	__asm__ volatile("mov %0, %%cr3\n\t"
			 "mov %1, %%rsp\n\t"
			 "xor %%ebp, %%ebp\n\t"
			 "call *%2\n\t"
			 "ud2"
			 :
			 : "r"(cr3), "r"(gate_anchor.stack), "r"(reporter->recover),
			   "D"(reporter->context)
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
	if (!reporter || reporting)
		cpu_stop();
	reporting = true;
	report(frame);
	reporting = false;
	recover();
}

bool rdmsr_safe(uint32_t msr, uint64_t *value)
{
	uint32_t low, high;
	uint64_t failed = 0;

	__asm__ volatile("1: rdmsr\n\t"
			 "mov %%edx, %1\n\t"
			 "xor %%edx, %%edx\n"
			 "2:\n\t" EXCEPTION_FIXUP("1b", "2b")
			 : "=a"(low), "=&r"(high), "+&d"(failed)
			 : "c"(msr));
	if (failed)
		return false;
	*value = (uint64_t)high << 32 | low;
	return true;
}

bool wrmsr_safe(uint32_t msr, uint64_t value)
{
	uint64_t failed = value >> 32;

	__asm__ volatile("1: wrmsr\n\t"
			 "xor %%edx, %%edx\n"
			 "2:\n\t" EXCEPTION_FIXUP("1b", "2b")
			 : "+d"(failed)
			 : "c"(msr), "a"((uint32_t)value));
	return !failed;
}
