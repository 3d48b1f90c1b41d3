; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; multiboot1.asm - a Multiboot 1 kernel that prints its command line and its modules.
;
; With FIELDS defined it is a flat binary whose header carries addresses (flag 16), else
; an ELF file. Multiboot Specification 0.6.96, sections 3.1 to 3.3.

HEADER_MAGIC equ 0x1badb002
LOADER_MAGIC equ 0x2badb002
FLAG_MEMORY  equ 1 << 1
FLAG_FIELDS  equ 1 << 16
INFO_CMDLINE equ 1 << 2
INFO_MODULES equ 1 << 3

%ifdef FIELDS
FLAGS equ FLAG_MEMORY | FLAG_FIELDS
%define KIND "fields"
%else
FLAGS equ FLAG_MEMORY
%define KIND "elf"
%endif

struc info
	.flags:        resd 1
	.mem:          resd 2
	.boot_device:  resd 1
	.cmdline:      resd 1
	.mods_count:   resd 1
	.mods_addr:    resd 1
endstruc

struc mod
	.start:  resd 1
	.end:    resd 1
	.string: resd 1
	.pad:    resd 1
endstruc

bits 32
%ifdef FIELDS
org LOAD_ADDRESS
%else
section .text
global start
%endif

image:
%include "print.inc"

	align 4
header:
	dd HEADER_MAGIC, FLAGS, -(HEADER_MAGIC + FLAGS)
%ifdef FIELDS
	dd header, image, monitor_end, bss_end, start
%endif

start:
	mov esp, stack_top
	mov ebp, eax
	push ecx
	push edx
	say "OK multiboot1 ", KIND, 10
	pop edx
	pop ecx
	call check_abi
	cmp ebp, LOADER_MAGIC
	jne .wrong
	cmp dword [bss_word], 0
	jne .wrong
	test dword [ebx + info.flags], INFO_CMDLINE
	jz .modules
	say "cmdline <"
	mov esi, [ebx + info.cmdline]
	call print
	say ">", 10
.modules:
	test dword [ebx + info.flags], INFO_MODULES
	jz .end
	mov ecx, [ebx + info.mods_count]
	mov ebp, [ebx + info.mods_addr]
.module:
	test ecx, ecx
	jz .end
	say "module <"
	mov esi, [ebp + mod.string]
	call print
	say "> <"
	mov esi, [ebp + mod.start]
	mov edi, [ebp + mod.end]
	call print_to
	say ">", 10
	add ebp, mod_size
	dec ecx
	jmp .module
.wrong:
	say "start state WRONG", 10
.end:
	say "END", 10
	jmp halt

%ifdef FIELDS
	align 4
monitor_end:
absolute monitor_end
%else
section .bss
%endif
bss_word: resd 1
stack:    resb 4096
stack_top:
bss_end:

%ifndef FIELDS
section .note.GNU-stack noalloc noexec nowrite progbits
%endif
