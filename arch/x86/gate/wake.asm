; SPDX-License-Identifier: GPL-2.0-only
;
; wake.asm - from firmware's resume vector, in real mode, back to the monitor's C code.
; arch/x86/platform/wake.h says when firmware jumps there.
;
default rel
%include "arch/x86/cpu/asm_constants.inc"
%include "arch/x86/gate/asm_offsets.inc"

extern gate_anchor, gate_take_over, wake_go_on

section .text

; What wake.c copies to a page below 1 MiB, with its fields set.
;
; In:        real mode, CS the page, IP 0, interrupts off; control registers as after a reset.
; Out:       to wake_landed, in 64-bit mode, CR3 the field's value. The monitor's tables map the
;            page to itself, so one step leads from real mode to 64-bit mode (SDM volume 3, 9.8.5).
; Clobbers:  EAX, ECX, EDX, DS.
; Stack:     none.
bits 16
global wake_code, wake_code_end
align 8
wake_code:
	mov ax, cs
	mov ds, ax
	o32 lgdt [wake_gdtr - wake_code]
	mov eax, CR4_PAE
	mov cr4, eax
	mov eax, [wake_cr3 - wake_code]
	mov cr3, eax
	mov ecx, MSR_EFER
	mov eax, EFER_LME
	xor edx, edx
	wrmsr
	mov eax, CR0_MONITOR
	mov cr0, eax
	jmp far dword [wake_target - wake_code]

align 8
global wake_gdt, wake_gdt_base, wake_cr3, wake_target
wake_gdt:
	dq 0, 0
	dq GDT_CODE64			; at SELECTOR_CODE64
wake_gdt_end:
wake_gdtr:	dw wake_gdt_end - wake_gdt - 1
wake_gdt_base:	dd 0
wake_cr3:	dd 0
wake_target:	dd 0
		dw SELECTOR_CODE64
wake_code_end:

; void wake_landed(void)
;
; In:        from wake_code: 64-bit mode, the monitor's CR3.
; Out:       to the function that wake_go_on points to, on the boot CPU's stack of the monitor.
bits 64
global wake_landed
wake_landed:
	lidt [gate_anchor + gate_anchor.idtr]
	mov rdi, [wake_go_on]
	jmp gate_take_over

section .note.GNU-stack noalloc noexec nowrite progbits
