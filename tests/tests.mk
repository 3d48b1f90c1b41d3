# SPDX-License-Identifier: GPL-2.0-only
#
# make test    installs what is missing, builds, then lint, unit tests, fuzzing and system tests
#              (those of patched kernels on one that make guest-kernel has built, if there is one)
# make test-all  the same with those system tests that take long, all mutations, and all patched kernels,
#              which it builds first
# make lint    formatting, cppcheck, the structure of the sources
# make system  system tests in QEMU; TESTS='-k tick' runs some of them
# make mutation  what the monitor keeps is left out, item by item: the torture guest must see it
#              two files of them at a time (pytest-xdist), or WORKERS=1
# make soak    many switches in a row, an hour: SOAK_SWITCHES between two Debian kernels, SOAK_QUICK_SWITCHES
#              quick ones, and SOAK_CHECKED_SWITCHES between two guests that compare all state after each
# (make unit: tests/unit/unit.mk; make fuzz: tests/fuzz/fuzz.mk)

include tests/unit/unit.mk
include tests/fuzz/fuzz.mk

PYTEST  = $(PYTHON) -m pytest -p no:cacheprovider
TESTS  ?=

# By file: the tests of a file share machines.
WORKERS     ?= 2
PYTEST_DIST  = $(if $(filter-out 1,$(WORKERS)),-n $(WORKERS) --dist loadfile)

SOAK_SWITCHES         ?= 500
SOAK_QUICK_SWITCHES   ?= 10000
SOAK_CHECKED_SWITCHES ?= 100000

# Only thorough tests start the real-time kernel of the default version, if there is another version.
TEST_FLAVOURS = $(filter-out $(if $(findstring not thorough,$(SELECT)),$(if $(filter-out $(DEFAULT)-%,$(FLAVOURS)),\
	$(DEFAULT)-rt-amd64)),$(FLAVOURS))

# Everything that system tests start.
TEST_PARTS  = $(DEBIAN_ROOT) iso $(TEST_FLAVOURS:%=$(B)/guest/%/switchyard.ko) $(B)/guest/syctl \
	$(TEST_FLAVOURS:%=$(B)/faulty/%/faulty.ko) $(B)/switchyard.efi $(BUSY_ELF) $(CALLERS_ELF) $(TORTURE_ELF) \
	$(MEMTEST_X64) $(DEBIAN_DISK) \
	$(B)/test/switchyard-unmasked.elf $(B)/test/switchyard-noinit.elf $(B)/test/switchyard-large.elf \
	$(foreach flavour,$(TEST_FLAVOURS),$(addprefix $(B)/kernels/$(flavour)/,vmlinuz initrd)) \
	$(if $(wildcard $(B)/i386/unknown),,$(B)/i386/initrd)

# One after the other, so that pytest's closing lines come last; their time is in them. What is compiled, the drivers
# of all kernels above all, is compiled WORKERS at a time.
TEST_STEPS = packages test-parts lint unit fuzz system

# Tests that are marked as thorough take long, and run in test-all only.
SELECT ?= -m 'not thorough'

test-all: TEST_STEPS = packages debug-tools test-parts lint unit fuzz mutation system
test-all: export SELECT =
test-all: export PATCHED_PART = guest-kernel
test-all: export MORE_GROUPS = $(NEEDS_guest-kernel)

test test-all:
	@set -e; for step in $(TEST_STEPS); do \
		echo "== $$step"; begin=$$(date +%s); \
		case $$step in test-parts|unit|fuzz) jobs=-j$(WORKERS);; *) jobs=;; esac; \
		case $$step in packages|test-parts) beside=DEBIAN_BESIDE=yes;; *) beside=;; esac; \
		$(MAKE) --no-print-directory $$jobs $$beside $$step; \
		[ $$step = system ] || echo "== $$step took $$(($$(date +%s) - begin)) s"; \
	done

# Kernels with the patch series.
PATCHED_PART ?= guest-kernel-cached

test-parts: $(TEST_PARTS) $(PATCHED_PART)

# Generated headers and sources lie in build/, or are named *.mod.c by the kernel's make; they are not
# written by hand.
C_FILES = $(shell find . -path './$(B)' -prune -o -name '*.[ch]' ! -name '*.mod.c' -print | sort)

# Kernel modules are left out: cppcheck does not know the kernel's macros. Nor does it know of linker
# scripts, whose start and end symbols are not different objects.
CPPCHECK_FILES = $(filter %.c,$(filter-out ./guest/linux/% ./images/faulty/% ./tests/system/guests/%,$(C_FILES)))
CPPCHECK_FLAGS = --enable=warning,performance,portability --error-exitcode=1 --inline-suppr \
	--suppress=comparePointers --suppress=subtractPointers \
	--suppress=normalCheckLevelMaxBranches --std=c11 --platform=unix64 --quiet -I. -Iinclude -Iguest/linux

lint:
	@echo '  FORMAT  $(words $(C_FILES)) files'
	@clang-format --dry-run -Werror $(C_FILES)
	@echo '  CHECK   $(words $(CPPCHECK_FILES)) files'
	@cppcheck $(CPPCHECK_FLAGS) $(CPPCHECK_FILES)
	$(PYTHON) tests/lint/structure.py
	$(PYTEST) -q tests/lint

# Each mutation takes some seconds, all of them a quarter of an hour. ITEMS='cr2 pat' tries some.
ITEMS ?=
mutation: $(B)/switchyard.elf $(TORTURE_ELF)
	$(PYTHON) tests/mutation/mutate.py $(ITEMS)

system: test-parts
	QEMU_CPU='$(QEMU_CPU)' $(PYTEST) $(PYTEST_DIST) --durations=10 tests/system $(SELECT) $(TESTS)

# -s: progress shows while they run.
soak: test-parts
	QEMU_CPU='$(QEMU_CPU)' SOAK_SWITCHES=$(SOAK_SWITCHES) \
		SOAK_QUICK_SWITCHES=$(SOAK_QUICK_SWITCHES) \
		SOAK_CHECKED_SWITCHES=$(SOAK_CHECKED_SWITCHES) \
		$(PYTEST) -s --durations=0 tests/soak $(TESTS)

.PHONY: test test-all test-parts lint mutation system soak
