# SPDX-License-Identifier: GPL-2.0-only
#
# The packages that this machine needs. Only this rule calls a package manager:
#
# make packages  installs and fetches what is missing for all but bench; run, demo, test and bench begin with it.
#                KERNELS=6.12-rt-amd64 fetches that kernel
#
# make debug-tools  fetches what the tests of crash, gdb and makedumpfile need: debug information of three kernels, and
#                newer tools. It is 2 GiB, so only test-all does it by itself
#
# Other goals end with one line that names what is missing and the command that installs it.

# The variables that packages.txt names.
PACKAGE_VARIABLES := CC LD NASM PYTHON FONT LZ4 EFI_HEADER GUEST_CC HOST_CC FUZZ_CC FUZZ_AR QEMU \
	GUEST_KERNEL_CC GUEST_KERNEL_SOURCE NEWER_KERNEL_SOURCE

# Words GROUP:PACKAGE. The search runs once, for goals that need the result.
MISSING = $(eval MISSING := $$(shell $(foreach name,$(PACKAGE_VARIABLES),$(name)='$($(name))') \
	images/missing.sh images/packages.txt))$(MISSING)

# $(call missing,GROUP...) - packages that are missing for these groups.
missing = $(sort $(foreach word,$(filter $(addsuffix :%,$(1)),$(MISSING)),$(lastword $(subst :, ,$(word)))))

# Which groups of packages.txt each goal needs. "kernels" means those that the demo boots.
NEEDS_ISO      := monitor font guest initrd image kernels
NEEDS_START    := $(NEEDS_ISO) machine
NEEDS_SYSTEM   := $(NEEDS_START) efi debian system

NEEDS_GUEST_KERNEL := guest initrd kernel kernels
NEEDS_BENCH    := $(NEEDS_GUEST_KERNEL) monitor font image machine bench

NEEDS_all      := monitor font efi
NEEDS_tick     := monitor
NEEDS_torture  := monitor
NEEDS_guest    := guest kernels
NEEDS_iso      := $(NEEDS_ISO)
NEEDS_start    := $(NEEDS_START)
NEEDS_debug    := $(NEEDS_START) debug
NEEDS_lint     := lint
NEEDS_unit     := unit font
NEEDS_fuzz     := fuzz font
NEEDS_install  := monitor font efi guest
NEEDS_mutation := monitor font image machine
NEEDS_system   := $(NEEDS_SYSTEM)
NEEDS_soak     := $(NEEDS_SYSTEM)
NEEDS_test-parts := $(NEEDS_SYSTEM)
NEEDS_guest-kernel := $(NEEDS_GUEST_KERNEL) newer
NEEDS_patches-check := $(NEEDS_guest-kernel) checks
NEEDS_bench-run := $(NEEDS_BENCH)

$(foreach kernel,$(GUEST_KERNELS),$(eval NEEDS_$(kernel)/version := $(NEEDS_GUEST_KERNEL)))

NEEDS_$(B)/switchyard.elf := monitor font
NEEDS_$(B)/switchyard.efi := monitor font efi
NEEDS_$(ISO)              := $(NEEDS_ISO)
NEEDS_$(DEBIAN_DISK)      := monitor font efi guest kernels debian
NEEDS_$(B)/guest/syctl    := guest

$(foreach name,prove coverage $(FUZZ_TARGETS),$(eval NEEDS_fuzz-$(name) := $(NEEDS_fuzz)))

GOAL_NEEDS := $(sort $(foreach goal,$(or $(MAKECMDGOALS),all),$(NEEDS_$(goal))))

DEMO_FILES  := $(B)/kernels/default $(if $(DEFAULT),$(DEMO_FLAVOURS:%=$(B)/kernels/%/version)) \
	$(MEMTEST) $(MEMTEST_X64)
NO_PACKAGES := $(if $(GOAL_NEEDS),$(call missing,$(GOAL_NEEDS)))
# "make test" makes the Debian beside what is compiled.
DEBIAN_BESIDE ?=
FETCHED     := $(if $(filter kernels,$(GOAL_NEEDS)),$(DEMO_FILES)) \
	$(if $(filter debian,$(GOAL_NEEDS)),$(if $(DEBIAN_BESIDE),,$(DEBIAN_ROOT)))
NO_FILES    := $(filter-out $(wildcard $(FETCHED)),$(FETCHED))

comma := ,
space := $() $()
ifneq ($(NO_FILES),)
$(error missing: $(subst $(space),$(comma)$(space),$(strip $(NO_PACKAGES) $(NO_FILES))); install with: make packages)
else ifneq ($(NO_PACKAGES),)
$(error missing: $(subst $(space),$(comma)$(space),$(NO_PACKAGES)); install with: apt-get install $(NO_PACKAGES))
endif

PACKAGE_GROUPS := $(NEEDS_SYSTEM) $(NEEDS_all) $(NEEDS_lint) $(NEEDS_unit) $(NEEDS_fuzz) $(NEEDS_debug) $(MORE_GROUPS)
KERNELS        ?= test
run demo: PACKAGE_GROUPS := $(NEEDS_START)
bench: PACKAGE_GROUPS := $(NEEDS_BENCH)
run demo bench: KERNELS := demo

KDUMP_TOOLS := $(B)/kdump-tools/usr/sbin/kdump-config

make_debian = images/debian/fetch-debian.sh $(B)

packages:
	images/install-packages.sh $(call missing,$(PACKAGE_GROUPS))
	images/fetch-kernels.sh $(B) $(KERNELS)
	images/fetch-memtest.sh $(B)/memtest
	$(if $(filter test,$(KERNELS)),$(if $(DEBIAN_BESIDE),,$(make_debian)))
	$(if $(filter test,$(KERNELS)),images/fetch-i386.sh $(B)/i386)
	$(if $(filter test,$(KERNELS)),[ -e $(KDUMP_TOOLS) ] || images/fetch-package.sh kdump-tools $(B)/kdump-tools)

debug-tools:
	images/fetch-debug.sh $(B) $(DEFAULT)-amd64 $(lastword $(sort $(filter %-cloud-amd64,$(FLAVOURS))))

# The files that packages fetches are not made.
$(B)/kernels/%/version:
	$(error missing: $@; fetch it with: make packages KERNELS=$*)

fetched_by_packages = $(error missing: $@; fetch it with: make packages)

$(MEMTEST) $(MEMTEST_X64) $(B)/i386/version:
	$(fetched_by_packages)

# The script knows whether it is the right one, and then leaves it as it is.
$(DEBIAN_ROOT): $(if $(DEBIAN_BESIDE),packages-of-debian)
	$(if $(DEBIAN_BESIDE),$(make_debian),$(fetched_by_packages))

packages-of-debian:

.PHONY: packages packages-of-debian debug-tools
