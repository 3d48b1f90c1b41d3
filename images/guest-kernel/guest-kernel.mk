# SPDX-License-Identifier: GPL-2.0-only
#
# make guest-kernel  a small kernel for guests, with its driver and initramfs: build/guest/FLAVOUR/vmlinuz. FLAVOUR
#                    is 6.1-guest where Debian's default kernel is 6.1. It takes some minutes once; then it is in
#                    GUEST_KERNEL_CACHE. Debian's kernels have no kexec jump, so the bench compares with this one.

GUEST_KERNEL_CACHE  ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/switchyard/guest-kernel
GUEST_KERNEL_CC     ?= gcc
GUEST_KERNEL_SOURCE := /usr/src/linux-source-$(DEFAULT).tar.xz
GUEST_KERNEL        := $(B)/guest/$(DEFAULT)-guest

guest-kernel: $(GUEST_KERNEL)/vmlinuz $(GUEST_KERNEL)/switchyard.ko $(GUEST_KERNEL)/initrd

$(GUEST_KERNEL)/version: images/guest-kernel/fragment.config images/guest-kernel/build.sh
	@images/guest-kernel/build.sh '$(GUEST_KERNEL_SOURCE)' $(GUEST_KERNEL_CC) '$(GUEST_KERNEL_CACHE)' $(@D)

$(GUEST_KERNEL)/vmlinuz: $(GUEST_KERNEL)/version
	@touch -c $@

$(GUEST_KERNEL)/switchyard.ko: $(GUEST_KERNEL)/version $(DRIVER_SOURCES)
	$(call build_module,$(GUEST_KERNEL),$(DRIVER_SOURCES))

$(GUEST_KERNEL)/initrd: $(GUEST_KERNEL)/version $(GUEST_KERNEL)/switchyard.ko $(B)/guest/syctl \
		images/build-initramfs.sh $(wildcard images/initramfs/* images/initramfs/*/*)
	@echo "  INITRD  $@"
	@images/build-initramfs.sh $(@D) $(GUEST_KERNEL)/switchyard.ko $(B)/guest/syctl $@

.PHONY: guest-kernel
