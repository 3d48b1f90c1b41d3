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
%include "asm_offsets.inc"

extern gate_anchor
extern gate_main

section .text

; int64_t gate_entry(uint64_t op, uint64_t arg)
;
; In:        RDI op, RSI arg; 64-bit mode, CPL 0, the caller's CR3 (4 or 5 levels), stack, tables.
; Out:       RAX result, when the slot is resumed (by gate_resume) or refused.
; Preserved: all but RAX: gate_resume puts them back.
; Clobbers:  RAX.
; Stack:     the caller's, 16 bytes of it, until the monitor's is loaded.
;
; Registers from here to gate_main:
;   RAX  the CPU context       RDI  op
;   RBX  scratch                RSI  arg
global gate_entry
align 16
gate_entry:
	endbr64
	mov rax, [gate_anchor + gate_anchor.context]
	pushfq
	push RFLAGS_FIXED		; not CLI alone: TF would trap into the monitor, NT makes IRET
	popfq				; below refuse, AC and DF are the caller's business
	pop qword [rax + cpu_context.rflags]
	mov dword [rax + cpu_context.progress], GATE_ENTERED
	mov [rax + cpu_context.rbx], rbx
	mov [rax + cpu_context.rcx], rcx
	mov [rax + cpu_context.rdx], rdx
	mov [rax + cpu_context.rsi], rsi
	mov [rax + cpu_context.rdi], rdi
	mov [rax + cpu_context.rbp], rbp
	mov [rax + cpu_context.rsp], rsp	; the return address lies there
	mov [rax + cpu_context.r8], r8
	mov [rax + cpu_context.r9], r9
	mov [rax + cpu_context.r10], r10
	mov [rax + cpu_context.r11], r11
	mov [rax + cpu_context.r12], r12
	mov [rax + cpu_context.r13], r13
	mov [rax + cpu_context.r14], r14
	mov [rax + cpu_context.r15], r15

	mov rbx, cr0
	mov [rax + cpu_context.cr0], rbx
	mov rbx, cr2
	mov [rax + cpu_context.cr2], rbx
	mov rbx, cr3
	mov [rax + cpu_context.cr3], rbx
	mov rbx, cr4
	mov [rax + cpu_context.cr4], rbx
	mov rbx, cr8
	mov [rax + cpu_context.cr8], rbx
	sgdt [rax + cpu_context.gdtr]
	sidt [rax + cpu_context.idtr]
	sldt [rax + cpu_context.ldtr]
	str [rax + cpu_context.tr]
	mov [rax + cpu_context.cs], cs
	mov [rax + cpu_context.ds], ds
	mov [rax + cpu_context.es], es
	mov [rax + cpu_context.fs], fs
	mov [rax + cpu_context.gs], gs
	mov [rax + cpu_context.ss], ss

	mov r12, rax
%macro save_msr 2	; MSR, field
	mov ecx, %1
	rdmsr
	shl rdx, 32
	or rax, rdx
	mov [r12 + %2], rax
%endmacro
	save_msr MSR_EFER, cpu_context.efer
	save_msr MSR_FS_BASE, cpu_context.fs_base
	save_msr MSR_GS_BASE, cpu_context.gs_base
	save_msr MSR_KERNEL_GS_BASE, cpu_context.kernel_gs_base

	; Now the monitor's tables. They are mapped by the caller's CR3 too, so they can be loaded before
	; CR3: an NMI then finds a complete IDT, GDT, TSS and stack on either side of it.
	; CET goes first: CR0.WP may not be cleared under it, and no shadow stack knows of the jumps
	; below. FRED goes once the IDT is the monitor's: a kernel that uses FRED has none.
	;   R12  the CPU context      RDI  op
	;   RBX  scratch               RSI  arg
	mov rbx, cr4
	btr rbx, CR4_CET_BIT
	jnc .no_cet
	mov cr4, rbx
.no_cet:
	lgdt [gate_anchor + gate_anchor.gdtr]
	mov rbx, [gate_anchor + gate_anchor.tss_descriptor]
	and byte [rbx + DESCRIPTOR_TYPE_BYTE], ~DESCRIPTOR_TSS_BUSY	; LTR refuses a busy one
	mov bx, SELECTOR_TSS
	ltr bx
	lidt [gate_anchor + gate_anchor.idtr]
	mov rbx, cr4
	btr rbx, CR4_FRED_BIT
	jnc .no_fred
	mov cr4, rbx
.no_fred:
	mov rsp, [gate_anchor + gate_anchor.stack]
	xor ebx, ebx
	lldt bx
	mov bx, SELECTOR_DATA
	mov ds, bx
	mov es, bx
	mov ss, bx
	; IRET and not RETF: a guest that panics calls from its NMI handler, and NMIs stay blocked
	; for the kernel after it until somebody executes IRET (SDM volume 3, 6.7.1).
	mov rbx, rsp
	push SELECTOR_DATA
	push rbx
	push RFLAGS_FIXED
	push SELECTOR_CODE64
	lea rbx, [.own_cs]
	push rbx
	iretq
.own_cs:
	; The address space. CR3 with PCID 0 comes before PCIDE goes; PCIDE before paging can be turned
	; off, for LA57. The write to CR4 clears PGE and PCIDE: each flushes what the caller's TLB holds,
	; of all PCIDs, global pages too (SDM volume 3, 4.10.4.1); where neither was set, the write to
	; CR3 did.
	; VMXE stays: clearing it is refused in VMX operation, and so is turning paging off, so vmx.c does
	; both. The monitor's C code runs with five levels as well as with four.
	mov rbx, [gate_anchor + gate_anchor.cr3]
	mov rcx, cr4
	test ecx, CR4_LA57
	cmovnz rbx, [gate_anchor + gate_anchor.cr3_la57]
	mov cr3, rbx
	mov ebx, CR0_MONITOR
	mov cr0, rbx
	and ecx, CR4_LA57 | CR4_VMXE
	mov rbx, rcx
	or rbx, [gate_anchor + gate_anchor.cr4]
	mov cr4, rbx
	cmp ecx, CR4_LA57
	jne .levels
	call paging_leave_la57
.levels:
	mov dword [r12 + cpu_context.progress], GATE_SAVED

	xor ebp, ebp			; the backtrace ends here
	call gate_main
	; Refused: back to the caller, by the same way as a resumed one.
	mov rdi, r12
	mov rsi, rax
	jmp gate_resume

; void gate_resume(struct cpu_context *control, int64_t result)
;
; In:        RDI context, RSI result; the monitor's CR3, GDT, IDT and stack, interrupts off.
; CR4:       the monitor's; with LA57 only if the slot has it too.
; Out:       does not return: RET takes the return address that gate_entry found.
; Stack:     the monitor's until .stack, then the slot's.
;
; Registers from here to .registers:
;   RDI  the CPU context       RBX, RAX, RCX, RDX  scratch
;   RSI  result
global gate_resume
align 16
gate_resume:
	mov dword [rdi + cpu_context.progress], GATE_RESUMING
	mov ecx, MSR_EFER		; before CR3: NX bits are reserved bits without EFER.NXE
	mov eax, [rdi + cpu_context.efer]
	mov edx, [rdi + cpu_context.efer + 4]
	wrmsr

	mov rbx, cr4			; five levels already: refused in VMX operation (vmx.c)
	xor rbx, [rdi + cpu_context.cr4]
	test ebx, CR4_LA57
	jz .levels
	call paging_enter_la57
.levels:
	; CR4.PCIDE may be set only while CR3 names PCID 0. CET waits until the last jump that no shadow
	; stack knows, FRED until the kernel's handlers could run. The write to CR4 sets PGE, or PCIDE,
	; or nothing that outlives a write to CR3: what the monitor left in the TLB goes.
	mov rbx, [rdi + cpu_context.cr3]
	and rbx, ~0xfff
	mov cr3, rbx
	mov rbx, [rdi + cpu_context.cr4]
	btr rbx, CR4_CET_BIT
	btr rbx, CR4_FRED_BIT
	mov cr4, rbx
	mov rbx, [rdi + cpu_context.cr3]
	mov cr3, rbx

	mov rsp, [rdi + cpu_context.rsp]
.stack:
	; The CPU marks descriptors as used and busy, and Linux maps its GDT read-only: write protection
	; is off until all are loaded. The IDT comes after everything that its handlers need: the
	; segment bases, and the TSS with its stacks.
	mov rbx, cr0
	and rbx, ~CR0_WP
	mov cr0, rbx
	lgdt [rdi + cpu_context.gdtr]
	lldt [rdi + cpu_context.ldtr]
	mov ss, [rdi + cpu_context.ss]
	mov ds, [rdi + cpu_context.ds]
	mov es, [rdi + cpu_context.es]
	mov fs, [rdi + cpu_context.fs]		; sets the base: the MSRs come after
	mov gs, [rdi + cpu_context.gs]
%macro load_msr 2	; MSR, field
	mov ecx, %1
	mov eax, [rdi + %2]
	mov edx, [rdi + %2 + 4]
	wrmsr
%endmacro
	load_msr MSR_FS_BASE, cpu_context.fs_base
	load_msr MSR_GS_BASE, cpu_context.gs_base
	load_msr MSR_KERNEL_GS_BASE, cpu_context.kernel_gs_base
	; LTR marks the descriptor busy, and refuses one that is: clear the bit.
	movzx ebx, word [rdi + cpu_context.tr]
	and ebx, ~7			; index * 8: the offset in the GDT
	jz .no_task			; a null TR can't be loaded; ours stays, and is harmless
	; A kernel that never loaded TR has our selector there, and no TSS in its GDT at that place.
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
	mov rbx, [rdi + cpu_context.cr0]
	mov cr0, rbx
	mov rbx, [rdi + cpu_context.cr2]
	mov cr2, rbx
	mov rbx, [rdi + cpu_context.cr8]
	mov cr8, rbx
	mov rbx, [rdi + cpu_context.cr4]
	btr rbx, CR4_CET_BIT
	bt rbx, CR4_FRED_BIT
	jnc .no_fred
	mov cr4, rbx
.no_fred:
	lidt [rdi + cpu_context.idtr]

	movzx ebx, word [rdi + cpu_context.cs]
	push rbx
	lea rbx, [.registers]
	push rbx
	o64 retf
.registers:
	mov rbx, [rdi + cpu_context.cr4]
	bt rbx, CR4_CET_BIT
	jnc .no_cet
	mov cr4, rbx
.no_cet:
	mov dword [rdi + cpu_context.progress], GATE_IDLE
	mov rax, rsi
	mov rbx, [rdi + cpu_context.rbx]
	mov rcx, [rdi + cpu_context.rcx]
	mov rdx, [rdi + cpu_context.rdx]
	mov rsi, [rdi + cpu_context.rsi]
	mov rbp, [rdi + cpu_context.rbp]
	mov r8, [rdi + cpu_context.r8]
	mov r9, [rdi + cpu_context.r9]
	mov r10, [rdi + cpu_context.r10]
	mov r11, [rdi + cpu_context.r11]
	mov r12, [rdi + cpu_context.r12]
	mov r13, [rdi + cpu_context.r13]
	mov r14, [rdi + cpu_context.r14]
	mov r15, [rdi + cpu_context.r15]
	push qword [rdi + cpu_context.rflags]
	mov rdi, [rdi + cpu_context.rdi]
	popfq				; with the interrupt flag as it was at the call
	ret

; From five levels of paging to four, and back. CR4.LA57 can't change while paging is on
; (SDM volume 3, 4.1.1), so both go through 32-bit code, paging off. The monitor lies below 4 GiB,
; and so do its tables.
;
; In:        64-bit mode, the monitor's GDT and stack, CR4 without PCIDE and CET, CR3 the
;            monitor's (cr3_la57 for leave, cr3 for enter), interrupts off.
; Out:       the other number of levels, the monitor's other CR3.
; Preserved: all but RAX, RBX, RCX, RDX. (RSI, RDI, RBP, RSP keep their low halves only: all are
;            the monitor's own addresses or small, but for result and op: see below.)
; Stack:     the monitor's.
;
; Going through 32-bit mode leaves the high halves of registers undefined: they are pushed.
; An NMI or machine check on the way finds no IDT that it can use, and resets the machine; there is
; no order of these instructions in which it would not.
global paging_leave_la57
paging_leave_la57:
	mov ecx, 0
	mov ebx, [gate_anchor + gate_anchor.cr3]
	jmp paging_change_levels
paging_enter_la57:
	mov ecx, CR4_LA57
	mov ebx, [gate_anchor + gate_anchor.cr3_la57]
paging_change_levels:
	push rsi
	push rdi
	push rbp
	push r12
	mov rdx, cr0
	mov rax, cr4
	and eax, ~CR4_LA57
	or eax, ecx
	mov ecx, eax
	push SELECTOR_CODE32
	lea rax, [.in32]
	push rax
	o64 retf
bits 32
.in32:
	; ECX the new CR4, EBX the new CR3, EDX the CR0 to come back to
	mov eax, edx
	and eax, ~CR0_PG & 0xffffffff
	mov cr0, eax			; leaves long mode: EFER.LMA is clear, LME stays
	mov cr4, ecx
	mov cr3, ebx
	mov cr0, edx			; paging and long mode again
	push SELECTOR_CODE64
	call .here
.here:
	pop eax
	add eax, .in64 - .here
	push eax
	retf
bits 64
.in64:
	pop r12
	pop rbp
	pop rdi
	pop rsi
	ret

; void gate_leave_la57(void)
;
; paging_leave_la57 for C: the same In, Out and Stack, but preserves what System V wants.
global gate_leave_la57
gate_leave_la57:
	push rbx
	push r13
	push r14
	push r15
	call paging_leave_la57
	pop r15
	pop r14
	pop r13
	pop rbx
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
