; SPDX-License-Identifier: GPL-2.0-only
;
; exception.asm - the first instructions of every interrupt and exception that
; the monitor itself takes. All end in exception_handler() (exception.c).
;
bits 64
default rel
%include "arch/x86/gate/asm_offsets.inc"

extern exception_handler

WORD_SIZE equ 8

; Takes back what exception_common pushes, and vector and error code: the CPU's frame is left.
%macro pop_registers 0
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
	add rsp, 2 * WORD_SIZE
%endmacro

section .text

; Entered by: the CPU, through the monitor's IDT, interrupts off.
; Stack:      the CPU's frame, with an error code for the vectors that have one.
; Leaves:     to exception_common, with vector and error code on the stack.
; Each stub is padded to EXCEPTION_STUB_SIZE bytes, so that C can compute its address.
global exception_stubs, exception_stub_size
EXCEPTION_STUB_SIZE equ 16
align EXCEPTION_STUB_SIZE
exception_stubs:
%assign vector 0
%rep 256
	align EXCEPTION_STUB_SIZE, db 0xcc
	; Vectors with an error code: SDM volume 3, table 6-1.
%if vector != 8 && (vector < 10 || vector > 14) && vector != 17 && vector != 21 && \
	vector != 29 && vector != 30
	push qword 0
%endif
	push qword vector
	jmp near exception_common
%assign vector vector + 1
%endrep

; In:        vector and error code on the stack, above them the CPU's frame.
; Out:       returns to what was interrupted, with the registers that the handler left
;            in the frame (it moves RIP to a fixup, for instance).
; Preserved: all registers.
; Stack:     if the handler asks for RET, a word of what was interrupted.
exception_common:
	cld
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
	mov rdi, rsp		; struct exception_frame *
	mov rbp, rsp		; RBP keeps RSP while C code runs;
	and rsp, -16		; C code needs a stack that is aligned to 16
	call exception_handler
	mov rsp, rbp
	cmp eax, RETURN_BY_RET
	je .ret
	pop_registers
	iretq
.ret:
	; RIP goes to the stack that was interrupted, for RET. That stack is loaded last.
	mov rax, [rsp + exception_frame.rsp]
	sub rax, WORD_SIZE
	mov rbx, [rsp + exception_frame.rip]
	mov [rax], rbx
	mov [rsp + exception_frame.rsp], rax
	pop_registers
	add rsp, exception_frame.rflags - exception_frame.rip
	popfq
	pop rsp			; it takes the value that lies there: SDM volume 2, POP
	ret

section .rodata
exception_stub_size: dd EXCEPTION_STUB_SIZE

section .note.GNU-stack noalloc noexec nowrite progbits
