# SPDX-License-Identifier: GPL-2.0-only
#
# make bench   installs what is missing, builds, measures, prints a table, and writes build/bench.json and
#              build/bench.svg; ONLY='gate hops' measures a part. The first time it builds the small kernel, too.
#              SLOW_ROUNDS=1 measures only once what takes seconds each time. SNAPSHOT_MIB=1024 measures snapshots
#              in QEMU of at most so much memory in use; the largest, 3072, takes 12 GiB of the host's.

BENCH_DIR := $(B)/bench
ONLY      ?=
SLOW_ROUNDS ?= 3
SNAPSHOT_MIB ?= 3072

# The version of QEMU's interface for plugins: 1 up to QEMU 8, then 2.
PLUGIN_VERSION = $(if $(filter 7 8,$(shell $(QEMU) --version | sed -n '1s/.*version \([0-9]*\).*/\1/p')),1,2)

BENCH_PARTS := $(BENCH_DIR)/plugin.so $(BENCH_DIR)/copies $(BENCH_DIR)/initrd $(BENCH_DIR)/initrd-kexec $(BENCH_DIR)/initrd-dumps $(BENCH_DIR)/initrd-crash \
	$(BENCH_DIR)/initrd-fill

# Two steps, each in its own make: tools that packages installs can be used only after it.
bench: packages
	@$(MAKE) --no-print-directory $(GUEST_KERNEL)/version
	@$(MAKE) --no-print-directory $(GUEST_KERNEL)/vmlinuz $(GUEST_KERNEL)/initrd
	@$(MAKE) --no-print-directory bench-run

bench-run: $(BENCH_PARTS) $(B)/switchyard.elf $(TICK_ELF) $(CALLERS_ELF)
	QEMU_CPU='$(QEMU_CPU)' SLOW_ROUNDS=$(SLOW_ROUNDS) SNAPSHOT_MIB=$(SNAPSHOT_MIB) $(PYTHON) tests/bench/bench.py $(ONLY)

$(BENCH_DIR)/plugin.so: tests/bench/plugin.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(HOST_CC) -std=gnu11 -O2 -Wall -Wextra -Werror -shared -fPIC -fvisibility=hidden \
		-DQEMU_PLUGIN_VERSION=$(PLUGIN_VERSION) -o $@ $<

# The monitor's own code, compiled as for the monitor, as a program of this machine. What of these files it does not
# use is left out.
COPIED := snapshot page_store packed_page free_pages guest_memory page_walk pool plan_regions slot string print error
$(eval $(call monitor_variant,$(BENCH_DIR)/monitor,-ffunction-sections))

$(BENCH_DIR)/copies: tests/bench/copies.c tests/unit/fake/library_call.c $(patsubst %.c,$(BENCH_DIR)/monitor/%.o,$(call sources_named,$(COPIED)))
	@echo "  CC      $<"
	@$(HOST_CC) -std=gnu11 -O2 -Wall -Wextra -Werror -I. -Iinclude -Wl,--gc-sections -o $@ $^ -llz4

-include $(patsubst %.c,$(BENCH_DIR)/monitor/%.d,$(call sources_named,$(COPIED)))

$(BENCH_DIR)/hop: tests/bench/guests/hop.c $(ABI_HEADERS)
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(GUEST_CC) $(GUEST_CFLAGS) -static -s -Iguest/linux -o $@ $<

$(BENCH_DIR)/trampoline.bin: tests/bench/guests/trampoline.asm
	@mkdir -p $(@D)
	@echo "  NASM    $<"
	@$(NASM) -f bin -Werror -o $@ $<

$(BENCH_DIR)/initrd: $(GUEST_KERNEL)/initrd $(BENCH_DIR)/hop $(BENCH_DIR)/trampoline.bin \
		tests/bench/guests/first tests/bench/build-initrd.sh
	@echo "  INITRD  $@"
	@tests/bench/build-initrd.sh $< $@ $(BENCH_DIR)/hop=bin/hop \
		$(BENCH_DIR)/trampoline.bin=lib/trampoline.bin tests/bench/guests/first=bin/first

# The second kernel and its initramfs are files of the first one.
$(BENCH_DIR)/initrd-kexec: $(BENCH_DIR)/initrd $(GUEST_KERNEL)/vmlinuz
	@echo "  INITRD  $@"
	@tests/bench/build-initrd.sh $< $@ /sbin/kexec=bin/kexec $(GUEST_KERNEL)/vmlinuz=boot/vmlinuz \
		$<=boot/initrd

# Debian's own kernel, and its initramfs with makedumpfile.
STOCK := $(B)/kernels/$(DEFAULT)-cloud-amd64

$(BENCH_DIR)/initrd-dumps: $(STOCK)/initrd tests/bench/guests/kdump tests/bench/build-initrd.sh
	@echo "  INITRD  $@"
	@tests/bench/build-initrd.sh $< $@ /usr/bin/makedumpfile=usr/bin/makedumpfile \
		tests/bench/guests/kdump=bin/kdump

# Memory that is in use, for snapshots.
$(BENCH_DIR)/fill: tests/bench/guests/fill.c $(BENCH_DIR)/monitor/lib/string.o
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(OBJCOPY) --prefix-symbols=monitor_ $(filter %.o,$^) $@.o
	@$(GUEST_CC) $(GUEST_CFLAGS) -static -s -o $@ $< $@.o

$(BENCH_DIR)/initrd-fill: $(STOCK)/initrd $(BENCH_DIR)/fill tests/bench/build-initrd.sh
	@echo "  INITRD  $@"
	@tests/bench/build-initrd.sh $< $@ $(BENCH_DIR)/fill=bin/fill

# That one again as a file, for kdump.
$(BENCH_DIR)/initrd-crash: $(STOCK)/initrd $(BENCH_DIR)/initrd-dumps $(STOCK)/vmlinuz
	@echo "  INITRD  $@"
	@tests/bench/build-initrd.sh $< $@ /sbin/kexec=bin/kexec $(STOCK)/vmlinuz=boot/vmlinuz \
		$(BENCH_DIR)/initrd-dumps=boot/initrd

.PHONY: bench bench-run
