; SPDX-License-Identifier: GPL-2.0-only
;
; gate.asm - out of a kernel and back into one. gate.h has the steps of a switch.
;
; Invariants
;   - Interrupts are off from the first instructions to the last.
;   - The code is reached at the same address before and after each change of CR3: all of RAM
;     is mapped to itself by the caller's tables as well as by the monitor's.
;   - An NMI or machine check finds a complete IDT, GDT and stack at every instruction: the
;     caller's until the monitor's are loaded together, and the reverse on the way back. Between
;     LGDT and LIDT the IDT of one side meets the GDT of the other, which works for a kernel
;     whose code selector is the monitor's, as Linux's is (descriptors.h).
;
bits 64
default rel
%include "arch/x86/cpu/asm_constants.inc"
%include "arch/x86/gate/asm_offsets.inc"

extern gate_anchor, gate_cpus, crew_started
extern la57_enter, la57_leave
extern paging_cr3, paging_cr3_la57

; These lists name the registers that the gate keeps. gate_entry stores each list, gate_resume loads
; it, and the macros for both stand side by side. Some registers are in no list, because they need
; their own place in the order or their own instruction: RSP, RDI, RFLAGS, CR3, CR4, DR7, EFER, CS,
; LDTR, TR, GDTR, IDTR.
%define GENERAL		rbx, rcx, rdx, rsi, rbp, r8, r9, r10, r11, r12, r13, r14, r15
%define CONTROL		cr0, cr2, cr8
%define SELECTORS	ss, ds, es, fs, gs
%define BASES		MSR_FS_BASE, fs_base, MSR_GS_BASE, gs_base, MSR_KERNEL_GS_BASE, kernel_gs_base

; CONTEXT is the register that holds the CPU context. The register tables below name it.
HIGH_HALF	equ 4			; of a 64-bit number, in bytes

%macro store 1-*			; general registers, or selectors
%rep %0
	mov [CONTEXT + cpu_context.%1], %1
%rotate 1
%endrep
%endmacro

%macro load 1-*
%rep %0
	mov %1, [CONTEXT + cpu_context.%1]
%rotate 1
%endrep
%endmacro

%macro store_control 1-*		; control registers, by way of RBX
%rep %0
	mov rbx, %1
	mov [CONTEXT + cpu_context.%1], rbx
%rotate 1
%endrep
%endmacro

%macro load_control 1-*
%rep %0
	mov rbx, [CONTEXT + cpu_context.%1]
	mov %1, rbx
%rotate 1
%endrep
%endmacro

%macro store_msrs 2-*			; pairs of MSR and field, by way of EAX, ECX, EDX
%rep %0 / 2
	mov ecx, %1
	rdmsr
	mov [CONTEXT + cpu_context.%2], eax
	mov [CONTEXT + cpu_context.%2 + HIGH_HALF], edx
%rotate 2
%endrep
%endmacro

%macro load_msrs 2-*
%rep %0 / 2
	mov ecx, %1
	mov eax, [CONTEXT + cpu_context.%2]
	mov edx, [CONTEXT + cpu_context.%2 + HIGH_HALF]
	wrmsr
%rotate 2
%endrep
%endmacro

; The calling CPU's struct gate_cpu, to RAX. CPUID identifies the CPU in every mode of its local APIC.
; Goes to %1 if it has none. Clobbers RBX, RCX, RDX.
%macro find_cpu 1
	mov eax, [gate_cpus + gate_cpus.id_leaf]
	xor ecx, ecx
	cpuid				; EDX: the APIC ID, of the leaf for topology
	cmp dword [gate_cpus + gate_cpus.id_leaf], CPUID_TOPOLOGY
	je %%have_id
	mov edx, ebx
	shr edx, CPUID_APIC_ID_SHIFT
%%have_id:
	lea rax, [gate_cpus + gate_cpus.cpu]
	mov ecx, [gate_cpus + gate_cpus.count]
%%next:
	cmp [rax + gate_cpu.apic_id], edx
	je %%found
	add rax, GATE_CPU_SIZE
	dec ecx
	jnz %%next
	jmp %1
%%found:
%endmacro

section .text

; int64_t gate_entry(uint64_t op, uint64_t arg)
;
; In:        RDI op, RSI arg; 64-bit mode, CPL 0, the caller's CR3 (4 or 5 levels), stack, tables.
; Out:       RAX result, when the slot is resumed (by gate_resume) or refused.
; Preserved: all but RAX: gate_resume puts them back.
; Clobbers:  RAX.
; Stack:     the caller's, 32 bytes of it, until the monitor's is loaded.
;
; The gate refuses a CPU that has no context in the running slot. It also refuses a CPU that is in
; the gate already (an NMI handler may call while the gate is at work). Until it knows that, it
; writes only to the caller's stack. It switches interrupts off first: otherwise the caller could
; move to another CPU meanwhile.
;
; Registers, here:
;   RAX  struct gate_cpu        RDI  op
;   RBX, RCX, RDX  scratch; the caller's values are on its stack
;   RSI  arg
global gate_entry
align 16
gate_entry:
	endbr64
	pushfq
	push RFLAGS_FIXED		; CLI is not enough: TF would trap in the monitor, NT would
	popfq				; make the IRET below fault, and AC and DF must be clear
	push rbx
	push rcx
	push rdx
	find_cpu .no_context
	jmp .found
.no_context:
	mov rax, SWITCHYARD_ENOTBOOTCPU
	jmp .refuse
.busy:
	mov rax, SWITCHYARD_EBUSY
.refuse:
	pop rdx
	pop rcx
	pop rbx
	popfq
	ret
.found:
	mov rbx, [rax + gate_cpu.context]
	test rbx, rbx
	jz .no_context
	cmp dword [rbx + cpu_context.progress], GATE_IDLE
	jne .busy
	mov dword [rbx + cpu_context.progress], GATE_ENTERED
	pop rdx
	pop rcx
	xchg rbx, [rsp]			; RBX is the caller's again; the stack holds the context
	xchg rax, [rsp]			; RAX is the context; the stack holds struct gate_cpu
	; On to store_registers.

; Stores the caller's registers in its context.
;
; In:        from gate_entry; all registers except RAX and RSP are the caller's.
; Out:       to monitor_tables.
; Stack:     the caller's: struct gate_cpu, RFLAGS, the return address.
;
; Registers, here:
;   RAX  the CPU context        RDI  op
;   RBX  scratch                RSI  arg
%define CONTEXT rax
store_registers:
	store rdi
	store GENERAL
	pop r13				; struct gate_cpu
	pop qword [rax + cpu_context.rflags]
	store rsp			; the return address lies there
	store_control CONTROL, cr3, cr4
	sgdt [rax + cpu_context.gdtr]
	sidt [rax + cpu_context.idtr]
	sldt [rax + cpu_context.ldtr]
	str [rax + cpu_context.tr]
	store cs, SELECTORS
	mov r12, rax
%define CONTEXT r12
	store_msrs MSR_EFER, efer, BASES
	lea r14, [call_handler]
	; On to monitor_tables.

; Loads the monitor's tables, segments and stack. The caller's CR3 maps them, too, so they can be
; loaded before CR3. An NMI then finds a complete IDT, GDT, TSS and stack before and after the write
; to CR3. CET is cleared first, because CR0.WP can't be cleared under CET, and because the shadow
; stack does not have the addresses of the jumps below. FRED is cleared after the monitor's IDT is
; loaded, because a kernel that uses FRED has no IDT.
;
; In:        from gate_entry: its caller's CR3 and stack, all state saved; or from gate_take_over.
; Out:       to monitor_memory, on the monitor's stack.
;
; Registers, from here to the address in R14:
;   R12, RDI, RSI  unchanged: arguments for the code at R14
;   R13  struct gate_cpu        R14  address where to go on
;   RBX  scratch
monitor_tables:
	mov rbx, cr4
	btr rbx, CR4_CET_BIT
	jnc .no_cet
	mov cr4, rbx
.no_cet:
	lgdt [r13 + gate_cpu.gdtr]
	mov rbx, [r13 + gate_cpu.tss_descriptor]
	and byte [rbx + DESCRIPTOR_TYPE_BYTE], ~DESCRIPTOR_TSS_BUSY	; LTR refuses a busy TSS
	mov bx, SELECTOR_TSS
	ltr bx
	lidt [gate_anchor + gate_anchor.idtr]
	mov rbx, cr4
	btr rbx, CR4_FRED_BIT
	jnc .no_fred
	mov cr4, rbx
.no_fred:
	mov rsp, [r13 + gate_cpu.stack]
	xor ebx, ebx
	lldt bx
	mov bx, SELECTOR_DATA
	mov ds, bx
	mov es, bx
	mov ss, bx
	; This uses IRET instead of RETF, because a guest that panics may call from its NMI handler.
	; Without IRET, NMIs would stay blocked for the next kernel (SDM volume 3, 6.7.1).
	mov rbx, rsp
	push SELECTOR_DATA
	push rbx
	push RFLAGS_FIXED
	push SELECTOR_CODE64
	lea rbx, [monitor_memory]
	push rbx
	iretq

; Switches to the monitor's address space. CR3 with PCID 0 is loaded before PCIDE is cleared, and
; PCIDE must be clear before la57_leave turns paging off. The write to CR4 clears PGE and PCIDE.
; Each of them flushes the caller's TLB entries of all PCIDs and of global pages (SDM volume 3,
; 4.10.4.1). If neither was set, the write to CR3 has flushed the TLB. The monitor leaves VMXE and,
; with it, LA57 set: in VMX operation the CPU refuses to clear VMXE and to turn paging off. vmx.c
; does both later. The monitor's C code runs with four levels and with five.
;
; In:        from monitor_tables; registers as there.
; Out:       to the address in R14; C code can run there.
; Stack:     the monitor's.
monitor_memory:
	mov rbx, [paging_cr3]
	mov rcx, cr4
	test ecx, CR4_LA57
	cmovnz rbx, [paging_cr3_la57]
	mov cr3, rbx
	mov ebx, CR0_MONITOR
	mov cr0, rbx
	and ecx, CR4_LA57 | CR4_VMXE
	mov rbx, rcx
	or rbx, [gate_anchor + gate_anchor.cr4]
	mov cr4, rbx
	cmp ecx, CR4_LA57
	jne .levels
	call la57_leave
.levels:
	xor ebp, ebp			; the backtrace ends here
	jmp r14

; Disables the caller's breakpoints, and calls the monitor's C code. If DR7.GD is set, the first
; read of DR7 raises #DB, which clears GD. The fixup repeats the read, which then succeeds.
;
; In:        from monitor_memory; R12 the CPU context, RDI op, RSI arg.
; Out:       to the handler; if that refuses, to gate_resume with its result.
; Stack:     the monitor's.
call_handler:
	xor edx, edx			; 1 when the read is repeated (fixup.h)
.dr7:
	mov rbx, dr7
	shl edx, DR7_GD_BIT
	or rbx, rdx
	mov [r12 + cpu_context.dr7], rbx
	mov ebx, DR7_RESET
	mov dr7, rbx
	mov dword [r12 + cpu_context.progress], GATE_SAVED
	call [gate_anchor + gate_anchor.handler]
	; The call is refused: the caller gets control back as if it were resumed.
	mov rdi, r12
	mov rsi, rax
	jmp gate_resume

; void gate_take_over(void (*go_on)(void))
;
; Here CR3 is loaded before the tables, because the tables are written, and the CR3 of the fault may
; map them read-only or not at all. The write to CR4 clears PGE and PCIDE, so that no entry of that
; CR3 stays in the TLB.
;
; In:        RDI go_on; the boot CPU; any GDT, TSS, CR3, stack and control registers; the monitor's
;            IDT; this code is mapped to its own address.
; Out:       to go_on, which must not return.
; Stack:     the monitor's, from its top.
global gate_take_over
gate_take_over:
	mov r12, rdi
	lea r13, [gate_cpus + gate_cpus.cpu]
	lea r14, [.go_on]
	lgdt [r13 + gate_cpu.gdtr]
	mov rbx, [paging_cr3]
	mov rcx, cr4
	test ecx, CR4_LA57
	cmovnz rbx, [paging_cr3_la57]
	mov cr3, rbx
	and ecx, CR4_LA57 | CR4_VMXE
	or rcx, [gate_anchor + gate_anchor.cr4]
	mov cr4, rcx
	jmp monitor_tables
.go_on:
	call r12
	ud2

; void gate_cpu_landed(void)
;
; In:        from the start page (start_page.h): 64-bit mode, the monitor's CR3, one of the CPUs that
;            are not the boot CPU.
; Out:       to crew_started(), which does not return. A CPU that is not in gate_cpus stops.
; Stack:     the monitor's for that CPU.
global gate_cpu_landed
gate_cpu_landed:
	find_cpu .stop
	mov r13, rax
	lea r12, [crew_started]
	lea r14, [gate_take_over.go_on]
	jmp monitor_tables
.stop:
	hlt
	jmp .stop

; void gate_resume(struct cpu_context *context, int64_t result)
;
; In:        RDI context, RSI result; the monitor's CR3, GDT, IDT and stack, interrupts off.
; CR4:       the monitor's; LA57 may be set only if the slot has it, too.
; Out:       does not return: RET takes the return address that gate_entry found.
; Stack:     the monitor's until the end of this part, then the slot's.
;
; Registers, from here to slot_registers:
;   RDI  the CPU context        RBX, RAX, RCX, RDX  scratch
;   RSI  result
%define CONTEXT rdi
global gate_resume
align 16
gate_resume:
	mov dword [rdi + cpu_context.progress], GATE_RESUMING
	load_msrs MSR_EFER, efer	; before CR3: NX bits are reserved bits without EFER.NXE

	mov rbx, cr4			; LA57 may be set already (vmx.c)
	xor rbx, [rdi + cpu_context.cr4]
	test ebx, CR4_LA57
	jz .levels
	call la57_enter
.levels:
	; CR4.PCIDE may be set only while CR3 names PCID 0. CET is set after the last jump that the
	; shadow stack does not know. FRED is set when the kernel's handlers can run. The monitor's
	; TLB entries are flushed: by the write to CR4 if it sets PGE or PCIDE, else by that to CR3.
	mov rbx, [rdi + cpu_context.cr3]
	and rbx, ~0xfff
	mov cr3, rbx
	mov rbx, [rdi + cpu_context.cr4]
	btr rbx, CR4_CET_BIT
	btr rbx, CR4_FRED_BIT
	mov cr4, rbx
	load_control cr3
	load rsp
	; On to slot_tables.

; Loads the slot's tables and segments. The CPU writes to the descriptors (it marks them accessed or
; busy), and Linux maps its GDT read-only. So write protection is off until all are loaded. The IDT
; is loaded after everything that its handlers need: the segment bases, and the TSS with its stacks.
;
; In:        from gate_resume: the slot's CR3, CR4 without CET and FRED, the monitor's tables;
;            registers as there.
; Out:       to slot_registers, by the slot's CS.
; Stack:     the slot's, from here on.
slot_tables:
	mov rbx, cr0
	and rbx, ~CR0_WP
	mov cr0, rbx
	lgdt [rdi + cpu_context.gdtr]
	lldt [rdi + cpu_context.ldtr]
	load SELECTORS			; this changes the bases of FS and GS, so the MSRs follow
	load_msrs BASES
	; LTR refuses a descriptor that is marked busy, so the bit is cleared first.
	movzx ebx, word [rdi + cpu_context.tr]
	and ebx, ~7			; index * 8: the offset in the GDT
	jz .no_task			; a null TR can't be loaded, so ours stays; it does no harm
	; A kernel that never loaded TR has our selector there; its GDT has no such TSS.
	movzx eax, word [rdi + cpu_context.gdtr]
	lea ecx, [rbx + TSS_DESCRIPTOR_SIZE - 1]
	cmp ecx, eax
	ja .no_task
	add rbx, [rdi + cpu_context.gdtr_base]
	mov al, [rbx + DESCRIPTOR_TYPE_BYTE]
	and al, DESCRIPTOR_TSS_MASK
	cmp al, DESCRIPTOR_TSS
	jne .no_task
	and byte [rbx + DESCRIPTOR_TYPE_BYTE], ~DESCRIPTOR_TSS_BUSY
	ltr [rdi + cpu_context.tr]
.no_task:
	load_control CONTROL
	mov rbx, [rdi + cpu_context.cr4]
	btr rbx, CR4_CET_BIT
	bt rbx, CR4_FRED_BIT
	jnc .no_fred
	mov cr4, rbx
.no_fred:
	lidt [rdi + cpu_context.idtr]

	movzx ebx, word [rdi + cpu_context.cs]
	push rbx
	lea rbx, [slot_registers]
	push rbx
	o64 retf

; Loads the slot's general registers, and returns to the slot.
;
; In:        from slot_tables; RDI the CPU context, RSI result.
; Out:       to the return address that gate_entry found.
slot_registers:
	mov rbx, [rdi + cpu_context.cr4]
	bt rbx, CR4_CET_BIT
	jnc .no_cet
	mov cr4, rbx
.no_cet:
	mov rbx, [rdi + cpu_context.dr7]	; late: breakpoints may hit in the code that follows
	mov dr7, rbx
	mov rax, rsi
	load GENERAL
	push qword [rdi + cpu_context.rflags]
	push qword [rdi + cpu_context.rdi]
	; From here on, an NMI handler may call the gate, which overwrites the context.
	mov dword [rdi + cpu_context.progress], GATE_IDLE
	pop rdi
	popfq				; with the interrupt flag as it was at the call
	ret

; An entry like that of FIXUP in fixup.h. Each address is relative to its own place.
section .fixups alloc noexec nowrite progbits align=4
	dd call_handler.dr7 - $
	dd call_handler.dr7 - $

section .note.GNU-stack noalloc noexec nowrite progbits
