# SPDX-License-Identifier: GPL-2.0-only
#
# build/switchyard.efi: the UEFI application, with the monitor's image inside.

EFI_B      := $(B)/efi
EFI_C      := $(wildcard boot/efi/*.c boot/report/*.c) $(addprefix lib/,elf.c error.c print.c string.c)
EFI_OBJ    := $(EFI_C:%.c=$(EFI_B)/%.o) $(EFI_B)/embedded.o
EFI_LIB    ?= /usr/lib
EFI_HEADER ?= /usr/include/efi

# The flags that GNU-EFI wants (README.gnuefi). The firmware's functions are called by their own
# convention.
EFI_CFLAGS := -std=gnu11 -O2 -Wall -Wextra -Werror -ffreestanding -nostdlib -m64 -mno-red-zone \
	-mgeneral-regs-only -fpic -fshort-wchar -fvisibility=hidden -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables -fno-strict-aliasing \
	-ffile-prefix-map=$(CURDIR)=. -DGNU_EFI_USE_MS_ABI -isystem $(EFI_HEADER) \
	-isystem $(EFI_HEADER)/x86_64 $(KERNEL_HEADERS) -I. -Iinclude

# From version 3.0.16 on, GNU-EFI's start code calls _entry(), a function of its libefi.a. It prepares that
# library and calls efi_main(). The library is not used here, so _entry() is efi_main() itself.
EFI_LDFLAGS := -nostdlib -znocombreloc -shared -Bsymbolic --no-undefined --build-id=none \
	-z noexecstack --no-warn-rwx-segments --defsym=_entry=efi_main -T $(EFI_LIB)/elf_x86_64_efi.lds
EFI_SECTIONS := .text .rodata .sdata .data .dynamic .dynsym .rel .rela .rel.* .rela.* .reloc .sbat

$(EFI_B)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  EFI CC  $<"
	@$(CC) $(EFI_CFLAGS) -MMD -MP -c -o $@ $<

# The same objects as build/switchyard.elf, with another entry point. The application loads it
# anywhere and applies its table of relocations, so it is ET_DYN. elfedit sets that, because ld may
# set it only for files that are linked at 0. Its functions lie where those of that file lie, so
# that the names for backtraces are the same.
$(EFI_B)/monitor.elf: $(MONITOR_OBJ) linker/monitor.ld $(B)/switchyard.elf
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(LD) $(MONITOR_LDFLAGS) -e boot_efi_entry -s -o $@ $(filter %.o,$^) \
		$(B)/switchyard.elf.symbols.o $(LZ4)
	@$(CROSS_COMPILE)elfedit --output-type dyn $@

$(EFI_B)/sbat.csv: boot/efi/sbat.csv.in guest/linux/version.h
	@mkdir -p $(@D)
	@sed 's/@VERSION@/$(VERSION)/' $< > $@

$(EFI_B)/embedded.o: boot/efi/embedded.asm $(EFI_B)/monitor.elf \
		$(EFI_B)/sbat.csv
	@echo "  NASM    $<"
	@$(NASM) -f elf64 -I $(EFI_B)/ -Werror -o $@ $<

$(EFI_B)/switchyard.so: $(EFI_OBJ)
	@echo "  LD      $@"
	@$(LD) $(EFI_LDFLAGS) -o $@ $(EFI_LIB)/crt0-efi-x86_64.o $^ -L$(EFI_LIB) -lgnuefi

# The date in the file's header is left at 0, so that the same sources give the same bytes.
$(B)/switchyard.efi: $(EFI_B)/switchyard.so
	@echo "  EFI     $@"
	@$(OBJCOPY) $(EFI_SECTIONS:%=-j %) --target=efi-app-x86_64 $< $@

$(EFI_OBJ) $(EFI_B)/monitor.elf: boot/efi/efi.mk

-include $(EFI_OBJ:.o=.d)
