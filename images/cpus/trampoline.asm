; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; trampoline.asm - from a SIPI to C. cpu_start.c copies the part up to trampoline_end to a page below
; 1 MiB, and sets the fields in it.
;
default rel
%include "asm_offsets.inc"

; Control bits: SDM volume 3, sections 2.2 and 2.5. The code goes from real mode directly to 64-bit
; mode. It enables long mode first, and then sets both bits of CR0 at once (9.8.5 lists what is
; needed).
CR0_PE			equ 1 << 0
CR0_ET			equ 1 << 4
CR0_PG			equ 1 << 31
CR4_PAE			equ 1 << 5
EFER			equ 0xc0000080
EFER_LME		equ 1 << 8

section .data

; In:    real mode, CS the page, IP 0: SDM volume 3, 9.4.4.
; Out:   to trampoline_64, RSP the field's value.
; Stack: none before that.
bits 16
global trampoline, trampoline_end
trampoline:
	cli
	mov ax, cs
	mov ds, ax
	o32 lgdt [gdtr - trampoline]
	mov eax, CR4_PAE
	mov cr4, eax
	mov eax, [trampoline_cr3 - trampoline]
	mov cr3, eax
	mov ecx, EFER
	rdmsr
	or eax, EFER_LME
	wrmsr
	mov esp, [trampoline_stack - trampoline]
	mov eax, CR0_PG | CR0_ET | CR0_PE	; switches caches on; INIT leaves CD as it was
	mov cr0, eax
	jmp far dword [trampoline_target - trampoline]

	align 8
global trampoline_gdt, trampoline_gdt_base, trampoline_cr3, trampoline_target, trampoline_stack
trampoline_gdt:
	dq 0, 0
	dq GDT_CODE			; SELECTOR_CODE
	dq GDT_DATA			; SELECTOR_DATA
gdt_end:
gdtr:			dw gdt_end - trampoline_gdt - 1
trampoline_gdt_base:	dd 0
trampoline_cr3:		dd 0
trampoline_target:	dd 0
			dw SELECTOR_CODE
trampoline_stack:	dd 0
trampoline_end:

	align 8
global trampoline_enter
trampoline_enter:	dq 0

section .text

; In:    64-bit mode, CR3 the boot CPU's, RSP the low half only is sure; interrupts off.
; Out:   to the function that trampoline_enter points to, which does not return.
bits 64
global trampoline_64
trampoline_64:
	mov eax, SELECTOR_DATA
	mov ds, eax
	mov es, eax
	mov fs, eax
	mov gs, eax
	mov ss, eax
	mov esp, esp			; clears the upper half
	xor ebp, ebp
	call [trampoline_enter]
	ud2

section .note.GNU-stack noalloc noexec nowrite progbits
