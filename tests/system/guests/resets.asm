; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; resets.asm - a plain ELF64 kernel that resets the machine. A key on the first serial port says how:
; t by a triple fault, c by the chipset's reset register, k by the keyboard's controller.

COM1_DATA       equ 0x3f8
COM1_STATUS     equ 0x3fd
STATUS_READY    equ 1        ; a byte has come
RESET_CONTROL   equ 0xcf9
RESET_CPU_HARD  equ 0x06
I8042_COMMAND   equ 0x64
PULSE_RESET     equ 0xfe

bits 64
default rel
section .text
global start

start:
	lea rsp, [stack_top]
	lea rsi, [hello]
	mov dx, COM1_DATA
	mov ecx, hello_end - hello
	rep outsb
.wait:
	mov dx, COM1_STATUS
	in al, dx
	test al, STATUS_READY
	jz .wait
	mov dx, COM1_DATA
	in al, dx
	cmp al, 't'
	je .triple_fault
	cmp al, 'c'
	je .chipset
	cmp al, 'k'
	jne .wait
	mov al, PULSE_RESET
	out I8042_COMMAND, al
	jmp .stay
.chipset:
	mov dx, RESET_CONTROL
	mov al, RESET_CPU_HARD
	out dx, al
	jmp .stay
.triple_fault:
	lidt [no_idt]
	int3
.stay:
	hlt
	jmp .stay

hello:	db "resets: how?", 10
hello_end:
no_idt:	dw 0
	dq 0

section .bss
alignb 16
stack: resb 4096
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
