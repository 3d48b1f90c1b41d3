; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; multiboot2.asm - a Multiboot2 kernel that prints its command line and its modules.
; Multiboot2 Specification 2.0, sections 3.1 to 3.6.

HEADER_MAGIC equ 0xe85250d6
LOADER_MAGIC equ 0x36d76289
ARCH_I386    equ 0
TAG_END      equ 0
TAG_CMDLINE  equ 1
TAG_MODULE   equ 3
TAG_ALIGN    equ 8

struc tag
	.type: resd 1
	.size: resd 1
	.text:              ; of TAG_CMDLINE
	.start: resd 1      ; of TAG_MODULE
	.end:   resd 1
	.string:
endstruc

bits 32
section .text
global start

%include "print.inc"

	align TAG_ALIGN
header:
	dd HEADER_MAGIC, ARCH_I386, header_end - header
	dd -(HEADER_MAGIC + ARCH_I386 + (header_end - header)) & 0xffffffff
	dw TAG_END, 0
	dd 8
header_end:

start:
	mov esp, stack_top
	mov ebp, eax
	push ecx
	push edx
	say "OK multiboot2", 10
	pop edx
	pop ecx
	call check_abi
	cmp ebp, LOADER_MAGIC
	jne .wrong
	add ebx, TAG_ALIGN           ; past total_size and reserved: the first tag
.tag:
	mov eax, [ebx + tag.type]
	cmp eax, TAG_END
	je .end
	cmp eax, TAG_CMDLINE
	je .cmdline
	cmp eax, TAG_MODULE
	je .module
.next:
	add ebx, [ebx + tag.size]
	add ebx, TAG_ALIGN - 1
	and ebx, -TAG_ALIGN
	jmp .tag
.cmdline:
	say "cmdline <"
	lea esi, [ebx + tag.text]
	call print
	say ">", 10
	jmp .next
.module:
	say "module <"
	lea esi, [ebx + tag.string]
	call print
	say "> <"
	mov esi, [ebx + tag.start]
	mov edi, [ebx + tag.end]
	call print_to
	say ">", 10
	jmp .next
.wrong:
	say "start state WRONG", 10
.end:
	say "END", 10
	jmp halt

section .bss
stack: resb 4096
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
