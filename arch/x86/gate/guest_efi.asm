; SPDX-License-Identifier: GPL-2.0-only
;
; guest_efi.asm - the code of the EFI runtime services that a slot gets (monitor/load/guest_efi.c).
;
; The monitor never runs it. It copies [guest_efi_code, guest_efi_code_end) into the slot's block,
; and fills in the words at its end. So it is position-independent.
;
; The kernel calls it in 64-bit mode at CPL 0, by Microsoft's calling convention, with page tables
; that map this page to itself, and the kernel's own half. So CR4.LASS is clear, or the CPU could not
; execute it. Results are in RAX.

%include "arch/x86/cpu/asm_constants.inc"
%include "arch/x86/gate/asm_offsets.inc"

bits 64
section .text

%define EFI_UNSUPPORTED	   0x8000000000000003
%define EFI_RESET_SHUTDOWN 2
%define TABLE_RIGHTS	   3			; present, writable
%define UPPER_HALF	   2048			; its offset in a page table, and its size there
%define CR3_ADDRESS	   0x000ffffffffff000

global guest_efi_code, guest_efi_set_map, guest_efi_unsupported, guest_efi_reset
global guest_efi_words, guest_efi_code_end

guest_efi_code:

; uint64_t SetVirtualAddressMap(...): the page stays mapped to itself, so nothing has to change.
guest_efi_set_map:
	xor eax, eax
	ret

guest_efi_unsupported:
	mov rax, EFI_UNSUPPORTED
	ret

; void ResetSystem(ECX: type, ...): ends the slot by the gate. It returns if the gate refuses.
;
; The gate needs all RAM mapped to itself, besides the kernel's half with this CPU's stack and
; tables. So a top-level table is made of both. It can be reached only where RAM is mapped, so CR3
; changes twice, and neither stack nor IDT are there in between. The table is the same for all CPUs,
; which may be here together, because a kernel's half is the same in all of its tables.
;
; Registers:
;   R8   what the gate is asked for      R10  address of the table that is made
;   R9   the entry that maps all RAM     R11  the kernel's CR3
guest_efi_reset:
	pushfq
	push rdi
	push rsi
	cli
	mov r8d, SWITCHYARD_END_REBOOT
	cmp ecx, EFI_RESET_SHUTDOWN
	jne .tables
	mov r8d, SWITCHYARD_END_POWEROFF
.tables:
	mov r11, cr3
	mov r10, [rel guest_efi_words.top]
	mov rdx, [rel guest_efi_words.pml4]
	mov r9, [rel guest_efi_words.pdpt]
	mov rax, cr4
	test eax, CR4_LA57
	jz .map_all
	mov r9, rdx			; with five levels, the table that is made has this entry
	mov rdx, r10			; already, and can be used
.map_all:
	mov cr3, rdx
	or r9, TABLE_RIGHTS
	mov [r10], r9
	mov rsi, CR3_ADDRESS
	and rsi, r11
	add rsi, UPPER_HALF
	lea rdi, [r10 + UPPER_HALF]
	mov ecx, UPPER_HALF / 8
	rep movsq
	mov cr3, r10
	push r11
	mov edi, SWITCHYARD_END
	mov rsi, r8
	call [rel guest_efi_words.gate]
	pop r11
	mov cr3, r11
	pop rsi
	pop rdi
	popfq
	ret

	align 8
guest_efi_words:
.pml4:	dq 0	; these two map all RAM to itself
.pdpt:	dq 0
.top:	dq 0	; a page for the table that is made
.gate:	dq 0
guest_efi_code_end:

section .note.GNU-stack noalloc noexec nowrite progbits
