; SPDX-License-Identifier: GPL-2.0-only
;
; multiboot2_entry.asm - the Multiboot2 header, and the code from its 32-bit entry to 64-bit C code.
; Multiboot2 specification 2.0, sections 3.1 and 3.3.
;
; The image is linked at 1 MiB and loaded there. It is position independent, so that C code can move
; it later (arch/x86/memory/relocate.h). 32-bit code has no RIP-relative addresses, so its data lies
; in this section, and it reaches them relative to EBP.
;
default rel
%include "arch/x86/cpu/asm_constants.inc"
%include "boot/multiboot2/asm_multiboot2.inc"

extern boot_multiboot2

; Page table bits: SDM volume 3, section 4.5.
PAGE_PRESENT_WRITE	equ 3
PAGE_LARGE		equ 1 << 7
PAGE_SIZE		equ 4096
LARGE_PAGE_SIZE		equ 0x200000
ENTRY_SIZE		equ 8
DIRECTORIES		equ 4		; 1 GiB each: the first 4 GiB

CPUID_EXTENDED_MAX	equ 0x80000000
CPUID_EXTENDED		equ 0x80000001
CPUID_LONG_MODE		equ 1 << 29	; EDX of CPUID_EXTENDED

VGA_TEXT		equ 0xb8000
WHITE_ON_RED		equ 0x4f

section .boot alloc exec write progbits align=4096

header:
	dd MULTIBOOT2_HEADER_MAGIC, MULTIBOOT2_ARCH_I386, header_end - header
	dd 0x100000000 - MULTIBOOT2_HEADER_MAGIC - MULTIBOOT2_ARCH_I386 - (header_end - header)
	align MULTIBOOT2_TAG_ALIGN
info_request:
	dw MULTIBOOT2_HEADER_INFORMATION_REQUEST, 0
	dd info_request_end - info_request
	dd MULTIBOOT2_INFO_COMMAND_LINE, MULTIBOOT2_INFO_MODULE, MULTIBOOT2_INFO_MAP
info_request_end:
	; There is no framebuffer tag, because with one, GRUB would leave text mode under the BIOS.
	; Under UEFI GRUB passes a framebuffer without it (grub-core/loader/multiboot_mbi2.c).
	align MULTIBOOT2_TAG_ALIGN
end_tag:
	dw MULTIBOOT2_HEADER_END, 0
	dd header_end - end_tag
header_end:

; In:    EAX Multiboot2's magic, EBX address of its information; 32-bit protected mode, flat
;        segments, paging and interrupts off, no stack.
; Out:   to enter_long_mode, or to no_long_mode.
; Stack: boot_stack.
;
; Registers, from here to boot_in64: EBP address of boot_here, ESI magic, EBX information.
bits 32
global multiboot2_entry
multiboot2_entry:
	cld				; the specification does not define DF
	mov esi, eax
	mov esp, [ebx]			; the size of the information: the call below writes its
	lea esp, [ebx + esp]		; return address to the last 4 bytes, in the end tag
	call boot_here
boot_here:
	pop ebp
	lea esp, [ebp + boot_stack_top - boot_here]

	mov edi, ebx			; CPUID takes EBX
	mov eax, CPUID_EXTENDED_MAX
	cpuid
	cmp eax, CPUID_EXTENDED
	jb no_long_mode
	mov eax, CPUID_EXTENDED
	cpuid
	test edx, CPUID_LONG_MODE
	jz no_long_mode
	mov ebx, edi
	; On to enter_long_mode.

; Out:   to boot_in64, in 64-bit mode, the first 4 GiB mapped to themselves.
enter_long_mode:
	call build_tables
	mov eax, CR4_PAE
	mov cr4, eax
	lea eax, [ebp + boot_pml4 - boot_here]
	mov cr3, eax
	mov ecx, MSR_EFER
	rdmsr
	or eax, EFER_LME
	wrmsr
	mov eax, cr0
	or eax, CR0_PG
	mov cr0, eax

	lea eax, [ebp + boot_gdt - boot_here]
	push dword 0			; LGDT's operand: the base in 8 bytes,
	push eax			; and the limit below it
	push word boot_gdt_end - boot_gdt - 1
	lgdt [esp]
	push dword SELECTOR_CODE64
	lea eax, [ebp + boot_in64 - boot_here]
	push eax
	retf

; Fills the page tables, which are all zero, so that they map the first 4 GiB to themselves.
; In:        EBP address of boot_here.
; Clobbers:  EAX, ECX, EDI.
build_tables:
	lea eax, [ebp + boot_pdpt - boot_here + PAGE_PRESENT_WRITE]
	mov [ebp + boot_pml4 - boot_here], eax
	lea eax, [ebp + boot_directories - boot_here + PAGE_PRESENT_WRITE]
	lea edi, [ebp + boot_pdpt - boot_here]
	mov ecx, DIRECTORIES
.pdpt:
	mov [edi], eax
	add eax, PAGE_SIZE
	add edi, ENTRY_SIZE
	loop .pdpt
	mov eax, PAGE_PRESENT_WRITE | PAGE_LARGE
	lea edi, [ebp + boot_directories - boot_here]
	mov ecx, DIRECTORIES * PAGE_SIZE / ENTRY_SIZE
.directory:
	mov [edi], eax
	add eax, LARGE_PAGE_SIZE
	add edi, ENTRY_SIZE
	loop .directory
	ret

; Reports a 32-bit machine on GRUB's text screen, because there is no console yet.
; In:    EBP address of boot_here.
; Out:   does not return.
no_long_mode:
	lea esi, [ebp + no_long_mode_text - boot_here]
	mov edi, VGA_TEXT
	mov ah, WHITE_ON_RED
.character:
	lodsb
	test al, al
	jz .stop
	stosw
	jmp .character
.stop:
	hlt
	jmp .stop

; In:    64-bit mode, ESI magic, EBX information.
; Out:   to boot_multiboot2(magic, information), which does not return.
; Stack: boot_stack, from its top.
bits 64
boot_in64:
	mov eax, SELECTOR_DATA
	mov ds, eax
	mov es, eax
	mov ss, eax
	xor eax, eax
	mov fs, eax
	mov gs, eax
	lea rsp, [boot_stack_top]
	mov edi, esi
	mov esi, ebx
	xor ebp, ebp			; the backtrace ends here
	call boot_multiboot2 wrt ..plt
	ud2

no_long_mode_text:
	db "Switchyard needs a 64-bit CPU", 0

	align 8
boot_gdt:
	dq 0
	dq GDT_CODE64			; SELECTOR_CODE64_FIRST
	dq GDT_CODE64			; SELECTOR_CODE64
	dq GDT_DATA			; SELECTOR_DATA
	dq GDT_CODE32			; SELECTOR_CODE32
boot_gdt_end:

	align PAGE_SIZE
boot_pml4:
	times PAGE_SIZE db 0
boot_pdpt:
	times PAGE_SIZE db 0
boot_directories:
	times DIRECTORIES * PAGE_SIZE db 0
boot_stack:
	times 4 * PAGE_SIZE db 0
boot_stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
