; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; own_tables.asm - a plain ELF64 kernel that has page tables, a GDT and a TSS of its own, at a high
; address, and still the monitor's IDT when it faults. The GDT has Linux's layout, so that the fault
; can be delivered. Other registers hold what would harm the monitor.

INFO_PDPT       equ 32       ; switchyard_info.identity_pdpt (guest/linux/switchyard.h)
PRESENT_WRITE   equ 3
LARGE           equ 1 << 7
LARGE_SIZE      equ 0x200000
HIGH            equ 0xffffffffc0000000   ; the last GiB: the last entry of PML4 and PDPT
HIGH_ENTRY      equ 511 * 8
CR4_PGE         equ 1 << 7
EFER            equ 0xc0000080
EFER_SCE        equ 1
GS_BASE         equ 0xc0000101
PAT             equ 0x277
COM1_MCR        equ 0x3fc
MCR_LOOPBACK    equ 0x10
CODE64          equ 0x10
DATA            equ 0x18
LDT             equ 0x30
TSS             equ 0x40
TSS_TYPE        equ 0x89
LDT_TYPE        equ 0x82
TYPE_BIT        equ 40
HALF            equ 8        ; the second one of a system descriptor

bits 64
default rel
section .text
global start

start:
	lea rsp, [stack_top]
	call load_page_tables
	mov rbx, HIGH		; the image's first byte lies there
	lea rax, [start]
	sub rbx, rax
	call load_gdt
	call spoil
	lea rax, [high]
	add rax, rbx
	jmp rax
high:
	lea rsp, [stack_top]	; at the high address, now
	ud2

; The image's 2 MiB at HIGH, and the first GiBs by the monitor's table. In: RDX the info.
; Clobbers RAX.
load_page_tables:
	mov rax, [rdx + INFO_PDPT]
	or rax, PRESENT_WRITE
	mov [pml4], rax
	lea rax, [pdpt]
	or rax, PRESENT_WRITE
	mov [pml4 + HIGH_ENTRY], rax
	lea rax, [directory]
	or rax, PRESENT_WRITE
	mov [pdpt + HIGH_ENTRY], rax
	lea rax, [start]
	or rax, PRESENT_WRITE | LARGE
	mov [directory], rax
	lea rax, [pml4]
	mov cr3, rax
	ret

; In: RBX what leads from here to HIGH. Clobbers RAX, RCX.
load_gdt:
	lea rax, [tss]
	mov ecx, TSS_TYPE
	lea rdi, [gdt + TSS]
	call put_system
	mov ecx, LDT_TYPE
	lea rdi, [gdt + LDT]
	call put_system
	lea rax, [gdt]
	add rax, rbx
	mov [gdt_pointer + 2], rax
	lgdt [gdt_pointer]
	mov ax, TSS
	ltr ax
	mov ax, LDT
	lldt ax
	mov ax, DATA
	mov ds, ax
	mov es, ax
	mov ss, ax
	ret

; A system descriptor for the 104 bytes at RAX + RBX. In: ECX its type, RDI its place. Clobbers RCX,
; RSI.
put_system:
	push rax
	add rax, rbx
	shl rcx, TYPE_BIT
	or rcx, 103
	mov esi, eax
	and esi, 0xffffff
	shl rsi, 16
	or rcx, rsi
	mov esi, eax
	shr esi, 24
	shl rsi, 56
	or rcx, rsi
	mov [rdi], rcx
	shr rax, 32
	mov [rdi + HALF], rax
	pop rax
	ret

; Clobbers RAX, RCX, RDX.
spoil:
	mov rax, cr4
	or eax, CR4_PGE
	mov cr4, rax
	mov ecx, EFER
	rdmsr
	or eax, EFER_SCE
	wrmsr
	mov ecx, PAT
	xor eax, eax		; all memory is uncacheable
	xor edx, edx
	wrmsr
	mov ecx, GS_BASE
	mov edx, 0x1234
	wrmsr
	mov edx, COM1_MCR
	mov al, MCR_LOOPBACK
	out dx, al
	mov rax, HIGH + LARGE_SIZE - 8
	mov dr0, rax		; a breakpoint on 8 bytes there, written or read
	mov eax, 0xb0602 | 0x2000	; and #DB for who touches a debug register
	mov dr7, rax
	ret

align 16
gdt:
	dq 0
	dq 0x00cf9b000000ffff
	dq 0x00af9b000000ffff
	dq 0x00cf93000000ffff
	times 12 dq 0
gdt_end:
gdt_pointer:
	dw gdt_end - gdt - 1
	dq 0
tss:	times 104 db 0

section .bss
alignb 4096
pml4:      resb 4096
pdpt:      resb 4096
directory: resb 4096
stack:     resb 4096
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
