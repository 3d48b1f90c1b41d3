; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; leaves_traces.asm - a plain ELF64 kernel that says whether CPU state is as after a reset, spoils
; it, and ends. Booted twice, it must say the same twice.

COM1_DATA       equ 0x3f8
COM1_STATUS     equ 0x3fd
STATUS_ROOM     equ 0x20
INFO_GATE       equ 24       ; switchyard_info.gate (guest/linux/switchyard.h)
OP_END          equ 3        ; SWITCHYARD_END
END_POWEROFF    equ 1        ; SWITCHYARD_END_POWEROFF
CR4_OSFXSR      equ 1 << 9
CR4_OSXMMEXCPT  equ 1 << 10
CR4_OSXSAVE     equ 1 << 18
CPUID_1_XSAVE   equ 1 << 26  ; ECX
XCR0_X87_SSE    equ 3
EFER            equ 0xc0000080
EFER_RESET      equ 0x500    ; LME, LMA
EFER_SCE_NXE    equ 0x801
LSTAR           equ 0xc0000082
GS_BASE         equ 0xc0000101
KERNEL_GS_BASE  equ 0xc0000102
MTRR_LAST_MASK  equ 0x20f    ; of the eighth variable range, which firmware leaves unused
MTRR_VALID      equ 1 << 11
SELECTOR_DATA   equ 0x18     ; what every data segment register holds at the start
MXCSR_RESET     equ 0x1f80
MXCSR_UNMASKED  equ 0x1f00
PATTERN         equ 0x5ec3e75ec3e75ec3

bits 64
default rel
section .text
global start

start:
	lea rsp, [stack_top]
	mov r15, rdx
	mov rax, cr4
	or eax, CR4_OSFXSR | CR4_OSXMMEXCPT
	mov cr4, rax

	call check
	call print
	call spoil
	mov edi, OP_END
	mov esi, END_POWEROFF
	call [r15 + INFO_GATE]
	hlt

; Out:      RSI the text to say. Clobbers RAX, RCX, RDX.
check:
	lea rsi, [spoilt]
	stmxcsr [word_buffer]
	cmp dword [word_buffer], MXCSR_RESET
	jne .done
	movq rax, xmm5
	test rax, rax
	jnz .done
	mov ecx, EFER
	rdmsr
	cmp eax, EFER_RESET
	jne .done
	mov ecx, LSTAR
	rdmsr
	or eax, edx
	jnz .done
	mov ecx, KERNEL_GS_BASE
	rdmsr
	or eax, edx
	jnz .done
	mov ecx, GS_BASE
	rdmsr
	or eax, edx
	jnz .done
	mov eax, gs
	cmp eax, SELECTOR_DATA
	jne .done
	mov rax, cr2
	test rax, rax
	jnz .done
	mov ecx, MTRR_LAST_MASK
	rdmsr
	or eax, edx
	jnz .done
	lea rsi, [fresh]
.done:
	ret

; Leaves in each of those registers what it must not be in at the start. Clobbers RAX, RBX, RCX, RDX.
spoil:
	mov dword [word_buffer], MXCSR_UNMASKED
	ldmxcsr [word_buffer]
	mov rax, PATTERN
	movq xmm5, rax
	mov ecx, EFER
	rdmsr
	or eax, EFER_SCE_NXE
	wrmsr
	mov ecx, LSTAR
	mov eax, PATTERN & 0xffffffff
	xor edx, edx
	wrmsr
	xor eax, eax
	mov gs, eax
	mov ecx, GS_BASE
	mov eax, PATTERN & 0x7fffffff
	wrmsr
	mov ecx, KERNEL_GS_BASE
	wrmsr
	mov cr2, rax
	mov ecx, MTRR_LAST_MASK
	mov eax, MTRR_VALID
	wrmsr
	mov eax, 1
	cpuid
	test ecx, CPUID_1_XSAVE
	jz .done
	mov rax, cr4
	or eax, CR4_OSXSAVE
	mov cr4, rax
	xor ecx, ecx
	xor edx, edx
	mov eax, XCR0_X87_SSE
	xsetbv
.done:
	ret

; Writes the text at RSI up to its NUL. Clobbers RAX, RDX, RSI.
print:
	mov edx, COM1_STATUS
.wait:
	in al, dx
	test al, STATUS_ROOM
	jz .wait
	mov edx, COM1_DATA
	lodsb
	test al, al
	jz .done
	out dx, al
	jmp print
.done:
	ret

fresh:  db "all fresh", 10, 0
spoilt: db "NOT FRESH", 10, 0

section .bss
word_buffer: resd 1
alignb 16
stack: resb 4096
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
