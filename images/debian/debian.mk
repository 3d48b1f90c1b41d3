# SPDX-License-Identifier: GPL-2.0-only
#
# build/debian/disk.img: a disk with two real Debians, alpha and beta, for system tests. GRUB in its MBR has
# an entry for Switchyard.
#
#   build/debian/root.img    a Debian with its kernels, which `make packages` fetches
#   build/debian/installed/  what `make install` installs

DEBIAN_ROOT := $(B)/debian/root.img
DEBIAN_DISK := $(B)/debian/disk.img

# alpha has the generic kernel of the version that this Debian has by default, beta that of another one.
DEBIAN_ALPHA := $(DEFAULT)-amd64
DEBIAN_BETA  := $(or $(lastword $(filter-out $(DEBIAN_ALPHA) %-cloud-amd64 %-rt-amd64,$(FLAVOURS))),$(DEBIAN_ALPHA))

$(DEBIAN_DISK): $(DEBIAN_ROOT) $(B)/switchyard.elf $(B)/switchyard.efi $(B)/guest/syctl \
		$(foreach flavour,$(sort $(DEBIAN_ALPHA) $(DEBIAN_BETA)),$(B)/guest/$(flavour)/switchyard.ko) \
		images/debian/build-disk.sh $(wildcard guest/on-crash/* guest/storage/* guest/storage/*/*) \
		$(shell find images/debian/files -type f)
	@rm -rf $(B)/debian/installed
	@$(MAKE) --no-print-directory install DESTDIR=$(abspath $(B))/debian/installed PREFIX=/usr
	@echo "  DISK    $@"
	@images/debian/build-disk.sh $(B) $@ alpha=$(DEBIAN_ALPHA) beta=$(DEBIAN_BETA)
