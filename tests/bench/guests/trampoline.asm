; SPDX-License-Identifier: GPL-2.0-only
;
; trampoline.asm - the way between two Linux kernels that jump to each other by kexec jump. Linux itself
; fails there in three ways, of which the patch series (guest/linux/patches/) mends the last two:
;   - the tables of the kernel that jumps do not map the control page of the other one;
;   - 6.1 comes back without a GDT, and faults as soon as it loads a segment;
;   - 6.1 takes the word at RSP for the address of the next jump, so a return address must be there.
; So each kernel believes that this page is the other kernel. hop.c loads it in the kernel that the first
; jump started (B). A is the kernel before, B is the one that loads it.
;
; At both entries: 64-bit mode, interrupts off, the tables and the stack of the kernel that jumps; [rsp] is
; the address at which that kernel wants to go on. Registers need not be kept.
bits 64
org 0x4000000

PRESENT_WRITE equ 3
LARGE         equ 0x80
PAGE          equ 0x1000
LARGE_PAGE    equ 0x200000

; From B. It loads tables that map the first GiB to itself: A's control page is there.
from_b:
	jmp short from_b_on
	align 8, db 0x90
to_a:	dq 0 ; hop.c writes it: where A goes on
to_b:	dq 0
from_b_on:
	pop rax
	mov [rel to_b], rax
	lea rax, [rel top]
	mov cr3, rax
	lgdt [rel gdt_of_linux]
	lea rax, [rel from_a]
	push rax
	jmp [rel to_a]

; From A, whose tables map all RAM.
from_a:
	pop rax
	mov [rel to_a], rax
	lgdt [rel gdt_of_linux]
	lea rax, [rel from_b]
	push rax
	jmp [rel to_b]

; The GDT of CPU 0 in Linux 6.1, where each kernel maps its own. Linux 6.12 loads its GDT itself.
gdt_of_linux:
	dw 0x7f
	dq 0xfffffe0000001000

	times PAGE - ($ - $$) db 0
top:
	dq third + PRESENT_WRITE
	times PAGE / 8 - 1 dq 0
third:
	dq second + PRESENT_WRITE
	times PAGE / 8 - 1 dq 0
second:
%assign at 0
%rep PAGE / 8
	dq at * LARGE_PAGE + PRESENT_WRITE + LARGE
%assign at at + 1
%endrep
