; SPDX-License-Identifier: GPL-2.0-only
;
; embedded.asm - what the UEFI application carries beside its code: the monitor's image, and
; what shim compares with its list of revoked versions (shim's SBAT.md): sbat.csv, in a section of
; its own, which begins at a page as all sections of a PE file do.
;
global embedded_monitor
global embedded_monitor_end

section .rodata align=16
embedded_monitor:
	incbin "monitor.elf"
embedded_monitor_end:

section .sbat align=4096 noexec nowrite progbits alloc
	incbin "sbat.csv"

section .note.GNU-stack noalloc noexec nowrite progbits
