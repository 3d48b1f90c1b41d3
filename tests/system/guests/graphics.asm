; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; graphics.asm - a plain ELF64 kernel that leaves the screen in a graphics mode (Bochs VBE), with its own
; palette and what was the font overwritten, and goes to the monitor. When it is back it says whether
; it finds mode and palette as they were, and ends.

COM1_DATA       equ 0x3f8
COM1_STATUS     equ 0x3fd
STATUS_ROOM     equ 0x20
INFO_GATE       equ 24       ; switchyard_info.gate (guest/linux/switchyard.h)
OP_MONITOR      equ 2        ; SWITCHYARD_MONITOR
OP_END          equ 3        ; SWITCHYARD_END
END_POWEROFF    equ 1        ; SWITCHYARD_END_POWEROFF
VBE_INDEX       equ 0x1ce
VBE_DATA        equ 0x1cf
VBE_X           equ 1
VBE_Y           equ 2
VBE_DEPTH       equ 3
VBE_ENABLE      equ 4
WIDTH           equ 640
HEIGHT          equ 480
DEPTH           equ 32
ENABLED         equ 1
DAC_READ        equ 0x3c7
DAC_WRITE       equ 0x3c8
DAC_DATA        equ 0x3c9
COLOUR          equ 7        ; the console's
INTENSITY       equ 5
VIDEO_MEMORY    equ 0xa0000
VIDEO_BYTES     equ 0x10000

; vbe_write REGISTER, VALUE. Clobbers RAX, RDX.
%macro vbe_write 2
	mov dx, VBE_INDEX
	mov ax, %1
	out dx, ax
	mov dx, VBE_DATA
	mov ax, %2
	out dx, ax
%endmacro

; vbe_check REGISTER, VALUE: goes on at .wrong if it has another one. Clobbers RAX, RDX.
%macro vbe_check 2
	mov dx, VBE_INDEX
	mov ax, %1
	out dx, ax
	mov dx, VBE_DATA
	in ax, dx
	cmp ax, %2
	jne .wrong
%endmacro

bits 64
default rel
section .text
global start

start:
	lea rsp, [stack_top]
	mov r15, rdx
	vbe_write VBE_ENABLE, 0
	vbe_write VBE_X, WIDTH
	vbe_write VBE_Y, HEIGHT
	vbe_write VBE_DEPTH, DEPTH
	vbe_write VBE_ENABLE, ENABLED
	mov edi, VIDEO_MEMORY
	mov ecx, VIDEO_BYTES
	mov al, 0xff
	rep stosb
	mov dx, DAC_WRITE
	mov al, COLOUR
	out dx, al
	mov dx, DAC_DATA
	mov al, INTENSITY
	out dx, al
	out dx, al
	out dx, al

	mov edi, OP_MONITOR
	xor esi, esi
	call [r15 + INFO_GATE]

	vbe_check VBE_ENABLE, ENABLED
	vbe_check VBE_X, WIDTH
	vbe_check VBE_Y, HEIGHT
	vbe_check VBE_DEPTH, DEPTH
	mov dx, DAC_READ
	mov al, COLOUR
	out dx, al
	mov dx, DAC_DATA
	in al, dx
	cmp al, INTENSITY
	jne .wrong
	lea rsi, [kept]
	jmp .say
.wrong:
	lea rsi, [lost]
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

kept: db "graphics mode kept", 10, 0
lost: db "graphics mode LOST", 10, 0

section .bss
alignb 16
stack: resb 4096
stack_top:

section .note.GNU-stack noalloc noexec nowrite progbits
