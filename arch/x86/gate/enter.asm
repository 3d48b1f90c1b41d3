; SPDX-License-Identifier: GPL-2.0-only
;
; enter.asm - the leap into a freshly loaded kernel, in 64-bit or 32-bit mode.
; enter.h says what the kernel finds.
;
bits 64
default rel
%include "arch/x86/cpu/asm_constants.inc"
%include "arch/x86/gate/asm_offsets.inc"

section .text

; void guest_enter_long(const struct guest_entry *entry)
;
; In:    RDI entry; the monitor's CR3 and GDT, which has the selectors that the protocol asks for;
;        interrupts off.
; Out:   does not return.
; Stack: entry->sp, if it is not 0.
; The monitor's IDT stays loaded, so that a fault of a kernel that has no IDT yet is reported.
global guest_enter_long
guest_enter_long:
	mov ecx, MSR_EFER
	mov eax, EFER_LME | EFER_LMA	; as after a reset: no SYSCALL, no NX
	xor edx, edx
	wrmsr
	mov rax, [rdi + guest_entry.sp]
	test rax, rax
	cmovnz rsp, rax			; 0: no stack is promised, so RSP may stay ours
	push qword [rdi + guest_entry.ip]
	mov rax, [rdi + guest_entry.ax]
	mov rbx, [rdi + guest_entry.bx]
	mov rcx, [rdi + guest_entry.cx]
	mov rdx, [rdi + guest_entry.dx]
	mov rsi, [rdi + guest_entry.si]
	mov rdi, [rdi + guest_entry.di]
	xor ebp, ebp
	xor r8d, r8d
	xor r9d, r9d
	xor r10d, r10d
	xor r11d, r11d
	xor r12d, r12d
	xor r13d, r13d
	xor r14d, r14d
	xor r15d, r15d
	push qword RFLAGS_FIXED
	popfq
	ret

; void guest_enter_protected(const struct guest_entry *entry)
;
; In:    RDI entry (below 4 GiB, as all of the monitor); the monitor's CR3 and GDT; interrupts off.
; Out:   does not return: the kernel runs with paging, PAE and long mode off.
; Stack: the monitor's, then entry->sp, if it is not 0.
;
; Registers: EDI entry, EBP address of .here32, EBX operand of LGDT.
global guest_enter_protected
guest_enter_protected:
	lea rbp, [.here32]
	lea rax, [gdt32]
	push rax			; LGDT's operand: 8 bytes of base,
	push word gdt32_end - gdt32 - 1	; and 2 bytes of limit below them
	mov rbx, rsp
	push qword SELECTOR_CODE32
	push rbp
	o64 retf
bits 32
.here32:
	mov eax, CR0_ENTRY32
	mov cr0, eax			; paging off: long mode is left
	mov ecx, MSR_EFER
	xor eax, eax
	xor edx, edx
	wrmsr
	xor eax, eax
	mov cr4, eax
	mov cr3, eax
	lidt [ebp + idt32_pointer - .here32]
	lgdt [ebx]
	mov eax, SELECTOR_DATA
	mov ds, eax
	mov es, eax
	mov fs, eax
	mov gs, eax
	mov ss, eax
	mov eax, [edi + guest_entry.sp]
	test eax, eax
	cmovnz esp, eax			; 0: no stack is promised, so ESP may stay ours
	push dword RFLAGS_FIXED
	popfd
	push dword SELECTOR_CODE64	; the same selector, 32-bit code in gdt32
	push dword [edi + guest_entry.ip]
	mov eax, [edi + guest_entry.ax]
	mov ebx, [edi + guest_entry.bx]
	mov ecx, [edi + guest_entry.cx]
	mov edx, [edi + guest_entry.dx]
	mov esi, [edi + guest_entry.si]
	mov edi, [edi + guest_entry.di]
	mov ebp, 0			; not XOR: flags stay clear
	retf

; These lie next to the code, which reaches them relative to itself. The segments are flat, with
; 4 GiB (SDM volume 3, 3.4.5).
align 8
gdt32:
	dq 0
	dq 0
	dq GDT_CODE32			; at SELECTOR_CODE64
	dq GDT_DATA			; at SELECTOR_DATA
gdt32_end:
idt32_pointer:
	dw 0				; no IDT: an early fault resets the machine
	dq 0

section .note.GNU-stack noalloc noexec nowrite progbits
