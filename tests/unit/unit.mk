# SPDX-License-Identifier: GPL-2.0-only
#
# make unit    builds tests/unit/*/test_*.c for the host and runs them
#
# monitor/, parts of arch/x86/ and the fakes (tests/unit/fake/) are one library, so that a test is
# linked only with what it uses. A function that a test defines itself replaces the monitor's.

HOST_CC ?= gcc
HOST_AR ?= ar

UNIT        := $(B)/unit
UNIT_CFLAGS := -std=gnu11 -O1 -g -Wall -Wextra -Werror -DSWITCHYARD_HOST \
	-fsanitize=address,undefined -fno-sanitize-recover \
	-fno-omit-frame-pointer -I. -Iinclude -Itests/unit -iquote guest/linux \
	-isystem /usr/include/efi -isystem /usr/include/efi/x86_64

# The parts of the UEFI application that need no firmware are tested here, and so are the files of
# boot/ and arch/x86/ that only read foreign data or use the fakes. string.c is left out, because it
# would replace the C library's functions; test_string.c includes it under other names. main.c,
# selfcheck.c, kept_state.c, switch.c, gate_call.c, parking.c, departure.c and fault.c need the gate and
# a real machine.
UNIT_C       := $(filter-out lib/string.c \
	$(call sources_named,main selfcheck kept_state switch gate_call parking departure fault), \
	$(filter lib/% monitor/%,$(MONITOR_C))) $(wildcard tests/unit/fake/*.c) \
	$(addprefix boot/efi/,conf.c monitor_elf.c memory.c sha256.c sums.c) \
	$(call sources_named,adapter loader_info boot_report acpi_sleep acpi_walk hidden_ram crew fadt file_state framebuffer gate_cpu gate_lock hpet ioapic kvm_clock lapic machine_check \
	pci_works iommu iommu_unit iommu_tables vtd vtd_queue amd_iommu \
	msr_list mtrr page_walk pci pci_image pci_msi pci_sriov pci_state perfmon smbios state_item symbols)
UNIT_OBJ     := $(UNIT_C:%.c=$(UNIT)/%.o) $(UNIT)/font.o
UNIT_LIB     := $(UNIT)/unit.a
UNIT_TEST_C  := $(sort $(shell find tests/unit -name 'test_*.c'))
UNIT_TESTS   := $(UNIT_TEST_C:tests/unit/%.c=$(UNIT)/%)
UNIT_TIMEOUT := 120 # seconds a program

$(UNIT)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOST_CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

$(UNIT)/font.o: $(FONT_C)
	@mkdir -p $(@D)
	@echo "  HOSTCC  $<"
	@$(HOST_CC) $(UNIT_CFLAGS) -MMD -MP -c -o $@ $<

# The library is made anew, so that it has no object of a file that was removed.
$(UNIT_LIB): $(UNIT_OBJ)
	@rm -f $@
	@$(HOST_AR) qcs $@ $^

$(UNIT_TESTS): $(UNIT)/%: $(UNIT)/tests/unit/%.o $(UNIT_LIB)
	@mkdir -p $(@D)
	@echo "  HOSTLD  $@"
	@$(HOST_CC) $(UNIT_CFLAGS) -o $@ $^ -lcmocka -llz4

# All programs run, even if one fails. Then the target fails, too.
unit: $(UNIT_TESTS)
	@failed=; for test in $(UNIT_TESTS); do \
		timeout $(UNIT_TIMEOUT) $$test || failed="$$failed $$test"; \
	done; \
	if [ -n "$$failed" ]; then echo "unit: failed:$$failed"; exit 1; fi; \
	echo "unit: all $(words $(UNIT_TESTS)) programs passed"

-include $(UNIT_OBJ:.o=.d) $(UNIT_TEST_C:%.c=$(UNIT)/%.d)

.PHONY: unit
.SECONDARY: $(UNIT_TEST_C:%.c=$(UNIT)/%.o)
