; SPDX-License-Identifier: GPL-2.0-only
;
; callee.asm - what Linux jumps to by kexec jump (jumps.c loads it). It counts how often it runs, says so on the
; first serial port, and gives the machine back. test_kexec_jump.py builds it in two ways:
;
;   by default     it returns, as to a caller. So it is entered at its start again.
;   -DCALLS_BACK   it jumps to the address that it was given, with the address of its own next entry on the
;                  stack, as another Linux does.
;
; At its entry: 64-bit mode, interrupts off, no GDT and no IDT. [rsp] is the address to go back to.
bits 64
org LOAD_ADDRESS

COM1_DATA   equ 0x3f8
COM1_STATUS equ 0x3fd
STATUS_ROOM equ 0x20 ; transmitter holding register empty

entry:
	inc byte [rel count]
	call tell
	; Registers need not be kept.
	mov rax, 0x5a5a5a5a5a5a5a5a
	mov rbx, rax
	mov rcx, rax
	mov rdx, rax
	mov rsi, rax
	mov rdi, rax
	mov rbp, rax
	mov r8, rax
	mov r9, rax
	mov r10, rax
	mov r11, rax
	mov r12, rax
	mov r13, rax
	mov r14, rax
	mov r15, rax
%ifdef CALLS_BACK
	pop rax
	lea rcx, [rel entry_again]
	push rcx
	jmp rax

entry_again:
	mov byte [rel how], "2"
	jmp entry
%else
	ret
%endif

tell:
	lea rsi, [rel text]
.next:
	mov edx, COM1_STATUS
.wait:
	in al, dx
	test al, STATUS_ROOM
	jz .wait
	mov edx, COM1_DATA
	lodsb
	out dx, al
	cmp al, 10
	jne .next
	ret

text:	db "@callee "
how:	db "1" ; by which entry
count:	db "A" - 1
	db 13, 10

	times 0x1000 - ($ - $$) db 0
