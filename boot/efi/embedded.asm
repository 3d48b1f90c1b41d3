; SPDX-License-Identifier: GPL-2.0-only
;
; embedded.asm - what the UEFI application carries beside its code: the monitor's image, and
; sbat.csv. Shim compares sbat.csv with its list of revoked versions (shim's SBAT.md). It has a
; section of its own, which begins at a page like all sections of a PE file.
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
