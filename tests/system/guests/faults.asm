; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; faults.asm - a plain ELF64 kernel that faults before it has an IDT of its own.

bits 64
section .text
global start
start:
	ud2

section .note.GNU-stack noalloc noexec nowrite progbits
