# SPDX-License-Identifier: GPL-2.0-only
#
# How guests find and start other CPUs: objects in build/cpus/ for those that use them. The flags are
# tick's.

CPUS_DIR := $(B)/cpus
CPUS_OBJ := $(patsubst images/cpus/%.c,$(CPUS_DIR)/%.o,$(wildcard images/cpus/*.c)) \
	$(patsubst images/cpus/%.asm,$(CPUS_DIR)/%.asm.o,$(wildcard images/cpus/*.asm))

$(CPUS_DIR)/%.o: images/cpus/%.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(TICK_CFLAGS) -MMD -MP -c -o $@ $<

$(CPUS_DIR)/%.asm.o: images/cpus/%.asm $(B)/tick/asm_offsets.inc
	@mkdir -p $(@D)
	@echo "  NASM    $<"
	@$(NASM) -f elf64 -I $(B)/tick/ -Werror -o $@ $<

$(CPUS_OBJ): images/cpus/cpus.mk images/tick/tick.mk

-include $(CPUS_OBJ:.o=.d)
