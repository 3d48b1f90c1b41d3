; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; elf64.asm - a plain ELF64 kernel, entered in 64-bit mode with switchyard.h's registers.

COM1_DATA   equ 0x3f8
COM1_STATUS equ 0x3fd
STATUS_ROOM equ 0x20
SWITCHYARD_MAGIC equ 0x44595753
LONG_PATTERN equ 0x1122334455667788 ; only 64-bit code can hold it in a register

bits 64
default rel
section .text
global start

start:
	lea rsp, [stack_top]
	lea rsi, [right]
	cmp ecx, SWITCHYARD_MAGIC
	jne .wrong
	cmp dword [rdx], SWITCHYARD_MAGIC
	jne .wrong
	mov rax, LONG_PATTERN
	shr rax, 32
	cmp eax, LONG_PATTERN >> 32
	je .print
.wrong:
	lea rsi, [wrong]
.print:
	mov edx, COM1_STATUS
.wait:
	in al, dx
	test al, STATUS_ROOM
	jz .wait
	mov edx, COM1_DATA
	lodsb
	test al, al
	jz .halt
	out dx, al
	jmp .print
.halt:
	cli
	hlt
	jmp .halt

right: db "OK elf64", 10, "abi right", 10, "END", 10, 0
wrong: db "OK elf64", 10, "abi WRONG", 10, "END", 10, 0

section .bss
stack: resb 4096
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
