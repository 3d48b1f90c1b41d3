; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; entry.asm - the Multiboot2 header, and the way from its 32-bit entry to C in 64-bit mode.
; Multiboot2 specification 2.0, sections 3.1 and 3.3.
;
; The header lets the loader put the image anywhere, so that two copies of it can be in memory at
; once. 32-bit code has no RIP-relative addresses. So the data that it needs lies in this section,
; and the code reaches the data relative to EBP.
;
default rel
%include "asm_offsets.inc"

extern kernel_main
extern monitor_start, rela_start, rela_end	; tick.ld

LOWEST_ADDRESS		equ 0x200000
HIGHEST_ADDRESS		equ 0xffffffff

; Control bits: SDM volume 3, sections 2.2 and 2.5; page table bits: 4.5.
CR0_PG			equ 1 << 31
CR4_PAE			equ 1 << 5
EFER			equ 0xc0000080
EFER_LME		equ 1 << 8
PAGE_PRESENT_WRITE	equ 3
PAGE_LARGE		equ 1 << 7
PAGE_SIZE		equ 4096
LARGE_PAGE_SIZE		equ 0x200000
ENTRY_SIZE		equ 8
DIRECTORIES		equ 4		; 1 GiB each: the first 4 GiB
STACK_SIZE		equ 4 * PAGE_SIZE

section .boot alloc exec write progbits align=4096

header:
	dd MULTIBOOT2_HEADER_MAGIC, MULTIBOOT2_ARCH_I386, header_end - header
	dd 0x100000000 - MULTIBOOT2_HEADER_MAGIC - MULTIBOOT2_ARCH_I386 - (header_end - header)
	align MULTIBOOT2_TAG_ALIGN
relocatable:
	dw MULTIBOOT2_HEADER_RELOCATABLE, 0
	dd relocatable_end - relocatable
	dd LOWEST_ADDRESS, HIGHEST_ADDRESS, LARGE_PAGE_SIZE, MULTIBOOT2_PREFER_NONE
relocatable_end:
	align MULTIBOOT2_TAG_ALIGN
end_tag:
	dw MULTIBOOT2_HEADER_END, 0
	dd header_end - end_tag
header_end:

; In:    EAX Multiboot2's magic, EBX address of its information; from Switchyard also ECX
;        SWITCHYARD_MAGIC, EDX address of struct switchyard_info; 32-bit protected mode, flat
;        segments, paging and interrupts off, no stack.
; Out:   to enter_long_mode; EDX 0 if it is not Switchyard.
; Stack: boot_stack.
;
; Registers, from here to in64: EBP address of here, EBX information, ESI Multiboot2's magic.
bits 32
global entry
entry:
	cld
	mov esi, eax
	lea esp, [ebx + multiboot2_info_size]	; its reserved word holds one return address
	call here
here:
	pop ebp
	lea esp, [ebp + boot_stack_top - here]

	lea edi, [ebp + boot_pml4 - here]
	mov cr3, edi
	cmp ecx, SWITCHYARD_MAGIC
	jne .own_tables

	; Entry 0 of the PML4 must be Switchyard's, which maps all memory to itself. The gate needs
	; that.
	mov eax, [edx + switchyard_info.identity_pdpt]
	or eax, PAGE_PRESENT_WRITE
	mov [edi], eax
	mov eax, [edx + switchyard_info.identity_pdpt_high]
	mov [edi + HIGH_HALF], eax
	jmp enter_long_mode

.own_tables:
	xor edx, edx
	call build_tables
	; Execution continues in enter_long_mode.

; In:    EDX address of struct switchyard_info, or 0; CR3 is loaded.
; Out:   to in64, in 64-bit mode, EDI what was in EDX.
enter_long_mode:
	mov edi, edx			; RDMSR overwrites EDX
	mov eax, CR4_PAE
	mov cr4, eax
	mov ecx, EFER
	rdmsr
	or eax, EFER_LME
	wrmsr
	mov eax, cr0
	or eax, CR0_PG
	mov cr0, eax

	lea eax, [ebp + boot_gdt - here]
	push dword 0			; LGDT's operand: limit, and under
	push eax			; it the base
	push word boot_gdt_end - boot_gdt - 1
	lgdt [esp]
	push dword SELECTOR_CODE
	lea eax, [ebp + in64 - here]
	push eax
	retf

; Fills the page tables if there is no Switchyard. They are all zero before, and map the first 4 GiB
; to themselves then. In: EBP address of here, EDI address of boot_pml4. Clobbers: EAX, ECX, EDI.
build_tables:
	lea eax, [ebp + boot_pdpt - here + PAGE_PRESENT_WRITE]
	mov [edi], eax
	lea eax, [ebp + boot_directories - here + PAGE_PRESENT_WRITE]
	lea edi, [ebp + boot_pdpt - here]
	mov ecx, DIRECTORIES
.pdpt:
	mov [edi], eax
	add eax, PAGE_SIZE
	add edi, ENTRY_SIZE
	loop .pdpt
	mov eax, PAGE_PRESENT_WRITE | PAGE_LARGE
	lea edi, [ebp + boot_directories - here]
	mov ecx, DIRECTORIES * PAGE_SIZE / ENTRY_SIZE
.directory:
	mov [edi], eax
	add eax, LARGE_PAGE_SIZE
	add edi, ENTRY_SIZE
	loop .directory
	ret

; In:    64-bit mode, EBX information, ESI Multiboot2's magic, EDI struct switchyard_info or 0.
; Out:   to kernel_main(magic, information, switchyard), which does not return.
; Stack: boot_stack, from the start.
bits 64
in64:
	mov eax, SELECTOR_DATA
	mov ds, eax
	mov es, eax
	mov fs, eax
	mov gs, eax
	mov ss, eax
	lea rsp, [boot_stack_top]
	call relocate
	mov edx, edi			; the C function's arguments, in reverse order; moves of
	mov edi, esi			; 32 bits clear the upper halves
	mov esi, ebx
	xor ebp, ebp
	call kernel_main wrt ..plt
	ud2

; Corrects the addresses in data. Each becomes the address that it was linked as, plus the distance
; that the image has moved. All relocations are R_X86_64_RELATIVE; tick.mk checks that. Clobbers:
; RAX, RCX, R8 to R10.
relocate:
	lea r8, [rela_start]
	lea r9, [rela_end]
	lea r10, [monitor_start]		; where the image is, and where it was linked to be; both
	sub r10, LINK_ADDRESS		; come from one place, tick.ld's
.relocation:
	cmp r8, r9
	jae .relocated
	mov rax, [r8 + rela.r_addend]
	add rax, r10
	mov rcx, [r8 + rela.r_offset]
	mov [rcx + r10], rax
	add r8, rela_size
	jmp .relocation
.relocated:
	ret

	align 8
boot_gdt:
	dq 0
	dq 0
	dq GDT_CODE			; SELECTOR_CODE
	dq GDT_DATA			; SELECTOR_DATA
boot_gdt_end:

	align PAGE_SIZE
boot_pml4:
	times PAGE_SIZE db 0
boot_pdpt:
	times PAGE_SIZE db 0
boot_directories:
	times DIRECTORIES * PAGE_SIZE db 0
boot_stack:
	times STACK_SIZE db 0
boot_stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
