# SPDX-License-Identifier: GPL-2.0-only
#
# The monitor: build/switchyard.elf, and the variants that tests need.

# All sources below these folders, at any depth; boot/efi/ is another program.
MONITOR_DIRS := arch boot lib monitor
monitor_sources = $(filter-out boot/efi/%,$(sort $(shell find $(MONITOR_DIRS) -name '$(1)')))

# These only give numbers to NASM. Each becomes an include file with the same path.
MONITOR_INC_C := $(call monitor_sources,asm_*.c)
MONITOR_INC   := $(MONITOR_INC_C:%.c=$(B)/monitor/%.inc)
MONITOR_C     := $(filter-out $(MONITOR_INC_C),$(call monitor_sources,*.c))

# The sources with one of these names, in any folder. A name that no file has is an error.
sources_named = $(foreach name,$(1),$(or $(filter %/$(name).c,$(MONITOR_C)),\
	$(error no source file is called $(name).c)))
MONITOR_ASM  := $(call monitor_sources,*.asm)
FONT         := /usr/share/consolefonts/Unifont-APL8x16.psf.gz
FONT_C       := $(B)/monitor/font.c
MONITOR_MADE := $(MONITOR_ASM:%.asm=$(B)/monitor/%.asm.o) $(B)/monitor/font.o
MONITOR_OBJ  := $(MONITOR_C:%.c=$(B)/monitor/%.o) $(MONITOR_MADE)

# No red zone, because the monitor's IDT uses the monitor's own stack. General registers only,
# because the vector registers hold the guest's state. Frame pointers, because the backtrace needs
# them.
MONITOR_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -ffreestanding -nostdlib -m64 \
	-mno-red-zone -mgeneral-regs-only -fpie -fvisibility=hidden -fno-stack-protector \
	-fcf-protection=none -fno-omit-frame-pointer -fno-asynchronous-unwind-tables \
	$(KERNEL_HEADERS) \
	-fno-strict-aliasing -ffile-prefix-map=$(CURDIR)=. -I. -Iinclude
# What compresses snapshots. It is compiled for programs: arch/x86/cpu/library_call.c.
LZ4 := /usr/lib/x86_64-linux-gnu/liblz4.a
MONITOR_LDFLAGS := -m elf_x86_64 -pie --no-dynamic-linker -z norelro -z noexecstack \
	-z max-page-size=4096 --build-id=none --no-warn-rwx-segments -T linker/monitor.ld

# No -g, because NASM can't keep the checkout's path out of what it writes for debuggers. NASM's -MD
# leaves out %include, so the included files are named here.
$(B)/monitor/%.asm.o: %.asm $(MONITOR_INC)
	@mkdir -p $(@D)
	@echo "  NASM    $<"
	@$(NASM) -f elf64 -I $(B)/monitor/ -Werror -o $@ $<

# What the sources compile to; each variant has its own folder.
define monitor_variant
$(1)/%.o: %.c
	@mkdir -p $$(@D)
	@echo "  CC      $$<"
	@$$(CC) $$(MONITOR_CFLAGS) $(2) -MMD -MP -c -o $$@ $$<
endef
$(eval $(call monitor_variant,$(B)/monitor,))
$(eval $(call monitor_variant,$(B)/unmasked,-DTEST_LEAVE_IOAPIC_UNMASKED))
$(eval $(call monitor_variant,$(B)/noinit,-DTEST_LEAVE_OTHER_CPUS))

$(FONT_C): arch/x86/screen/font.py $(FONT)
	@mkdir -p $(@D)
	@echo "  GEN     $@"
	@$(PYTHON) arch/x86/screen/font.py $(FONT) > $@

$(B)/monitor/font.o: $(FONT_C)
	@echo "  CC      $<"
	@$(CC) $(MONITOR_CFLAGS) -MMD -MP -c -o $@ $<

$(MONITOR_INC): $(B)/monitor/%.inc: %.c
	@mkdir -p $(@D)
	@echo "  GEN     $@"
	@$(CC) $(MONITOR_CFLAGS) -MMD -MP -MT $@ -MF $@.d -S -o $@.s $<
	@sed -n 's/.*"->\([^ ]*\) [$$]*\([^"]*\)".*/%define \1 \2/p' $@.s > $@

# The image is linked as a position-independent executable, so that the linker lists the words that
# hold addresses. All of them must be R_X86_64_RELATIVE, because relocate.c knows no other type.
# GRUB accepts neither ET_DYN nor a section of relocations. It loads the image where it is linked,
# and the image moves itself later. So the file's type becomes ET_EXEC, and the relocations become
# data.
#
# It is linked twice, because the functions' names for backtraces are read from the first image.
define link_monitor
	@mkdir -p $(@D)
	@echo "  LD      $@"
	@$(PYTHON) arch/x86/gate/symbols.py < /dev/null > $@.symbols.c
	@$(CC) $(MONITOR_CFLAGS) -c -o $@.symbols.o $@.symbols.c
	@$(LD) $(MONITOR_LDFLAGS) -o $@.first $(filter %.o,$^) $@.symbols.o $(LZ4)
	@$(NM) $@.first | $(PYTHON) arch/x86/gate/symbols.py > $@.symbols.c
	@$(CC) $(MONITOR_CFLAGS) -c -o $@.symbols.o $@.symbols.c
	@$(LD) $(MONITOR_LDFLAGS) -o $@ $(filter %.o,$^) $@.symbols.o $(LZ4)
	@$(NM) $@ | $(PYTHON) arch/x86/gate/symbols.py | cmp - $@.symbols.c
	@rm $@.first
	@! $(CROSS_COMPILE)readelf -rW $@ | grep '^[0-9a-f]\{8,\} ' | grep -v R_X86_64_RELATIVE
	@$(CROSS_COMPILE)elfedit --output-type exec $@
	@$(OBJCOPY) --set-section-flags .relocations=alloc,load,data,contents $@
endef

$(B)/switchyard.elf: $(MONITOR_OBJ) linker/monitor.ld arch/x86/gate/symbols.py
	$(link_monitor)

# Only for tests/system/monitor/test_negative.py. The IO-APIC stays as the last slot left it.
$(B)/test/switchyard-unmasked.elf: $(MONITOR_C:%.c=$(B)/unmasked/%.o) $(MONITOR_MADE) \
		linker/monitor.ld arch/x86/gate/symbols.py
	$(link_monitor)

# Only for tests/system/monitor/test_other_cpus.py. The other CPUs go on after a switch.
$(B)/test/switchyard-noinit.elf: $(MONITOR_C:%.c=$(B)/noinit/%.o) $(MONITOR_MADE) \
		linker/monitor.ld arch/x86/gate/symbols.py
	$(link_monitor)

# Only for tests/system/monitor/test_memory.py. The monitor is 3 MiB larger, and so lies elsewhere.
$(B)/test/filler.o: tests/system/guests/filler.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(MONITOR_CFLAGS) -c -o $@ $<

$(B)/test/switchyard-large.elf: $(MONITOR_OBJ) $(B)/test/filler.o linker/monitor.ld \
		arch/x86/gate/symbols.py
	$(link_monitor)

$(MONITOR_OBJ) $(MONITOR_INC): monitor/monitor.mk

# Header dependencies lie beside the objects, so their names follow from the objects' names.
-include $(MONITOR_OBJ:.o=.d) $(MONITOR_INC:=.d) $(MONITOR_C:%.c=$(B)/unmasked/%.d) \
	$(MONITOR_C:%.c=$(B)/noinit/%.d)
