; SPDX-License-Identifier: GPL-2.0-only
;
; la57.asm - from five levels of paging to four, and back.
;
bits 64
default rel
%include "arch/x86/cpu/asm_constants.inc"

extern paging_cr3, paging_cr3_la57

section .text

; void la57_leave(void), void la57_enter(void)
;
; CR4.LA57 can't change while paging is on (SDM volume 3, 4.1.1), so both go through 32-bit code
; with paging off. The monitor and its tables lie below 4 GiB.
;
; In:        64-bit mode, the monitor's GDT and stack, CR4 without PCIDE, CET and VMXE, CR3 the
;            monitor's (paging_cr3_la57 for leave, paging_cr3 for enter), interrupts off.
; Out:       the other number of levels, the monitor's other CR3.
; Preserved: what the System V convention says, and RSI, RDI. 32-bit mode leaves the high halves of
;            all registers undefined: what is preserved is pushed. (RSP's is 0.)
; Clobbers:  RAX, RCX, RDX, R8 to R11.
; Stack:     the monitor's.
; Callers:   gate.asm, boot/efi_entry/efi_entry.asm, and C.
;
; An NMI or machine check on the way finds no IDT that it can use, and resets the machine. No other
; order of these instructions would avoid that.
;
; Registers from here to .in64:
;   ECX  the new CR4            EBX  the new CR3
;   EDX  the CR0 to come back to
global la57_leave, la57_enter
la57_leave:
	xor ecx, ecx
	mov eax, [paging_cr3]
	jmp change_levels
la57_enter:
	mov ecx, CR4_LA57
	mov eax, [paging_cr3_la57]
change_levels:
	push rbx
	push rbp
	push rsi
	push rdi
	push r12
	push r13
	push r14
	push r15
	mov ebx, eax
	mov rdx, cr0
	mov rax, cr4
	and eax, ~CR4_LA57
	or ecx, eax
	push SELECTOR_CODE32
	lea rax, [.in32]
	push rax
	o64 retf
bits 32
.in32:
	mov eax, edx
	and eax, ~CR0_PG & 0xffffffff
	mov cr0, eax			; leaves long mode: EFER.LMA is clear, LME stays
	mov cr4, ecx
	mov cr3, ebx
	mov cr0, edx			; paging and long mode again
	push SELECTOR_CODE64
	call .here
.here:
	pop eax
	add eax, .in64 - .here
	push eax
	retf
bits 64
.in64:
	pop r15
	pop r14
	pop r13
	pop r12
	pop rdi
	pop rsi
	pop rbp
	pop rbx
	ret

section .note.GNU-stack noalloc noexec nowrite progbits
