; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; code_at_8.asm - a plain ELF64 kernel whose GDT has code first and data second, as most kernels but
; Linux have it. It faults while the IDT is still the monitor's, whose gates name 0x10.

CODE64 equ 0x08
DATA   equ 0x10

bits 64
default rel
section .text
global start
start:
	lea rsp, [stack_top]
	lea rax, [gdt]
	mov [gdt_pointer + 2], rax
	lgdt [gdt_pointer]
	push CODE64
	lea rax, [reloaded]
	push rax
	o64 retf
reloaded:
	mov ax, DATA
	mov ds, ax
	mov es, ax
	mov ss, ax
	ud2

align 16
gdt:
	dq 0
	dq 0x00af9b000000ffff
	dq 0x00cf93000000ffff
gdt_end:
gdt_pointer:
	dw gdt_end - gdt - 1
	dq 0

section .bss
alignb 16
stack:     resb 4096
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
