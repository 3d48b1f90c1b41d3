; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; torture_switch.asm - a call of the gate with known contents in all registers.
;
bits 64
default rel
%include "torture_offsets.inc"

; The registers that are filled before the call, and stored after it. RCX, RSI, RDI, RSP and R11 are
; handled separately.
%define GENERAL	rbx, rdx, rbp, r8, r9, r10, r12, r13, r14, r15

%macro load 2-*				; from fields of the structure at %1
%xdefine STRUCTURE %1
%rep %0 - 1
%rotate 1
	mov %1, [STRUCTURE + torture_registers.%1]
%endrep
%endmacro

%macro store 2-*
%xdefine STRUCTURE %1
%rep %0 - 1
%rotate 1
	mov [STRUCTURE + torture_registers.%1], %1
%endrep
%endmacro

; What lies on the stack during the call, because no register is left for it.
			struc call_stack
.gate:			resq 1
.seen:			resq 1
.fill:			resq 1
.unused:		resq 1		; aligns the stack
			endstruc
PUSHED			equ 8		; by each push after the call

section .text

; int64_t torture_switch(struct torture_registers *fill, struct torture_registers *seen,
;			 uint64_t op, uint64_t arg)
;
; In:        RDI fill, RSI seen, RDX op, RCX arg; interrupts off, SSE and XSAVE's parts enabled.
; Out:       RAX the gate's result; the fields of seen; fill's rsp, rdi, rsi.
; Preserved: what the System V convention says, and RFLAGS.
; Clobbers:  x87 and vector registers: compiled code here uses none.
; Stack:     the caller's, aligned for the call: seven words of registers and RFLAGS, and call_stack.
global torture_switch
torture_switch:
	push rbx
	push rbp
	push r12
	push r13
	push r14
	push r15
	pushfq

	mov r11, rdi
	sub rsp, call_stack_size
	mov [rsp + call_stack.fill], rdi
	mov [rsp + call_stack.seen], rsi
	mov rdi, rdx			; op
	mov rsi, rcx			; arg
	mov rax, [r11 + torture_registers.gate]
	mov [rsp + call_stack.gate], rax
	mov eax, [r11 + torture_registers.xsave_mask]
	xor edx, edx
	test eax, eax
	jz .fxrstor
	xrstor64 [r11 + torture_registers.xstate]
	jmp .filled
.fxrstor:
	fxrstor64 [r11 + torture_registers.xstate]
.filled:
	store r11, rdi, rsi, rsp
	load r11, GENERAL, rcx
	push qword [r11 + torture_registers.rflags]
	load r11, r11
	popfq				; may let interrupts in; they change nothing
	call [rsp + call_stack.gate]

	push rcx
	pushfq
	mov rcx, [rsp + call_stack.seen + 2 * PUSHED]
	pop qword [rcx + torture_registers.rflags]
	pop qword [rcx + torture_registers.rcx]
	store rcx, GENERAL, rsi, rdi, rsp, r11
	mov rbx, rax			; result
	mov rdi, [rsp + call_stack.fill]
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
	add rsp, call_stack_size
	popfq
	pop r15
	pop r14
	pop r13
	pop r12
	pop rbp
	pop rbx
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
