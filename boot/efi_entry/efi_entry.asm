; SPDX-License-Identifier: GPL-2.0-only
;
; efi_entry.asm - entry point of the image that switchyard.efi carries, in 64-bit mode.
;
bits 64
default rel
%include "arch/x86/cpu/asm_constants.inc"

extern boot_efi_take
extern boot_efi_start
extern la57_leave

STACK_SIZE equ 16384

section .text

; void boot_efi_entry(const struct boot_info *boot)
;
; In:    RDI boot; 64-bit mode, CPL 0, firmware's stack, GDT, IDT and page tables, which map boot
;        and the image to themselves; interrupts on or off.
; Out: does not return. Stack: efi_stack, from the start. CR4 becomes PAE alone, as after the
; Multiboot2 entry. LA57 stays set until la57_leave clears it, because la57_leave needs the
; monitor's own GDT and CR3.
global boot_efi_entry
boot_efi_entry:
	cli
	cld
	lea rsp, [efi_stack_top]
	xor ebp, ebp			; the backtrace ends here
	mov rax, cr4
	and eax, CR4_LA57
	mov ebx, eax			; preserved by C
	or eax, CR4_PAE
	mov cr4, rax
	call boot_efi_take
	test ebx, ebx
	jz .four_levels
	call la57_leave
.four_levels:
	call boot_efi_start
	ud2

section .bss.left nobits alloc noexec write align=16 ; not used after the move
efi_stack:
	resb STACK_SIZE
efi_stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
