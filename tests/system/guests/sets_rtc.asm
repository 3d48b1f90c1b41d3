; SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
;
; sets_rtc.asm - a plain ELF64 kernel that sets the RTC's hour, as a kernel does that keeps it in local
; time, and crashes.

CMOS_INDEX  equ 0x70
CMOS_DATA   equ 0x71
HOURS       equ 4       ; the registers of an MC146818: BCD from 0 to 23, as firmware leaves it
STATUS_B    equ 11
SET         equ 0x80    ; the clock stands while it is set
TEN_OCLOCK  equ 0x10
TWO_OCLOCK  equ 0x02

bits 64
default rel
section .text
global start

; %1: a register, %2: its value
%macro cmos 2
	mov al, %1
	out CMOS_INDEX, al
	mov al, %2
	out CMOS_DATA, al
%endmacro

start:
	mov al, STATUS_B
	out CMOS_INDEX, al
	in al, CMOS_DATA
	mov bl, al
	or al, SET
	out CMOS_DATA, al

	; It is another hour in any case.
	mov al, HOURS
	out CMOS_INDEX, al
	in al, CMOS_DATA
	mov cl, TEN_OCLOCK
	cmp al, TWO_OCLOCK + 2
	jb .set
	mov cl, TWO_OCLOCK
.set:
	cmos HOURS, cl
	cmos STATUS_B, bl
	ud2
