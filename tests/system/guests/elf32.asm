; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; elf32.asm - a plain ELF32 kernel: no boot protocol but switchyard.h's registers.

bits 32
section .text
global start

%include "print.inc"

start:
	mov esp, stack_top
	push ecx
	push edx
	say "OK elf32", 10
	pop edx
	pop ecx
	call check_abi
	say "END", 10
	jmp halt

section .bss
stack: resb 4096
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
