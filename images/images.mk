# SPDX-License-Identifier: GPL-2.0-only
#
# make iso       build/switchyard.iso: GRUB, the monitor, the demo slots
# make run       installs what is missing, builds, and starts QEMU on that image
#
#   build/kernels/FLAVOUR/   Debian's kernel as fetch-kernels.sh leaves it, and initrd, ours; FLAVOUR is
#                            6.1-cloud-amd64, 6.12-amd64 and so on
#   build/disks/SLOT.img     a disk for each Linux slot, kept between runs

# Dates in images are the commit's, so that two builds of it are the same.
ifndef SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH := $(shell git log -1 --format=%ct 2>/dev/null || echo 315532800)
endif
export SOURCE_DATE_EPOCH

QEMU ?= qemu-system-x86_64
# The emulated processor is an Intel one, because Linux prints the fewest warnings about it. On
# others Linux calls the time-stamp counter unstable if there are two CPUs. It is Haswell without
# the features that QEMU 7.2 can't emulate.
QEMU_CPU   ?= Haswell-noTSX,-pcid,-invpcid,-tsc-deadline,-x2apic
QEMU_SHOW  ?= none
QEMU_FLAGS ?= -accel tcg -machine q35 -cpu $(QEMU_CPU) -smp 2 -m 2G

# Debian's kernels that were fetched, and those of the demo. alpha has the first one, beta the
# other.
FLAVOURS      := $(patsubst $(B)/kernels/%/version,%,$(wildcard $(B)/kernels/[0-9]*/version))
DEFAULT       := $(file <$(B)/kernels/default)
DEMO_FLAVOURS := $(DEFAULT)-cloud-amd64 $(DEFAULT)-amd64

ISO         := $(B)/switchyard.iso
MEMTEST     := $(B)/memtest/boot/memtest86+ia32.bin
MEMTEST_X64 := $(B)/memtest/boot/memtest86+x64.bin
DISKS       := $(B)/disks/alpha.img $(B)/disks/beta.img
DISK_SIZE   := 256M

ISO_FILES := \
	$(B)/switchyard.elf=boot/switchyard/switchyard.elf \
	$(B)/tick/tick.elf=boot/switchyard/tick.elf \
	$(MEMTEST)=boot/memtest86+ia32.bin \
	$(foreach file,vmlinuz initrd,\
		$(B)/kernels/$(word 1,$(DEMO_FLAVOURS))/$(file)=boot/alpha/$(file) \
		$(B)/kernels/$(word 2,$(DEMO_FLAVOURS))/$(file)=boot/beta/$(file))
ISO_PARTS := $(foreach pair,$(ISO_FILES),$(firstword $(subst =, ,$(pair))))

iso: $(ISO)

# It runs in its own make, because tools that packages installs can be used only after it.
run: packages
	@$(MAKE) --no-print-directory start

# The terminal gets the serial port: Ctrl-A x ends QEMU, Ctrl-A b sends BREAK.
start: $(ISO) $(DISKS)
	@cat images/welcome.txt
	$(QEMU) $(QEMU_FLAGS) -boot d -cdrom $(ISO) \
		$(foreach disk,$(DISKS),-drive file=$(disk),format=raw,if=virtio) \
		-netdev user,id=net0 -device virtio-net-pci,netdev=net0 \
		-display $(QEMU_SHOW) -serial mon:stdio

$(ISO): $(ISO_PARTS) images/grub.cfg images/build-iso.sh
	@echo "  ISO     $@"
	@images/build-iso.sh $@ $(ISO_FILES)

$(B)/kernels/%/vmlinuz: $(B)/kernels/%/version
	@touch -c $@

$(B)/kernels/%/initrd: $(B)/kernels/%/version $(B)/guest/%/switchyard.ko $(B)/guest/syctl \
		images/build-initramfs.sh $(wildcard images/initramfs/* images/initramfs/*/*) $(wildcard guest/on-crash/*)
	@echo "  INITRD  $@"
	@images/build-initramfs.sh $(@D) $(B)/guest/$*/switchyard.ko $(B)/guest/syctl $@

# A 32-bit kernel has no driver.
$(B)/i386/initrd: $(B)/i386/version images/build-initramfs.sh $(wildcard images/initramfs/* images/initramfs/*/*)
	@echo "  INITRD  $@"
	@images/build-initramfs.sh $(@D) - - $@

$(B)/disks/%.img:
	@mkdir -p $(@D)
	@truncate -s $(DISK_SIZE) $@

.PHONY: iso run start
