; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; la57.asm - from four levels of paging to five. SDM volume 3, 4.1.1 and 9.8.5.
;
bits 64
default rel
%include "torture_offsets.inc"

; SDM volume 3, 2.5.
CR0_PG			equ 1 << 31
CR4_LA57		equ 1 << 12

section .text

; void la57_enter(uint32_t pml5)
;
; In:        EDI address of the PML5, which maps what the old tables map, and lies below 4 GiB like
;            code and stack; interrupts off; a GDT with SELECTOR_CODE32.
; Preserved: what the System V convention says.
; Stack:     the caller's: registers, whose high halves 32-bit mode loses.
;
; Registers: EDI pml5, ECX CR4, EDX CR0
global la57_enter
la57_enter:
	push rbx
	push rbp
	push r12
	push r13
	push r14
	push r15
	mov rdx, cr0
	mov rcx, cr4
	push SELECTOR_CODE32
	lea rax, [.in32]
	push rax
	o64 retf
bits 32
.in32:
	mov eax, edx
	and eax, ~CR0_PG & 0xffffffff
	mov cr0, eax			; CR4.LA57 can't change while paging is on
	or ecx, CR4_LA57
	mov cr4, ecx
	mov cr3, edi
	mov cr0, edx
	push dword SELECTOR_CODE
	call .here
.here:
	pop eax
	add eax, .in64 - .here
	push eax
	retf
bits 64
.in64:
	pop r15
	pop r14
	pop r13
	pop r12
	pop rbp
	pop rbx
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
