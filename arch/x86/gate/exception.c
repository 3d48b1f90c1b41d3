// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/exception.h"
#include "arch/x86/cpu/machine_check.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/fixup.h"
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/gate/descriptors.h"
#include "arch/x86/gate/gate.h"
#include "arch/x86/gate/gate_cpu.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/gate/symbols.h"
#include "lib/print.h"

#define BACKTRACE_DEPTH 16

/* linker/monitor.ld: code and stacks lie between them. What lies behind may not have moved. */
extern const uint8_t monitor_start[], monitor_always[];

static const struct exception_report *reporter;

/* A fault, and one more while it is reported. A third one stops the report, or it would not end. */
#define FAULTS_MAX 2

struct fault {
	struct exception_frame frame;
	uint64_t cr2;
	uint64_t caller[BACKTRACE_DEPTH]; /* return addresses, up to a 0: the innermost first */
};

static struct {
	uint32_t count; /* until the person is asked */
	struct fault fault[FAULTS_MAX];
} faults;

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
	return address >= (uint64_t)monitor_start && address <= (uint64_t)monitor_always - 16;
}

/*
 * Prints "what NAME+0x12 (0x3456)". The number in brackets counts from the start of the image,
 * which is at 1 MiB in build/switchyard.elf.
 */
static void print_place(const char *what, uint64_t address)
{
	uint32_t offset = (uint32_t)(address - (uint64_t)monitor_start), behind;
	const char *name = symbol_find(offset, &behind);

	print_line("  %s %s+0x%x (0x%x)", what, name ? name : "?", name ? behind : offset, offset);
}

static void find_callers(struct fault *fault)
{
	uint64_t rbp = fault->frame.rbp;

	for (int depth = 0; depth < BACKTRACE_DEPTH && in_image(rbp); depth++) {
		const uint64_t *pair = (const uint64_t *)rbp; /* saved RBP, return address */

		if (!in_image(pair[1]))
			return;
		fault->caller[depth] = pair[1];
		rbp = pair[0];
	}
}

static void report(const struct fault *fault)
{
	const struct exception_frame *f = &fault->frame;
	const char *name = f->vector < EXCEPTION_COUNT ? exception_names[f->vector] : NULL;

	print_line("fault in %s: vector %lu (%s), error code %#lx",
		   in_image(f->rip) ? "the monitor" : "a kernel that starts", f->vector,
		   name ? name : "reserved", f->error_code);
	if (in_image(f->rip))
		print_place("at", f->rip);
	print_line("  rip %016lx rflags %08lx cr2 %016lx", f->rip, f->rflags, fault->cr2);
	print_line("  rax %016lx rbx %016lx rcx %016lx", f->rax, f->rbx, f->rcx);
	print_line("  rdx %016lx rsi %016lx rdi %016lx", f->rdx, f->rsi, f->rdi);
	print_line("  rbp %016lx rsp %016lx cs %04lx ss %04lx", f->rbp, f->rsp, f->cs, f->ss);
	for (int depth = 0; depth < BACKTRACE_DEPTH && fault->caller[depth]; depth++)
		print_place("called from", fault->caller[depth]);
}

/*
 * Runs on the monitor's stack, with the monitor's tables. If a fault happens in it, it runs again,
 * and skips the steps that may have caused that fault.
 */
static void after_fault(void)
{
	const struct fault *first = &faults.fault[0], *last = &faults.fault[faults.count - 1];

	if (first == last)
		cpu_state_take();
	reporter->take(reporter->context);
	if (first == last) {
		report(first);
	} else {
		print_line("fault while one was reported: vector %lu, rip %016lx",
			   last->frame.vector, last->frame.rip);
	}
	if (first->frame.vector == VECTOR_MC) {
		machine_check_answer(reporter->print, reporter->context);
		machine_check_end();
	}
	reporter->recover(reporter->context, in_image(first->frame.rip));
	faults.count = 0;
	reporter->talk(reporter->context);
}

/*
 * Copies all that the report needs, because the stack of the fault is lost. It is a guest's, whose
 * page tables are replaced, or the monitor's, which is used again from its top. A guest's page
 * tables may map the monitor read-only, so write protection is cleared; CET is cleared before it,
 * because the CPU refuses to clear CR0.WP under CET.
 */
__attribute__((noreturn)) static void take_fault(const struct exception_frame *frame)
{
	struct fault *fault;

	write_cr4(read_cr4() & ~CR4_CET);
	write_cr0(CR0_MONITOR & ~CR0_WP);
	if (!reporter || faults.count == FAULTS_MAX)
		cpu_stop();
	fault = &faults.fault[faults.count++];
	*fault = (struct fault){.frame = *frame, .cr2 = read_cr2()};
	find_callers(fault);
	gate_take_over(after_fault);
}

/*
 * An NMI. If a service is at work, the NMI is for the kernel that called, which goes on at once. So
 * it is sent again while NMIs are blocked, and they stay blocked until that kernel's next IRET (SDM
 * volume 3, 6.7.1). Otherwise it is for a kernel that does not run now.
 */
static enum exception_return take_nmi(void)
{
	if (!gate_cpu_in_service())
		return RETURN_BY_IRET;
	lapic_send_nmi(lapic_id());
	return RETURN_BY_RET;
}

/* Called by exception.asm for every vector. It says how to return to what was interrupted. */
enum exception_return exception_handler(struct exception_frame *frame);

enum exception_return exception_handler(struct exception_frame *frame)
{
	if (frame->vector >= EXCEPTION_COUNT) {
		lapic_eoi();
		return RETURN_BY_IRET;
	}
	if (frame->vector == VECTOR_NMI)
		return take_nmi();
	/* A machine check is not caused by the instruction that it interrupts. */
	if (frame->vector != VECTOR_MC && fixup_apply(frame))
		return RETURN_BY_IRET;
	/* In a few instructions of the gate, breakpoints of the caller may still be enabled. */
	if (frame->vector == VECTOR_DB && in_image(frame->rip)) {
		frame->rflags |= RFLAGS_RF;
		return RETURN_BY_IRET;
	}
	/*
	 * Another CPU may not use the terminal, because the kernel on the boot CPU still has it. If
	 * the boot CPU is lost, another CPU has its tables and the terminal.
	 */
	if (!lapic_is_boot_cpu() && !descriptors_loaded())
		cpu_stop();
	take_fault(frame);
}
