# SPDX-License-Identifier: GPL-2.0-only
#
# make fuzz           fuzzes every parser on the host, FUZZ_SECONDS each, FUZZ_JOBS at a time
# make fuzz-elf       one of them
# make fuzz-prove     drops checks from a copy of the parsers, which fuzzing must find
# make fuzz-coverage  which lines of the parsers the kept inputs reach
#
# Each fuzz_NAME.c is a target with its kept inputs in corpus/NAME/. What a run finds stays below
# build/fuzz/: new inputs in new/NAME/, those that break a promise in found/.

FUZZ_CC      ?= clang
FUZZ_AR      ?= llvm-ar
FUZZ_SECONDS ?= 20
FUZZ_JOBS    ?= 2

FUZZ         := $(B)/fuzz
FUZZ_COMMON  := -std=gnu11 -g -Wall -Wextra -Werror -DSWITCHYARD_HOST \
	-fno-strict-aliasing -fno-omit-frame-pointer \
	-I. -Iinclude -Itests/unit -iquote guest/linux -isystem /usr/include/efi -isystem /usr/include/efi/x86_64
FUZZ_CFLAGS  := $(FUZZ_COMMON) -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_COVER   := $(FUZZ_COMMON) -O0 -fprofile-instr-generate -fcoverage-mapping

# The monitor's parts that unit tests link, with the same fakes, and what firmware's tables meet.
# The fake CPU's tests are cmocka's, and no parser asks the CPU or its local APIC.
FUZZ_C       := $(filter-out tests/unit/fake/fake_cpu.c $(call sources_named,lapic),$(UNIT_C)) $(addprefix tests/fuzz/,loading.c no_cpu.c promises.c)
FUZZ_ACPI_C  := $(call sources_named,machine acpi_events)
# Whose coverage is shown: all that reads what it did not write.
FUZZ_PARSERS := $(call sources_named,loader_info acpi_sleep acpi_walk fadt iommu_tables machine command console \
	console_loop guest_acpi guest_map lineedit lines bzimage elf elf_kernel initrd load load_elf \
	load_linux load_multiboot1 load_multiboot2 multiboot multiboot2_header \
	multiboot2_info options parse_devices parse_line plan_init plan_monitor plan_regions \
	plan_slots plan_slice plan_piece pool printk_log guest_memory kernel_map kernel_symbols interrupted slot_memory vmcoreinfo dump_slot own_words free_pages \
	page_walk request service smbios new_image words file_state slot_record file_restore)
FUZZ_TARGETS := $(patsubst tests/fuzz/fuzz_%.c,%,$(wildcard tests/fuzz/fuzz_*.c))

# $(1): folder of the objects, $(2): compiler flags, $(3): what the linker adds
define fuzz_variant
$(1)/%.o: %.c tests/fuzz/fuzz.mk
	@mkdir -p $$(@D)
	@$(FUZZ_CC) $(2) -MMD -MP -c -o $$@ $$<

$(1)/font.o: $(FONT_C)
	@$(FUZZ_CC) $(2) -MMD -MP -c -o $$@ $$<

$(1)/fuzz.a: $(FUZZ_C:%.c=$(1)/%.o) $(1)/font.o
	@rm -f $$@
	@$(FUZZ_AR) qcs $$@ $$^

$(FUZZ_TARGETS:%=$(1)/fuzz_%): $(1)/fuzz_%: $(1)/tests/fuzz/fuzz_%.o $(1)/fuzz.a
	@echo "  FUZZLD  $$@"
	@$(FUZZ_CC) $(2) $(3) -o $$@ $$(filter %.o,$$^) $$(filter %.a,$$^) -llz4

$(1)/fuzz_acpi: $(FUZZ_ACPI_C:%.c=$(1)/%.o)
endef
$(eval $(call fuzz_variant,$(FUZZ)/asan,$(FUZZ_CFLAGS) -fsanitize=fuzzer-no-link,-fsanitize=fuzzer))
$(eval $(call fuzz_variant,$(FUZZ)/cover,$(FUZZ_COVER),-fsanitize=fuzzer))

# All of them run; one that finds something fails the target, and says how to see it again.
fuzz: $(FUZZ_TARGETS:%=$(FUZZ)/asan/fuzz_%)
	@printf '%s\n' $(FUZZ_TARGETS) | \
		xargs -P $(FUZZ_JOBS) -I NAME tests/fuzz/run.sh $(FUZZ) NAME $(FUZZ_SECONDS) && \
		echo "fuzz: $(words $(FUZZ_TARGETS)) targets, $(FUZZ_SECONDS) s each, found nothing"

$(FUZZ_TARGETS:%=fuzz-%): fuzz-%: $(FUZZ)/asan/fuzz_%
	@tests/fuzz/run.sh $(FUZZ) $* $(FUZZ_SECONDS)

fuzz-prove:
	$(PYTHON) tests/fuzz/prove.py $(FUZZ_SECONDS)

# Each target runs its kept inputs once; the sum of all is shown.
fuzz-coverage: $(FUZZ_TARGETS:%=$(FUZZ)/cover/fuzz_%)
	@for name in $(FUZZ_TARGETS); do \
		LLVM_PROFILE_FILE=$(FUZZ)/cover/$$name.profraw \
			$(FUZZ)/cover/fuzz_$$name tests/fuzz/corpus/$$name/* 2>/dev/null || exit 1; \
	done
	@llvm-profdata merge -o $(FUZZ)/cover/all.profdata $(FUZZ)/cover/*.profraw
	@llvm-cov report $< -instr-profile=$(FUZZ)/cover/all.profdata \
		$(patsubst %,-object=%,$^) $(FUZZ_PARSERS) | \
		awk '$$1 ~ /\.c$$|^TOTAL$$/ { printf "%-32s %5d lines %8s reached\n", $$1, $$8, $$10 }'

FUZZ_ALL_C := $(sort $(FUZZ_C) $(FUZZ_ACPI_C) $(FUZZ_TARGETS:%=tests/fuzz/fuzz_%.c))
-include $(FUZZ_ALL_C:%.c=$(FUZZ)/asan/%.d) $(FUZZ_ALL_C:%.c=$(FUZZ)/cover/%.d)

.PHONY: fuzz fuzz-prove fuzz-coverage $(FUZZ_TARGETS:%=fuzz-%)
.SECONDARY:
