// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/segments.h"
#include "arch/x86/gate/anchor.h"
#include "arch/x86/cpu/fixup.h"
#include "arch/x86/memory/la57.h"
#include "arch/x86/cpu/kvm_clock.h"
#include "arch/x86/interrupt/lapic.h"
#include "arch/x86/cpu/machine_check.h"
#include "arch/x86/cpu/msr.h"
#include "arch/x86/cpu/msr_list.h"
#include "arch/x86/cpu/mtrr.h"
#include "arch/x86/cpu/perfmon.h"
#include "arch/x86/gate/vmx.h"
#include "arch/x86/cpu/xstate.h"
#include "lib/string.h"

#define DR6_RESET	   0xffff0ff0ull /* SDM volume 3, table 9-1 */
#define DR7_RESET	   0x400ull
#define DR7_GD		   (1ull << 13)
#define S_CET_SHADOW_STACK 1ull /* SH_STK_EN: SDM volume 1, 17.1.2 */

/* EFER while the monitor runs. Set: long mode. Clear: what changes how instructions work. */
#define EFER_MONITOR (EFER_LME | EFER_LMA)

struct msr_range {
	uint32_t msr, count;
};

/*
 * Registers saved by RDMSR and restored by WRMSR, each with what goes wrong without it. Those that
 * this CPU lacks are passed over. APIC_BASE and the TSC deadline are lapic.c's, EFER and the
 * segment bases gate.asm's. The time-stamp counter is a clock, and clocks are not touched.
 */
static const struct msr_range state_msrs[] = {
	{MSR_AMD_SYSCFG, 1},		/* AMD: if the MTRRs' fields for DRAM are to be seen */
	{MSR_STAR, 1},			/* system call entry: selectors, */
	{MSR_LSTAR, 1},			/* 64-bit entry point, */
	{MSR_CSTAR, 1},			/* 32-bit entry point, */
	{MSR_SFMASK, 1},		/* flags cleared */
	{MSR_SYSENTER_CS, 1},		/* the same for SYSENTER */
	{MSR_SYSENTER_ESP, 1},		/* */
	{MSR_SYSENTER_EIP, 1},		/* */
	{MSR_PAT, 1},			/* memory types of pages: Linux moves WC to entry 1 */
	{MSR_TSC_AUX, 1},		/* the CPU's number for RDTSCP and RDPID */
	{MSR_MISC_ENABLE, 1},		/* fast strings, the NX disable bit, MWAIT */
	{MSR_MISC_FEATURES_ENABLES, 1}, /* CPUID that faults in user space */
	{MSR_TEST_CTRL, 1},		/* a trap for split locks: an exception nobody expects */
	{MSR_UMWAIT_CONTROL, 1},	/* how long user space may pause the CPU */
	{MSR_TSX_CTRL, 1},		/* hides transactions: a kernel may use them still */
	{MSR_SPEC_CTRL, 1},		/* speculation: IBRS left on slows the next kernel down */
	{MSR_AMD_VIRT_SPEC_CTRL, 1},	/* the same, from a hypervisor */
	{MSR_AMD_LS_CFG, 1},		/* the same on older AMD, and erratum fixes */
	{MSR_AMD_DE_CFG, 1},		/* LFENCE waits: what Spectre fixes build upon */
	{MSR_AMD_HWCR, 1},		/* MWAIT in user space, writable machine-check status */
	{MSR_AMD_VM_HSAVE_PA, 1},	/* where VMRUN keeps the host: the slot's memory */
	{MSR_U_CET, 1},			/* shadow stacks and branch tracking of user space, */
	{MSR_S_CET, 1},			/* of the kernel, */
	{MSR_PL0_SSP, MSR_SSP_TABLE - MSR_PL0_SSP + 1},	      /* and where the stacks lie */
	{MSR_FRED_RSP0, MSR_FRED_CONFIG - MSR_FRED_RSP0 + 1}, /* where events are delivered */
	{MSR_PKRS, 1},					      /* rights to supervisor pages */
	{MSR_BNDCFGS, 1},				      /* bound checks in the kernel */
	{MSR_PASID, 1},					      /* whose address space ENQCMD names */
	{MSR_LBR_DEPTH, 1}, /* writing it clears the records: before they are restored */
	{MSR_XSS, 1},	    /* supervisor components: what XSAVES and XRSTORS handle */
};

/*
 * The same for what acts on its own. It is written 0 when a kernel leaves, the last first, before
 * XSAVES; and comes back after XRSTORS, which faults if it is on, or would switch it off.
 */
static const struct msr_range active_msrs[] = {
	/* AMX: which state traps on first use; XSAVES takes that for unused */
	{MSR_XFD, 2},
	/* user interrupts: the CPU takes them from memory */
	{MSR_UINTR_RR, MSR_UINTR_TT - MSR_UINTR_RR + 1},
	/* records of branches; DEBUGCTL's go to memory too, if so set */
	{MSR_LBR_CTL, 1},
	{MSR_DEBUGCTL, 1},
	/*
	 * Processor Trace writes to memory; its other registers can be changed only while CTL is 0
	 */
	{MSR_RTIT_OUTPUT_BASE, 2},
	{MSR_RTIT_STATUS, 2},
	{MSR_RTIT_ADDR0_A, 8},
	{MSR_RTIT_CTL, 1},
};

/* What firmware left, and which MSRs there are. */
static struct {
	struct cpu_context firmware;
	uint64_t firmware_pat;
	struct msr_list state, active;
} cpu;

void cpu_state_init(void)
{
	uint64_t cr4 = CR4_PAE | CR4_MCE | xstate_init();

	gate_set_cr4(cr4);
	write_cr4(cr4);
	write_cr0(CR0_MONITOR);
}

static void msrs_find(struct msr_list *list, const struct msr_range *range, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		msr_list_add(list, range[i].msr, range[i].count, 1);
}

/* NULL if the state can be saved. Supervisor shadow stacks can't: nothing writes SSP back. */
static const char *unsaveable(const struct cpu_context *context)
{
	uint64_t supervisor_cet = 0;

	if (!xstate_fits())
		return "the XSAVE area is larger than a CPU context holds";
	if (context->cr4 & CR4_CET)
		rdmsr_safe(MSR_S_CET, &supervisor_cet);
	if (supervisor_cet & S_CET_SHADOW_STACK)
		return "its kernel uses a shadow stack; only user space may";
	if (!vmx_clear())
		return "the CPU is in VMX operation; stop the virtual machines first";
	return NULL;
}

/*
 * With DR7.GD set, a kernel is told of each access to a debug register: by #DB, which clears GD, so
 * that the second try succeeds.
 */
static uint64_t take_dr7(void)
{
	uint64_t value, trapped = 0;

	__asm__ volatile("1: mov %%dr7, %0\n\t" FIXUP("1b", "1b") : "=r"(value), "+d"(trapped));
	return trapped ? value | DR7_GD : value;
}

static void debug_save(struct cpu_context *context)
{
	context->dr7 = take_dr7();
	write_dr7(DR7_RESET); /* the guest's breakpoints must not hit in the monitor */
	context->dr0 = read_dr0();
	context->dr1 = read_dr1();
	context->dr2 = read_dr2();
	context->dr3 = read_dr3();
	context->dr6 = read_dr6();
}

static void debug_restore(const struct cpu_context *context)
{
	write_dr7(DR7_RESET); /* no breakpoint is armed while its address is half changed */
	write_dr0(context->dr0);
	write_dr1(context->dr1);
	write_dr2(context->dr2);
	write_dr3(context->dr3);
	write_dr6(context->dr6);
	write_dr7(context->dr7);
}

/*
 * The order: first what acts on its own stops. Last, memory types become firmware's again: with
 * the slot's, the monitor might find its devices cached. It uses the first entry of PAT only,
 * but that one too can be anything.
 */
bool cpu_state_save(struct cpu_context *context, const char **reason)
{
	*reason = unsaveable(context);
	if (*reason)
		return false;
	msr_list_save(&cpu.active, context->active);
	msr_list_stop(&cpu.active);
	wrmsr(MSR_EFER, EFER_MONITOR); /* before FXSAVE, which EFER.FFXSR cuts short */
	machine_check_end();
	debug_save(context);
	xstate_save(&context->xstate);
	msr_list_save(&cpu.state, context->state);
	mtrr_save(&context->mtrr);
	mtrr_restore(&cpu.firmware.mtrr);
	wrmsr(MSR_PAT, cpu.firmware_pat);
	write_cr3(read_cr3()); /* the TLB still has types by the slot's PAT */
	return true;
}

/*
 * The gate has loaded the monitor's, as a rule. But a kernel that faults before it has an IDT comes
 * by the monitor's, with control registers of its own.
 */
static void control_registers_restore(void)
{
	uint64_t levels;

	vmx_leave();
	levels = read_cr4() & CR4_LA57;
	write_cr4(gate_anchor.cr4 | levels);
	write_cr0(CR0_MONITOR);
	if (levels)
		la57_leave();
}

/* What comes before the vector registers, since IA32_XSS tells which of them there are. */
static void memory_and_msrs_restore(const struct cpu_context *context)
{
	control_registers_restore();
	mtrr_restore(&context->mtrr);
	msr_list_stop(&cpu.active); /* off already, unless the last slot could not be saved */
	msr_list_restore(&cpu.state, context->state);
}

/* What comes after them. */
static void debug_and_active_restore(const struct cpu_context *context)
{
	debug_restore(context);
	msr_list_restore(&cpu.active, context->active);
}

/* The mirror image; EFER is gate_resume()'s. */
void cpu_state_restore(const struct cpu_context *context)
{
	memory_and_msrs_restore(context);
	xstate_restore(&context->xstate);
	debug_and_active_restore(context);
}

void cpu_state_keep_firmware(void)
{
	struct cpu_context *firmware = &cpu.firmware;

	msrs_find(&cpu.state, state_msrs, sizeof(state_msrs) / sizeof(state_msrs[0]));
	msrs_find(&cpu.active, active_msrs, sizeof(active_msrs) / sizeof(active_msrs[0]));
	machine_check_list(&cpu.state);
	kvm_clock_list(&cpu.state, &cpu.active);
	perfmon_list(&cpu.state, &cpu.active);
	msr_list_save(&cpu.state, firmware->state);
	msr_list_save(&cpu.active, firmware->active);
	mtrr_save(&firmware->mtrr);
	cpu.firmware_pat = rdmsr(MSR_PAT);
	firmware->dr6 = DR6_RESET;
	firmware->dr7 = DR7_RESET;
	lapic_keep_firmware();
}

uint32_t cpu_state_left_out(void)
{
	return cpu.state.left_out + cpu.active.left_out;
}

/* The gate leaves what the monitor itself does not use as the last slot had it. */
static void segments_reset(void)
{
	__asm__ volatile("mov %w0, %%fs\n\t"
			 "mov %w0, %%gs"
			 :
			 : "r"(SELECTOR_DATA));
	wrmsr(MSR_FS_BASE, 0);
	wrmsr(MSR_GS_BASE, 0);
	wrmsr(MSR_KERNEL_GS_BASE, 0);
}

void cpu_state_reset(void)
{
	memory_and_msrs_restore(&cpu.firmware);
	xstate_reset();
	debug_and_active_restore(&cpu.firmware);
	segments_reset();
	write_cr2(0);
	write_cr4(gate_anchor.cr4 & ~CR4_PKE);
}
