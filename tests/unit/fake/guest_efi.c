// SPDX-License-Identifier: GPL-2.0-only
/* What stands for arch/x86/gate/guest_efi.asm: the same names, each at a byte of its own. */
__asm__(".pushsection .data\n"
	".globl guest_efi_code, guest_efi_set_map, guest_efi_unsupported, guest_efi_reset\n"
	".globl guest_efi_words, guest_efi_code_end\n"
	"guest_efi_code:\n"
	"guest_efi_set_map: .byte 0x5e\n"
	"guest_efi_unsupported: .byte 0x0f\n"
	"guest_efi_reset: .byte 0x4e, 0, 0, 0, 0, 0\n"
	"guest_efi_words: .quad 0, 0, 0, 0\n"
	"guest_efi_code_end:\n"
	".popsection\n");
