# SPDX-License-Identifier: GPL-2.0-only
#
# A guest for tests, whose other CPUs never stop: build/busy/busy.elf. Everything except its main
# part is tick's.

BUSY_DIR := $(B)/busy
BUSY_ELF := $(BUSY_DIR)/busy.elf
BUSY_OBJ := $(patsubst images/busy/%.c,$(BUSY_DIR)/%.o,$(wildcard images/busy/*.c)) \
	$(addprefix $(TICK_DIR)/,entry.asm.o interrupt.asm.o boot.o boot_tags.o command_line.o gate.o interrupts.o \
		hotkey.o quick.o second_cpu.o print.o text_screen.o serial.o) \
	$(CPUS_OBJ)

$(BUSY_DIR)/%.o: images/busy/%.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(TICK_CFLAGS) -MMD -MP -c -o $@ $<

$(BUSY_ELF): $(BUSY_OBJ) images/tick/tick.ld
	$(link_relocatable)

$(BUSY_OBJ): images/busy/busy.mk images/tick/tick.mk

-include $(BUSY_OBJ:.o=.d)
