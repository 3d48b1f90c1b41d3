# SPDX-License-Identifier: GPL-2.0-only
#
# A guest for tests, whose other CPUs never stop: build/busy/busy.elf. Everything except its main
# part is tick's.

BUSY_DIR := $(B)/busy
BUSY_ELF := $(BUSY_DIR)/busy.elf
BUSY_OBJ := $(patsubst images/busy/%.c,$(BUSY_DIR)/%.o,$(wildcard images/busy/*.c)) \
	$(patsubst images/busy/%.asm,$(BUSY_DIR)/%.asm.o,$(wildcard images/busy/*.asm)) \
	$(addprefix $(TICK_DIR)/,entry.asm.o interrupt.asm.o boot.o boot_tags.o command_line.o gate.o interrupts.o \
		hotkey.o print.o text_screen.o serial.o)

$(BUSY_DIR)/%.o: images/busy/%.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(TICK_CFLAGS) -MMD -MP -c -o $@ $<

$(BUSY_DIR)/%.asm.o: images/busy/%.asm $(TICK_INC)
	@mkdir -p $(@D)
	@echo "  NASM    $<"
	@$(NASM) -f elf64 -I $(TICK_DIR)/ -Werror -o $@ $<

$(BUSY_ELF): $(BUSY_OBJ) images/tick/tick.ld
	$(link_relocatable)

$(BUSY_OBJ): images/busy/busy.mk images/tick/tick.mk

-include $(BUSY_OBJ:.o=.d)
