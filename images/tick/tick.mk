# SPDX-License-Identifier: GPL-2.0-only
#
# The demo guest: build/tick/tick.elf.

TICK_DIR := $(B)/tick
TICK_ELF := $(TICK_DIR)/tick.elf
TICK_C   := $(filter-out images/tick/asm_offsets.c,$(wildcard images/tick/*.c))
TICK_ASM := $(wildcard images/tick/*.asm)
TICK_OBJ := $(TICK_C:images/tick/%.c=$(TICK_DIR)/%.o) $(TICK_ASM:images/tick/%.asm=$(TICK_DIR)/%.asm.o)
TICK_INC := $(TICK_DIR)/asm_offsets.inc

# The address that it is linked for. It may be loaded anywhere.
TICK_LINK_ADDRESS := 0x200000

# No red zone, because interrupts use the stack of the code that they interrupt. General registers
# only, because the torture guest uses some of these files and fills the other registers. An
# interrupt must not change those.
TICK_CFLAGS := -std=gnu11 -O2 -g -Wall -Wextra -Werror -ffreestanding -nostdlib -m64 \
	-mno-red-zone -mgeneral-regs-only -fpie -fvisibility=hidden -fno-stack-protector \
	-fcf-protection=none -fno-asynchronous-unwind-tables -fno-strict-aliasing \
	$(KERNEL_HEADERS) -ffile-prefix-map=$(CURDIR)=. -Iguest/linux -Iinclude -DLINK_ADDRESS=$(TICK_LINK_ADDRESS)
TICK_LDFLAGS := -m elf_x86_64 -pie --no-dynamic-linker -z norelro -z noexecstack \
	-z max-page-size=4096 --build-id=none --no-warn-rwx-segments \
	--defsym=LINK_ADDRESS=$(TICK_LINK_ADDRESS) -T images/tick/tick.ld

tick: $(TICK_ELF)

$(TICK_DIR)/%.o: images/tick/%.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(TICK_CFLAGS) -MMD -MP -c -o $@ $<

# NASM's -MD leaves out %include, so the one included file is named here. No -g, because it puts
# this folder's path in the file, and builds in other folders would differ.
$(TICK_DIR)/%.asm.o: images/tick/%.asm $(TICK_INC)
	@mkdir -p $(@D)
	@echo "  NASM    $<"
	@$(NASM) -f elf64 -I $(TICK_DIR)/ -Werror -o $@ $<

define generate_offsets
	@mkdir -p $(@D)
	@echo "  GEN     $@"
	@$(CC) $(TICK_CFLAGS) -MMD -MP -MT $@ -MF $@.d -S -o $@.s $<
	@sed -n 's/.*"->\([^ ]*\) [$$]*\([^"]*\)".*/%define \1 \2/p' $@.s > $@
endef

$(TICK_INC): images/tick/asm_offsets.c
	$(generate_offsets)

# GRUB loads no ET_DYN, and no file with a section of type SHT_RELA. So the file's type becomes
# ET_EXEC, and that section becomes plain data. The relocatable tag still allows another address,
# and entry.asm applies the relocations, which are of one type only.
define link_relocatable
	@echo "  LD      $@"
	@$(LD) $(TICK_LDFLAGS) -o $@ $(filter %.o,$^)
	@$(OBJCOPY) --set-section-flags .relocations=alloc,load,data,contents $@
	@$(CROSS_COMPILE)elfedit --output-type exec $@
	@! $(CROSS_COMPILE)readelf -rDW $@ | grep '^[0-9a-f]\{8,\} ' | grep -v R_X86_64_RELATIVE
endef

$(TICK_ELF): $(TICK_OBJ) $(CPUS_OBJ) images/tick/tick.ld
	$(link_relocatable)

$(TICK_OBJ) $(TICK_INC): images/tick/tick.mk

.PHONY: tick

-include $(TICK_OBJ:.o=.d) $(TICK_INC).d
