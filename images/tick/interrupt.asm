; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; interrupt.asm - from an interrupt to C and back.
;
bits 64
default rel
%include "asm_offsets.inc"

extern interrupt_handle

VECTORS			equ 256
; Exceptions with an error code, one bit for each: SDM volume 3, table 6-1.
WITH_ERROR_CODE		equ 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | \
			    1 << 21 | 1 << 29 | 1 << 30

section .text

; One for each vector. In: the CPU's frame on the stack, maybe with an error code.
; Out: to interrupt_common, error code and vector pushed.
global interrupt_stubs
align INTERRUPT_STUB_SIZE
interrupt_stubs:
%assign vector 0
%rep VECTORS
	align INTERRUPT_STUB_SIZE
%if vector >= 32 || !(WITH_ERROR_CODE & 1 << vector)
	push 0
%endif
	push vector
	jmp interrupt_common
%assign vector vector + 1
%endrep

; In:        a struct interrupt_frame on the stack, from its vector upwards; interrupts off.
; Out:       IRETQ.
; Preserved: all registers. Vector registers: C here uses none (-mgeneral-regs-only).
; Stack:     the interrupted code's: there is no red zone (-mno-red-zone).
interrupt_common:
	push rax
	push rbx
	push rcx
	push rdx
	push rsi
	push rdi
	push rbp
	push r8
	push r9
	push r10
	push r11
	push r12
	push r13
	push r14
	push r15
	mov rdi, rsp			; the stack is aligned, at entry and after 22 words
	cld
	call interrupt_handle wrt ..plt
	pop r15
	pop r14
	pop r13
	pop r12
	pop r11
	pop r10
	pop r9
	pop r8
	pop rbp
	pop rdi
	pop rsi
	pop rdx
	pop rcx
	pop rbx
	pop rax
	add rsp, INTERRUPT_DROP		; vector and error code
	iretq

section .note.GNU-stack noalloc noexec nowrite progbits
