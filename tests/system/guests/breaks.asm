; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; breaks.asm - a plain ELF64 kernel whose breakpoint lies on the gate's own bytes, which the monitor
; reads whenever it is called. It asks for what is refused, and says if DR7 is as it was; then it ends.

COM1_DATA       equ 0x3f8
COM1_STATUS     equ 0x3fd
STATUS_ROOM     equ 0x20
INFO_GATE       equ 24       ; switchyard_info.gate (guest/linux/switchyard.h), a jump
JUMP_TARGET     equ 16       ; and in that, the address where the gate itself is (slot_block.c)
OP_NONE         equ 99
OP_END          equ 3        ; SWITCHYARD_END
END_POWEROFF    equ 1        ; SWITCHYARD_END_POWEROFF
EBADOP          equ -1       ; SWITCHYARD_EBADOP
DR7_ON          equ 0xb0602  ; DR0: 8 bytes, read or written

bits 64
default rel
section .text
global start

start:
	lea rsp, [stack_top]
	mov r15, rdx
	mov rax, [r15 + INFO_GATE]
	mov rax, [rax + JUMP_TARGET]
	mov dr0, rax
	mov eax, DR7_ON
	mov dr7, rax

	mov edi, OP_NONE
	xor esi, esi
	call [r15 + INFO_GATE]
	lea rsi, [refused_wrongly]
	cmp rax, EBADOP
	jne .say
	mov rax, dr7
	lea rsi, [disarmed]
	cmp rax, DR7_ON
	jne .say
	lea rsi, [armed]
.say:
	call print
	mov edi, OP_END
	mov esi, END_POWEROFF
	call [r15 + INFO_GATE]
	hlt

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

armed:           db "still armed", 10, 0
disarmed:        db "DISARMED", 10, 0
refused_wrongly: db "WRONG ANSWER", 10, 0

section .bss
alignb 16
stack: resb 4096
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
