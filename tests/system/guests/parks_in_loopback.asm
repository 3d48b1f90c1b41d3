; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; parks_in_loopback.asm - a plain ELF64 kernel that asks for the monitor's console while its serial
; port talks to itself.

INFO_GATE       equ 24       ; switchyard_info.gate (guest/linux/switchyard.h)
OP_MONITOR      equ 2        ; SWITCHYARD_MONITOR
COM1_MCR        equ 0x3fc
MCR_LOOPBACK    equ 0x10

bits 64
default rel
section .text
global start

start:
	lea rsp, [stack_top]
	mov rbx, rdx
	mov edx, COM1_MCR
	mov al, MCR_LOOPBACK
	out dx, al
	mov edi, OP_MONITOR
	xor esi, esi
	call [rbx + INFO_GATE]
.halt:
	hlt
	jmp .halt

section .bss
stack: resb 4096
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
