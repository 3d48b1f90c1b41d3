; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; lights.asm - a plain ELF64 kernel that switches two of the keyboard's lights on, notes that, goes to the
; monitor, and stays where it is when it is back.

INFO_GATE       equ 24       ; switchyard_info.gate (guest/linux/switchyard.h)
INFO_LEDS       equ 822      ; switchyard_info.notes.keyboard_leds
OP_MONITOR      equ 2        ; SWITCHYARD_MONITOR
LEDS_NOTED      equ 0x80     ; SWITCHYARD_LEDS_NOTED
LEDS            equ 3        ; scroll lock, num lock
I8042_DATA      equ 0x60
I8042_STATUS    equ 0x64
INPUT_FULL      equ 2
OUTPUT_FULL     equ 1
SET_LEDS        equ 0xed

bits 64
default rel
section .text
global start

start:
	lea rsp, [stack_top]
	mov r15, rdx
	mov bl, SET_LEDS
	call send
	mov bl, LEDS
	call send
	mov byte [r15 + INFO_LEDS], LEDS_NOTED | LEDS
	mov edi, OP_MONITOR
	xor esi, esi
	call [r15 + INFO_GATE]
.stay:
	hlt
	jmp .stay

; Sends BL to the keyboard and takes its answer. Clobbers RAX.
send:
	in al, I8042_STATUS
	test al, INPUT_FULL
	jnz send
	mov al, bl
	out I8042_DATA, al
.answer:
	in al, I8042_STATUS
	test al, OUTPUT_FULL
	jz .answer
	in al, I8042_DATA
	ret

section .bss
alignb 16
stack: resb 4096
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
