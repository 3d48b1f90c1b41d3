; SPDX-License-Identifier: GPL-2.0-only
;
; guest_efi.asm - the code of the EFI runtime services that a slot gets (monitor/load/guest_efi.c).
;
; The monitor never runs it. It copies [guest_efi_code, guest_efi_code_end) into the slot's block,
; and fills in the two words at its end. So it is position-independent.
;
; The kernel calls it in 64-bit mode at CPL 0, by Microsoft's calling convention, with page tables
; that map this page to itself, and the kernel's own half. Results are in RAX.

%include "arch/x86/cpu/asm_constants.inc"
%include "arch/x86/gate/asm_offsets.inc"

bits 64
section .text

%define EFI_UNSUPPORTED	   0x8000000000000003
%define EFI_RESET_SHUTDOWN 2
%define STACK		   512	; bytes behind the code

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
; The gate's identity tables lack the kernel's half, so the stack is in this page meanwhile, and
; interrupts are off. R10, R11: the kernel's RSP and CR3.
guest_efi_reset:
	pushfq
	cli
	mov rax, cr4
	test eax, CR4_LA57
	jnz .refused
	mov edi, SWITCHYARD_END
	mov esi, SWITCHYARD_END_REBOOT
	cmp ecx, EFI_RESET_SHUTDOWN
	jne .leave
	mov esi, SWITCHYARD_END_POWEROFF
.leave:
	mov r10, rsp
	mov r11, cr3
	lea rsp, [rel guest_efi_code_end + STACK]
	push r10
	push r11
	mov rax, [rel guest_efi_words]
	mov cr3, rax
	call [rel guest_efi_words + 8]
	pop r11
	pop r10
	mov cr3, r11
	mov rsp, r10
.refused:
	popfq
	ret

	align 8
guest_efi_words:
	dq 0	; identity_pml4
	dq 0	; the gate
guest_efi_code_end:

section .note.GNU-stack noalloc noexec nowrite progbits
