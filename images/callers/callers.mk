# SPDX-License-Identifier: GPL-2.0-only
#
# A guest for tests, which calls the gate on two CPUs at once and from inside the gate:
# build/callers/callers.elf. Everything except its main part is busy's and tick's.

CALLERS_DIR := $(B)/callers
CALLERS_ELF := $(CALLERS_DIR)/callers.elf
CALLERS_OBJ := $(CALLERS_DIR)/callers.o $(CALLERS_DIR)/services.o $(CALLERS_DIR)/edges.o \
	$(filter-out $(BUSY_DIR)/busy.o $(BUSY_DIR)/ways.o,$(BUSY_OBJ))

$(CALLERS_DIR)/%.o: images/callers/%.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(TICK_CFLAGS) -MMD -MP -c -o $@ $<

$(CALLERS_ELF): $(CALLERS_OBJ) images/tick/tick.ld
	$(link_relocatable)

$(CALLERS_OBJ): images/callers/callers.mk images/busy/busy.mk images/tick/tick.mk

-include $(CALLERS_OBJ:.o=.d)
