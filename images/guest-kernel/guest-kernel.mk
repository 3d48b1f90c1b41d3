# SPDX-License-Identifier: GPL-2.0-only
#
# make guest-kernel  small kernels for guests, with the patch series and kexec jump, and their initramfs:
#                    build/guest/FLAVOUR/vmlinuz. FLAVOUR is 6.12-guest, and 6.1-guest where that is Debian's
#                    default kernel. It takes some minutes each, once; then they are in GUEST_KERNEL_CACHE.
#                    The bench runs on the default one. build/guest/patched names those that
#                    tests/system/patched runs on.

GUEST_KERNEL_CACHE  ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/switchyard/guest-kernel
GUEST_KERNEL_CC     ?= gcc
GUEST_KERNEL_SOURCE := /usr/src/linux-source-$(DEFAULT).tar.xz
NEWER_KERNEL_SOURCE := /usr/src/linux-source-6.12.tar.xz
GUEST_KERNEL        := $(B)/guest/$(DEFAULT)-guest
PATCHED_VERSIONS    := $(sort $(DEFAULT) 6.12)
GUEST_KERNELS       := $(PATCHED_VERSIONS:%=$(B)/guest/%-guest)
PATCHED_KERNELS     := $(B)/guest/patched

guest-kernel: $(foreach kernel,$(GUEST_KERNELS),$(kernel)/vmlinuz $(kernel)/initrd)
	@printf '%s\n' $(notdir $(GUEST_KERNELS)) >$(PATCHED_KERNELS)

# The one that is built already, if there is one.
guest-kernel-cached:
	@mkdir -p $(dir $(PATCHED_KERNELS))
	@images/guest-kernel/cached.sh $(GUEST_KERNEL_CC) '$(GUEST_KERNEL_CACHE)' $(PATCHED_VERSIONS) >$(PATCHED_KERNELS)
	@[ ! -s $(PATCHED_KERNELS) ] || $(MAKE) --no-print-directory \
		$$(sed 's,.*,$(B)/guest/&/vmlinuz $(B)/guest/&/initrd,' $(PATCHED_KERNELS))

$(B)/guest/%-guest/version: images/guest-kernel/fragment.config $(wildcard images/guest-kernel/*.sh) \
		$(wildcard guest/linux/patches/*/*.patch)
	@images/guest-kernel/build.sh /usr/src/linux-source-$*.tar.xz guest/linux/patches/$* $(GUEST_KERNEL_CC) \
		'$(GUEST_KERNEL_CACHE)' $(@D)

$(B)/guest/%-guest/vmlinuz: $(B)/guest/%-guest/version
	@touch -c $@

# The kernel has the driver.
$(B)/guest/%-guest/initrd: $(B)/guest/%-guest/version $(B)/guest/syctl images/build-initramfs.sh \
		$(wildcard images/initramfs/* images/initramfs/*/*)
	@echo "  INITRD  $@"
	@images/build-initramfs.sh $(@D) - $(B)/guest/syctl $@

.SECONDARY: $(GUEST_KERNELS:%=%/version)
.PHONY: guest-kernel guest-kernel-cached
