# SPDX-License-Identifier: GPL-2.0-only
#
# make test    installs what is missing, builds, then lint, unit and system tests
# make lint    formatting, cppcheck, the structure of the sources
# make system  system tests in QEMU; TESTS='-k tick' runs some of them
# (make unit: tests/unit/unit.mk)

include tests/unit/unit.mk

# Debian's own Python: the one that its python3-pytest belongs to.
PYTHON ?= /usr/bin/python3
PYTEST  = $(PYTHON) -m pytest -p no:cacheprovider
TESTS  ?=

# Everything that system tests start.
MEMTEST_X64 = $(dir $(MEMTEST))memtest86+x64.bin
TEST_PARTS  = iso $(B)/switchyard.efi $(B)/test/switchyard-unmasked.elf $(MEMTEST_X64) \
	$(B)/kernels/rt-amd64/vmlinuz $(B)/kernels/rt-amd64/initrd

# The package has both; where it is installed, only the other one was copied so far.
$(MEMTEST_X64): $(MEMTEST)
	[ -e $@ ] || cp /boot/$(@F) $@
	touch $@

# One after the other, so that pytest's closing lines come last; their time is in them.
TEST_STEPS = test-packages test-parts lint unit system

test:
	@set -e; for step in $(TEST_STEPS); do \
		echo "== $$step"; begin=$$(date +%s); \
		$(MAKE) --no-print-directory $$step; \
		[ $$step = system ] || echo "== $$step took $$(($$(date +%s) - begin)) s"; \
	done

test-packages:
	images/install-packages.sh

test-parts: $(TEST_PARTS)

# Generated headers and sources lie in build/; they are not written by hand.
C_FILES = $(shell find . -path './$(B)' -prune -o -name '*.[ch]' -print | sort)

# The kernel module is left out: cppcheck does not know the kernel's macros. Nor does it know of linker
# scripts, whose start and end symbols are not different objects.
CPPCHECK_FILES = $(filter %.c,$(filter-out ./guest/linux/%,$(C_FILES)))
CPPCHECK_FLAGS = --enable=warning,performance,portability --error-exitcode=1 --inline-suppr \
	--suppress=comparePointers --std=c11 --platform=unix64 --quiet -I. -Iinclude -Iguest/linux

lint:
	@echo '  FORMAT  $(words $(C_FILES)) files'
	@clang-format --dry-run -Werror $(C_FILES)
	@echo '  CHECK   $(words $(CPPCHECK_FILES)) files'
	@cppcheck $(CPPCHECK_FLAGS) $(CPPCHECK_FILES)
	$(PYTHON) tests/lint/structure.py
	$(PYTEST) -q tests/lint

system: test-parts
	QEMU_CPU='$(QEMU_CPU)' $(PYTEST) --durations=10 tests/system $(TESTS)

.PHONY: test test-packages test-parts lint system
