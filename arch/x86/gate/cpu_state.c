// SPDX-License-Identifier: GPL-2.0-only
#include "arch/x86/gate/cpu_state.h"
#include "arch/x86/cpu/cpu.h"
#include "arch/x86/cpu/segments.h"
#include "arch/x86/cpu/state_item.h"
#include "arch/x86/gate/anchor.h"
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
#include "arch/x86/gate/gate_cpu.h"
#include "lib/string.h"
#include "lib/xxh64.h"

#define DR6_RESET	   0xffff0ff0ull /* SDM volume 3, table 9-1 */
#define S_CET_SHADOW_STACK 1ull		 /* SH_STK_EN: SDM volume 1, 17.1.2 */

/* EFER while the monitor runs. The bits that change how instructions work are clear. */
#define EFER_MONITOR (EFER_LME | EFER_LMA)

struct msr_range {
	uint32_t msr, count;
};

/*
 * These registers are saved by RDMSR and restored by WRMSR. Each has a note on what it is for or
 * what goes wrong without it. Registers that this CPU lacks are skipped. lapic.c handles APIC_BASE
 * and the TSC deadline; gate.asm handles EFER and the segment bases. The time-stamp counter is a
 * clock, and the monitor does not touch clocks.
 */
static const struct msr_range state_msrs[] = {
	{MSR_AMD_SYSCFG, 1},		  /* AMD: whether the MTRRs' fields for DRAM are visible */
	{MSR_STAR, 1},			  /* system call entry: selectors, */
	{MSR_LSTAR, 1},			  /* 64-bit entry point, */
	{MSR_CSTAR, 1},			  /* 32-bit entry point, */
	{MSR_SFMASK, 1},		  /* flags cleared */
	{MSR_SYSENTER_CS, 1},		  /* the same for SYSENTER */
	{MSR_SYSENTER_ESP, 1},		  /* */
	{MSR_SYSENTER_EIP, 1},		  /* */
	{MSR_PAT, 1},			  /* memory types of pages: Linux moves WC to entry 1 */
	{MSR_TSC_AUX, 1},		  /* the CPU's number for RDTSCP and RDPID */
	{MSR_MISC_ENABLE, 1},		  /* fast strings, the NX disable bit, MWAIT */
	{MSR_MISC_FEATURES_ENABLES, 1},	  /* CPUID that faults in user space */
	{MSR_TEST_CTRL, 1},		  /* a trap for split locks, which others do not expect */
	{MSR_UMWAIT_CONTROL, 1},	  /* how long user space may pause the CPU */
	{MSR_TSX_CTRL, 1},		  /* disables transactions, which another kernel may use */
	{MSR_TSX_FORCE_ABORT, 1},	  /* the same on older CPUs */
	{MSR_MCU_OPT_CTRL, 1},		  /* leaks of buffers, closed where a CPU starts */
	{MSR_ENERGY_PERF_BIAS, 1},	  /* power or speed: set where a CPU starts, */
	{MSR_PERF_CTL, 1},		  /* */
	{MSR_HWP_REQUEST, 1},		  /* and how fast it may run; there if firmware uses HWP */
	{MSR_PQR_ASSOC, 1},		  /* which share of the caches the task has */
	{MSR_THERM_INTERRUPT, 1},	  /* which temperatures interrupt, of this core */
	{MSR_PACKAGE_THERM_INTERRUPT, 1}, /* and of the package */
	{MSR_AMD_DR1_MASK, 3},		  /* AMD: bits of addresses that breakpoints ignore, */
	{MSR_AMD_DR0_MASK, 1},		  /* */
	{MSR_SPEC_CTRL, 1},		  /* speculation: IBRS left on slows the next kernel down */
	{MSR_AMD_VIRT_SPEC_CTRL, 1},	  /* the same, from a hypervisor */
	{MSR_AMD_LS_CFG, 1},		  /* the same on older AMD, and erratum fixes */
	{MSR_AMD_DE_CFG, 1},		  /* LFENCE waits; Spectre fixes need that */
	{MSR_AMD_HWCR, 1},		  /* MWAIT in user space, writable machine-check status */
	{MSR_AMD_VM_HSAVE_PA, 1},	  /* where VMRUN keeps the host: the slot's memory */
	{MSR_U_CET, 1},			  /* shadow stacks and branch tracking of user space, */
	{MSR_S_CET, 1},			  /* of the kernel, */
	{MSR_PL0_SSP, MSR_SSP_TABLE - MSR_PL0_SSP + 1},	      /* and where the stacks lie */
	{MSR_FRED_RSP0, MSR_FRED_CONFIG - MSR_FRED_RSP0 + 1}, /* where events are delivered */
	{MSR_PKRS, 1},					      /* rights to supervisor pages */
	{MSR_BNDCFGS, 1},				      /* bound checks in the kernel */
	{MSR_PASID, 1},					      /* address space that ENQCMD uses */
	{MSR_LBR_DEPTH, 1}, /* comes before the records: writing it clears them */
	{MSR_XSS, 1},	    /* supervisor components: what XSAVES and XRSTORS handle */
};

/*
 * These registers control features that act on their own. When a kernel leaves, they are set to 0
 * before XSAVES, the last one first. They are restored after XRSTORS, because XRSTORS faults while
 * some of them are on, and would switch others off.
 */
static const struct msr_range active_msrs[] = {
	/* AMX: the state that traps on first use. XSAVES would treat that state as unused. */
	{MSR_XFD, 2},
	/* User interrupts: the CPU reads them from memory. */
	{MSR_UINTR_RR, MSR_UINTR_TT - MSR_UINTR_RR + 1},
	/* Records of branches. DEBUGCTL may send its records to memory, too. */
	{MSR_LBR_CTL, 1},
	{MSR_DEBUGCTL, 1},
	/*
	 * Processor Trace writes to memory. Its other registers can be changed only while CTL is 0.
	 */
	{MSR_RTIT_OUTPUT_BASE, 2},
	{MSR_RTIT_STATUS, 2},
	{MSR_RTIT_ADDR0_A, 8},
	{MSR_RTIT_CTL, 1},
};

/* Of all items with STATE_FIRMWARE, at their largest. */
#define FIRMWARE_ROOM (2 * MSR_LIST_MAX * sizeof(uint64_t) + sizeof(struct mtrr_state) + 512)

/* The state that firmware left, and the MSRs that this CPU has. */
static struct {
	struct state_layout layout;
	struct {
		struct state_layout layout; /* of the items with STATE_FIRMWARE */
		struct mtrr_state mtrr;
		uint64_t pat;
		uint8_t state[FIRMWARE_ROOM] __attribute__((aligned(STATE_ALIGN)));
	} firmware;
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

/*
 * Returns the reason why the state can't be saved, or NULL. Supervisor shadow stacks can't be
 * saved, because the monitor does not restore SSP.
 */
static const char *unsaveable(const struct cpu_context *context)
{
	uint64_t supervisor_cet = 0;

	if (context->cr4 & CR4_CET)
		rdmsr_safe(MSR_S_CET, &supervisor_cet);
	if (supervisor_cet & S_CET_SHADOW_STACK)
		return "its kernel uses a shadow stack; only user space may";
	if (!vmx_clear())
		return "the CPU is in VMX operation; stop the virtual machines first";
	return NULL;
}

static void debug_save(void *state)
{
	struct debug_state *debug = state;

	debug->dr0 = read_dr0();
	debug->dr1 = read_dr1();
	debug->dr2 = read_dr2();
	debug->dr3 = read_dr3();
	debug->dr6 = read_dr6();
}

static void debug_restore(const void *state, const void *now)
{
	const struct debug_state *debug = state;

	(void)now;
	write_dr0(debug->dr0);
	write_dr1(debug->dr1);
	write_dr2(debug->dr2);
	write_dr3(debug->dr3);
	write_dr6(debug->dr6);
}

static void debug_reset(void)
{
	static const struct debug_state reset = {.dr6 = DR6_RESET};

	debug_restore(&reset, NULL);
}

static uint32_t active_size(void)
{
	return cpu.active.count * (uint32_t)sizeof(uint64_t);
}

static void active_save(void *state)
{
	msr_list_save(&cpu.active, state);
	msr_list_stop(&cpu.active);
}

static void active_restore(const void *state, const void *now)
{
	(void)now;
	msr_list_restore(&cpu.active, state);
}

/* With EFER.FFXSR, FXSAVE would leave out the XMM registers. */
static void efer_of_monitor(void *none)
{
	(void)none;
	wrmsr(MSR_EFER, EFER_MONITOR);
}

/*
 * A kernel that panics in its machine-check handler leaves MCIP set. The CPU would shut down at the
 * next machine check.
 */
static void no_machine_check(void *none)
{
	(void)none;
	machine_check_end();
}

static void xstate_item_save(void *state)
{
	xstate_save(state);
}

static void xstate_item_restore(const void *state, const void *now)
{
	(void)now;
	xstate_restore(state);
}

static uint32_t msrs_size(void)
{
	return cpu.state.count * (uint32_t)sizeof(uint64_t);
}

static void msrs_save(void *state)
{
	msr_list_save(&cpu.state, state);
}

static void msrs_restore(const void *state, const void *now)
{
	(void)now;
	msr_list_stop(&cpu.active); /* they are still on if the last slot could not be saved */
	msr_list_restore(&cpu.state, state);
}

static void mtrr_item_save(void *state)
{
	mtrr_save(state);
}

static void mtrr_item_restore(const void *state, const void *now)
{
	(void)now;
	mtrr_restore(state);
}

/*
 * With the slot's memory types, the monitor might access devices through the cache. The monitor
 * uses only the first entry of PAT, but a slot can change that entry, too.
 */
static void memory_types_of_monitor(void *none)
{
	(void)none;
	mtrr_restore(&cpu.firmware.mtrr);
	wrmsr(MSR_PAT, cpu.firmware.pat);
	write_cr3(read_cr3()); /* the TLB still holds types from the slot's PAT */
}

/*
 * The gate usually has loaded the monitor's control registers. But a kernel that faults before it
 * has its own IDT comes here through the monitor's IDT, and its control registers are still loaded.
 */
static void control_of_monitor(const void *none, const void *now)
{
	uint64_t levels;

	(void)none;
	(void)now;
	vmx_leave();
	levels = read_cr4() & CR4_LA57;
	write_cr4(gate_anchor.cr4 | levels);
	write_cr0(CR0_MONITOR);
	if (levels)
		la57_leave();
}

#define OF_KERNEL (STATE_DEEP | STATE_QUICK)

/*
 * The CPU state of a slot that C saves, in the order of saving. It is restored in the reverse
 * order. gate.asm saves the registers before this, and restores them after it.
 *
 * The features that act on their own are stopped first, and are restored last. XSAVES and XRSTORS
 * handle the components that IA32_XSS names, so the MSRs, which contain IA32_XSS, are restored
 * before XRSTORS. The last step of saving sets the memory types of firmware. The local APIC is
 * saved with the machine's interrupt controllers (platform.c).
 */
static const struct state_item items[] = {
	{.name = "registers",
	 .version = 1,
	 .flags = OF_KERNEL,
	 .bytes = sizeof(struct cpu_context)},
	{.name = "active-msrs",
	 .version = 1,
	 .flags = OF_KERNEL | STATE_FIRMWARE,
	 .size = active_size,
	 .save = active_save,
	 .restore = active_restore},
	{.name = "efer-of-monitor", .save = efer_of_monitor},
	{.name = "no-machine-check", .save = no_machine_check},
	{.name = "debug",
	 .version = 1,
	 .flags = OF_KERNEL,
	 .bytes = sizeof(struct debug_state),
	 .save = debug_save,
	 .restore = debug_restore,
	 .reset = debug_reset},
	{.name = "xstate",
	 .version = 1,
	 .flags = OF_KERNEL,
	 .size = xstate_size,
	 .save = xstate_item_save,
	 .restore = xstate_item_restore,
	 .reset = xstate_reset},
	{.name = "msrs",
	 .version = 1,
	 .flags = OF_KERNEL | STATE_FIRMWARE,
	 .size = msrs_size,
	 .save = msrs_save,
	 .restore = msrs_restore},
	{.name = "mtrr",
	 .version = 1,
	 .flags = OF_KERNEL | STATE_FIRMWARE,
	 .bytes = sizeof(struct mtrr_state),
	 .save = mtrr_item_save,
	 .restore = mtrr_item_restore},
	{.name = "control-of-monitor",
	 .save = memory_types_of_monitor,
	 .restore = control_of_monitor},
	{.name = "lapic", .version = 1, .flags = OF_KERNEL, .bytes = sizeof(struct lapic_state)},
};

#define ITEM_COUNT (sizeof(items) / sizeof(items[0]))
#define ITEM_LAPIC (ITEM_COUNT - 1)
_Static_assert(ITEM_COUNT <= STATE_MAX_ITEMS, "a place for each row");

const struct state_layout *cpu_state_layout(void)
{
	return &cpu.layout;
}

struct lapic_state *cpu_state_lapic(struct cpu_context *context)
{
	return (void *)((uint8_t *)context + cpu.layout.place[ITEM_LAPIC].offset);
}

/* The list must have it. */
static void *item_in(const struct cpu_context *context, const char *name)
{
	const struct state_place *place = cpu.layout.place;

	while (strcmp(place->item->name, name))
		place++;
	return (uint8_t *)context + place->offset;
}

const struct debug_state *cpu_state_debug(const struct cpu_context *context)
{
	return item_in(context, "debug");
}

uint64_t cpu_state_form(void)
{
	uint64_t sum = xxh64(cpu.state.msr, cpu.state.count * sizeof(cpu.state.msr[0]),
			     sizeof(struct cpu_context));

	return xxh64(cpu.active.msr, cpu.active.count * sizeof(cpu.active.msr[0]), sum);
}

void cpu_state_own_types(struct cpu_context *context)
{
	memcpy(item_in(context, "mtrr"), &cpu.firmware.mtrr, sizeof(cpu.firmware.mtrr));
}

bool cpu_state_save(struct cpu_context *context, const char **reason)
{
	*reason = unsaveable(context);
	if (*reason)
		return false;
	state_save(&cpu.layout, context, NULL, 0);
	return true;
}

/* gate_resume() restores EFER. */
void cpu_state_restore(const struct cpu_context *context)
{
	state_restore(&cpu.layout, context, NULL, NULL, 0);
}

void cpu_state_keep_firmware(void)
{
	msrs_find(&cpu.state, state_msrs, sizeof(state_msrs) / sizeof(state_msrs[0]));
	msrs_find(&cpu.active, active_msrs, sizeof(active_msrs) / sizeof(active_msrs[0]));
	machine_check_list(&cpu.state);
	kvm_clock_list(&cpu.state, &cpu.active);
	perfmon_list(&cpu.state, &cpu.active);
	mtrr_save(&cpu.firmware.mtrr);
	cpu.firmware.pat = rdmsr(MSR_PAT);
	state_layout_init(&cpu.layout, items, ITEM_COUNT, STATE_DEEP);
	state_layout_init(&cpu.firmware.layout, items, ITEM_COUNT, STATE_FIRMWARE);
	state_save(&cpu.firmware.layout, cpu.firmware.state, NULL, 0);
	lapic_keep_firmware();
}

bool cpu_state_types_need_all_cpus(void)
{
	return gate_cpus.count > 1 && !mtrr_are(&cpu.firmware.mtrr);
}

uint32_t cpu_state_left_out(void)
{
	return cpu.state.left_out + cpu.active.left_out;
}

/* The gate does not reset the segment registers that the monitor does not use. */
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

/* In VMX operation some bits of control registers can't be changed, so it is left first. */
void cpu_state_take(void)
{
	control_of_monitor(NULL, NULL);
	msr_list_stop(&cpu.active);
	efer_of_monitor(NULL);
	no_machine_check(NULL);
	write_dr7(DR7_RESET);
	debug_reset();
	segments_reset();
	memory_types_of_monitor(NULL);
}

void cpu_state_reset(void)
{
	state_restore(&cpu.firmware.layout, cpu.firmware.state, NULL, NULL, 0);
	segments_reset();
	write_cr2(0);
	write_cr4(gate_anchor.cr4 & ~CR4_PKE);
}
