// SPDX-License-Identifier: GPL-2.0-only
/*
 * asm_offsets.c - the gate's structures for NASM (arch/x86/cpu/asm_define.h).
 */
#include "arch/x86/cpu/asm_define.h"
#include "arch/x86/gate/anchor.h"
#include "arch/x86/gate/cpu_context.h"
#include "arch/x86/gate/enter.h"
#include "arch/x86/gate/exception.h"
#include "arch/x86/gate/gate_cpu.h"
#include "guest/linux/switchyard.h"

void asm_registers(void);
void asm_cpu_context(void);
void asm_gate_anchor(void);
void asm_gate_cpus(void);
void asm_guest_entry(void);
void asm_exception(void);

void asm_registers(void)
{
	OFFSET(cpu_context, rbx);
	OFFSET(cpu_context, rcx);
	OFFSET(cpu_context, rdx);
	OFFSET(cpu_context, rsi);
	OFFSET(cpu_context, rdi);
	OFFSET(cpu_context, rbp);
	OFFSET(cpu_context, rsp);
	OFFSET(cpu_context, r8);
	OFFSET(cpu_context, r9);
	OFFSET(cpu_context, r10);
	OFFSET(cpu_context, r11);
	OFFSET(cpu_context, r12);
	OFFSET(cpu_context, r13);
	OFFSET(cpu_context, r14);
	OFFSET(cpu_context, r15);
	OFFSET(cpu_context, rflags);
	OFFSET(cpu_context, cr0);
	OFFSET(cpu_context, cr2);
	OFFSET(cpu_context, cr3);
	OFFSET(cpu_context, cr4);
	OFFSET(cpu_context, cr8);
	OFFSET(cpu_context, fs_base);
	OFFSET(cpu_context, gs_base);
	OFFSET(cpu_context, kernel_gs_base);
	OFFSET(cpu_context, efer);
	OFFSET(cpu_context, dr7);
}

void asm_cpu_context(void)
{
	OFFSET(cpu_context, gdtr);
	DEFINE("cpu_context.gdtr_base",
	       offsetof(struct cpu_context, gdtr) + offsetof(struct descriptor_pointer, base));
	OFFSET(cpu_context, idtr);
	OFFSET(cpu_context, ldtr);
	OFFSET(cpu_context, tr);
	OFFSET(cpu_context, cs);
	OFFSET(cpu_context, ds);
	OFFSET(cpu_context, es);
	OFFSET(cpu_context, fs);
	OFFSET(cpu_context, gs);
	OFFSET(cpu_context, ss);
	OFFSET(cpu_context, progress);
	CONSTANT(GATE_ENTERED);
	CONSTANT(GATE_SAVED);
	CONSTANT(GATE_RESUMING);
	CONSTANT(GATE_IDLE);
}

void asm_gate_anchor(void)
{
	OFFSET(gate_anchor, handler);
	OFFSET(gate_anchor, cr4);
	OFFSET(gate_anchor, idtr);
}

void asm_gate_cpus(void)
{
	OFFSET(gate_cpus, count);
	OFFSET(gate_cpus, id_leaf);
	OFFSET(gate_cpus, cpu);
	OFFSET(gate_cpu, context);
	OFFSET(gate_cpu, stack);
	OFFSET(gate_cpu, tss_descriptor);
	OFFSET(gate_cpu, gdtr);
	OFFSET(gate_cpu, apic_id);
	DEFINE("GATE_CPU_SIZE", sizeof(struct gate_cpu));
	CONSTANT(SWITCHYARD_ENOTBOOTCPU);
	CONSTANT(SWITCHYARD_EBUSY);
	CONSTANT(SWITCHYARD_END);
	CONSTANT(SWITCHYARD_END_POWEROFF);
	CONSTANT(SWITCHYARD_END_REBOOT);
}

void asm_exception(void)
{
	OFFSET(exception_frame, rip);
	OFFSET(exception_frame, rflags);
	OFFSET(exception_frame, rsp);
	CONSTANT(RETURN_BY_RET);
}

void asm_guest_entry(void)
{
	OFFSET(guest_entry, ip);
	OFFSET(guest_entry, sp);
	OFFSET(guest_entry, ax);
	OFFSET(guest_entry, bx);
	OFFSET(guest_entry, cx);
	OFFSET(guest_entry, dx);
	OFFSET(guest_entry, si);
	OFFSET(guest_entry, di);
}
