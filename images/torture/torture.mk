# SPDX-License-Identifier: GPL-2.0-only
#
# The torture guest: build/torture/torture.elf. Entry, interrupts, serial port and screen are tick's
# objects; flags and the way to link are tick's, too.

TORTURE_DIR := $(B)/torture
TORTURE_ELF := $(TORTURE_DIR)/torture.elf
TORTURE_INC := $(TORTURE_DIR)/torture_offsets.inc
TORTURE_C   := $(filter-out images/torture/torture_offsets.c,$(wildcard images/torture/*.c))
TORTURE_ASM := $(wildcard images/torture/*.asm)
TORTURE_OBJ := $(TORTURE_C:images/torture/%.c=$(TORTURE_DIR)/%.o) \
	$(TORTURE_ASM:images/torture/%.asm=$(TORTURE_DIR)/%.asm.o)
TORTURE_TICK := entry.asm.o interrupt.asm.o boot_tags.o command_line.o interrupts.o gate.o quick.o second_cpu.o \
	print.o text_screen.o serial.o

torture: $(TORTURE_ELF)

$(TORTURE_DIR)/%.o: images/torture/%.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(TICK_CFLAGS) -MMD -MP -c -o $@ $<

$(TORTURE_DIR)/%.asm.o: images/torture/%.asm $(TORTURE_INC)
	@mkdir -p $(@D)
	@echo "  NASM    $<"
	@$(NASM) -f elf64 -I $(TORTURE_DIR)/ -Werror -o $@ $<

$(TORTURE_INC): images/torture/torture_offsets.c
	$(generate_offsets)

$(TORTURE_ELF): $(TORTURE_OBJ) $(TORTURE_TICK:%=$(TICK_DIR)/%) $(CPUS_OBJ) images/tick/tick.ld
	$(link_relocatable)

$(TORTURE_OBJ) $(TORTURE_INC): images/torture/torture.mk images/tick/tick.mk

.PHONY: torture

-include $(TORTURE_OBJ:.o=.d) $(TORTURE_INC).d
