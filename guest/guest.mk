# SPDX-License-Identifier: GPL-2.0-only
#
# What runs inside Linux guests: the driver for each kernel, and syctl.
#
#   build/guest/FLAVOUR/switchyard.ko   for Debian's kernel in build/kernels/FLAVOUR
#   build/guest/syctl
#
# make patches        the kernel patch series anew, after changes of the driver: guest/linux/patches/
# make patches-check  each patch of it is applied, looked at by the kernel's checkpatch.pl, and compiled, or with
#                     FROM=NUMBER only those from that one on

# syctl is a program for Linux: the cross compiler of the monitor need not have a C library.
GUEST_CC     ?= gcc
GUEST_CFLAGS := -std=gnu11 -Os -g0 -Wall -Wextra -Werror

# Without what a build by hand leaves there.
DRIVER_SOURCES := $(filter-out %.mod.c,$(sort $(wildcard guest/linux/*.[chS] $(foreach folder,format hang memory nmi plug stock storage,\
	guest/linux/$(folder)/*.[ch])))) \
	guest/linux/Kbuild
# What guests other than the driver include: the ABI.
ABI_HEADERS    := $(filter-out %_core.h,$(wildcard guest/linux/switchyard*.h))
SYCTL_SOURCES  := $(sort $(wildcard guest/syctl/*.c)) lib/xxh64.c
ON_CRASH       := guest/on-crash
ON_CRASH_PROGRAMS := $(sort $(wildcard $(ON_CRASH)/[0-9]*))
SYCTL_HEADERS  := $(sort $(wildcard guest/syctl/*.h)) lib/xxh64.h guest/linux/version.h $(ABI_HEADERS)

guest: $(FLAVOURS:%=$(B)/guest/%/switchyard.ko) $(B)/guest/syctl

# Kbuild writes beside its sources, so it gets copies of them. The prefix map keeps this
# directory's name out of the file. CROSS_COMPILE is for the monitor; kernels say what made them.
# $(call build_module,DIRECTORY,SOURCES) - for the kernel whose headers and compiler that directory has.
define build_module
	@echo "  DRIVER  $@"
	@mkdir -p $(@D)
	@for file in $(2); do install -D -m 644 $$file $(@D)/$${file#$(dir $(firstword $(2)))}; done
	@compiler=$$(cat $(1)/compiler); command -v $$compiler >/dev/null || { \
		echo "error: missing: $$compiler; install with: apt-get install $$compiler" >&2; \
		exit 1; \
	}
	@+$(MAKE) -s -C $(1)/headers M=$(abspath $(@D)) CROSS_COMPILE= \
		KCFLAGS=-ffile-prefix-map=$(abspath .)=. CONFIG_DEBUG_INFO_BTF_MODULES= modules
	@strip --strip-debug $@
endef

$(B)/guest/%/switchyard.ko: $(B)/kernels/%/version $(DRIVER_SOURCES)
	$(call build_module,$(B)/kernels/$*,$(DRIVER_SOURCES))

$(B)/guest/syctl: $(SYCTL_SOURCES) $(SYCTL_HEADERS)
	@echo "  CC      $@"
	@mkdir -p $(@D)
	@$(GUEST_CC) $(GUEST_CFLAGS) -static -s -I. -Iguest/linux -o $@ $(SYCTL_SOURCES)

patches:
	@$(PYTHON) guest/linux/patches/series.py

# $(call check_series,VERSION)
define check_series
	guest/linux/patches/check.sh /usr/src/linux-source-$(1).tar.xz guest/linux/patches/$(1) \
		$(GUEST_KERNEL_CC) images/guest-kernel/fragment.config $(abspath $(B))/patches/$(1) $(FROM)

endef

patches-check:
	$(foreach version,$(PATCHED_VERSIONS),$(call check_series,$(version)))

.PHONY: guest patches patches-check
