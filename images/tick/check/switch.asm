; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; switch.asm - a call of the gate with known contents in all registers.
;
bits 64
default rel
%include "asm_offsets.inc"

section .text

; int64_t check_switch(struct check_registers *fill, struct check_registers *seen, uint64_t gate,
;		       uint64_t op, uint64_t arg)
;
; In:        RDI fill, RSI seen, RDX gate, RCX op, R8 arg; interrupts off, SSE and AVX enabled.
; Out:       RAX the gate's result; the fields of seen; fill->rsp.
; Preserved: what the System V convention says, and RFLAGS.
; Clobbers:  x87 and vector registers: compiled code here uses none.
; Stack:     the caller's. From .filled on: seen, fill, RFLAGS and registers of the caller.
global check_switch
check_switch:
	push rbx
	push rbp
	push r12
	push r13
	push r14
	push r15
	pushfq
	push rdi
	push rsi			; the ninth: the stack is aligned for the call

	mov r10, rdx			; gate
	mov r11, rdi			; fill
	mov rdi, rcx			; op
	mov rsi, r8			; arg
	mov eax, [r11 + check_registers.xsave_mask]
	xor edx, edx
	test eax, eax
	jz .fxrstor
	xrstor64 [r11 + check_registers.xstate]
	jmp .filled
.fxrstor:
	fxrstor64 [r11 + check_registers.xstate]
.filled:
	mov rbx, [r11 + check_registers.rbx]
	mov rbp, [r11 + check_registers.rbp]
	mov r12, [r11 + check_registers.r12]
	mov r13, [r11 + check_registers.r13]
	mov r14, [r11 + check_registers.r14]
	mov r15, [r11 + check_registers.r15]
	mov [r11 + check_registers.rsp], rsp
	push qword [r11 + check_registers.rflags]
	popfq				; may let interrupts in; they change nothing
	call r10
	pushfq
	pop rdx

	mov rcx, [rsp]			; seen
	mov [rcx + check_registers.rflags], rdx
	mov [rcx + check_registers.rbx], rbx
	mov [rcx + check_registers.rbp], rbp
	mov [rcx + check_registers.r12], r12
	mov [rcx + check_registers.r13], r13
	mov [rcx + check_registers.r14], r14
	mov [rcx + check_registers.r15], r15
	mov [rcx + check_registers.rsp], rsp
	mov rbx, rax			; result
	pop rcx				; seen
	pop rdi				; fill
	mov eax, [rdi + check_registers.xsave_mask]
	xor edx, edx
	test eax, eax
	jz .fxsave
	xsave64 [rcx + check_registers.xstate]
	jmp .stored
.fxsave:
	fxsave64 [rcx + check_registers.xstate]
.stored:
	mov rax, rbx
	popfq
	pop r15
	pop r14
	pop r13
	pop r12
	pop rbp
	pop rbx
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
