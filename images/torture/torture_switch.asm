; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; torture_switch.asm - a call of the gate with known contents in all registers.
;
bits 64
default rel
%include "torture_offsets.inc"

section .bss

; No register is left to keep these in.
fill:	resq 1
seen:	resq 1
gate:	resq 1

section .text

; int64_t torture_switch(struct torture_registers *fill, struct torture_registers *seen,
;			 uint64_t op, uint64_t arg)
;
; In:        RDI fill, RSI seen, RDX op, RCX arg; interrupts off, SSE and XSAVE's parts enabled.
; Out:       RAX the gate's result; the fields of seen; fill's rsp, rdi, rsi.
; Preserved: what the System V convention says, and RFLAGS.
; Clobbers:  x87 and vector registers: compiled code here uses none.
; Stack:     the caller's, aligned for the call by seven words: registers and RFLAGS.
global torture_switch
torture_switch:
	push rbx
	push rbp
	push r12
	push r13
	push r14
	push r15
	pushfq

	mov [fill], rdi
	mov [seen], rsi
	mov r11, rdi
	mov rdi, rdx			; op
	mov rsi, rcx			; arg
	mov rax, [r11 + torture_registers.gate]
	mov [gate], rax
	mov eax, [r11 + torture_registers.xsave_mask]
	xor edx, edx
	test eax, eax
	jz .fxrstor
	xrstor64 [r11 + torture_registers.xstate]
	jmp .filled
.fxrstor:
	fxrstor64 [r11 + torture_registers.xstate]
.filled:
	mov [r11 + torture_registers.rdi], rdi
	mov [r11 + torture_registers.rsi], rsi
	mov [r11 + torture_registers.rsp], rsp
	mov rbx, [r11 + torture_registers.rbx]
	mov rcx, [r11 + torture_registers.rcx]
	mov rdx, [r11 + torture_registers.rdx]
	mov rbp, [r11 + torture_registers.rbp]
	mov r8, [r11 + torture_registers.r8]
	mov r9, [r11 + torture_registers.r9]
	mov r10, [r11 + torture_registers.r10]
	mov r12, [r11 + torture_registers.r12]
	mov r13, [r11 + torture_registers.r13]
	mov r14, [r11 + torture_registers.r14]
	mov r15, [r11 + torture_registers.r15]
	push qword [r11 + torture_registers.rflags]
	mov r11, [r11 + torture_registers.r11]
	popfq				; may let interrupts in; they change nothing
	call [gate]

	push rcx
	pushfq
	mov rcx, [seen]
	pop qword [rcx + torture_registers.rflags]
	pop qword [rcx + torture_registers.rcx]
	mov [rcx + torture_registers.rbx], rbx
	mov [rcx + torture_registers.rdx], rdx
	mov [rcx + torture_registers.rsi], rsi
	mov [rcx + torture_registers.rdi], rdi
	mov [rcx + torture_registers.rbp], rbp
	mov [rcx + torture_registers.rsp], rsp
	mov [rcx + torture_registers.r8], r8
	mov [rcx + torture_registers.r9], r9
	mov [rcx + torture_registers.r10], r10
	mov [rcx + torture_registers.r11], r11
	mov [rcx + torture_registers.r12], r12
	mov [rcx + torture_registers.r13], r13
	mov [rcx + torture_registers.r14], r14
	mov [rcx + torture_registers.r15], r15
	mov rbx, rax			; result
	mov rdi, [fill]
	mov eax, [rdi + torture_registers.xsave_mask]
	xor edx, edx
	test eax, eax
	jz .fxsave
	xsave64 [rcx + torture_registers.xstate]
	jmp .stored
.fxsave:
	fxsave64 [rcx + torture_registers.xstate]
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
