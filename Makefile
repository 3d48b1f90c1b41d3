# SPDX-License-Identifier: GPL-2.0-only
#
# make         the monitor: build/switchyard.elf and build/switchyard.efi
# make run     everything, in QEMU, serial port on this terminal
# make demo    the tour in README.md, played by itself
# make test    lint, unit tests, fuzzing, system tests
# make bench   measurements: a table, build/bench.json, build/bench.svg
# make debug   QEMU waiting for gdb, with the monitor's symbols loaded
# make install the monitor, for GRUB and as a UEFI application, syctl and its manual page, headers and docs; see below
# make uninstall removes all that make install has installed
#
# CROSS_COMPILE=  prefix of the x86-64 compiler and binutils (x86_64-linux-gnu-, x86_64-elf-)
# DESTDIR=        make install puts everything below this folder, PREFIX= (/usr) inside it

CROSS_COMPILE ?= x86_64-linux-gnu-
CC      := $(CROSS_COMPILE)gcc
LD      := $(CROSS_COMPILE)ld
OBJCOPY := $(CROSS_COMPILE)objcopy
NM      := $(CROSS_COMPILE)nm
NASM    ?= nasm
# Debian's own Python: the one that its python3-pytest belongs to.
PYTHON  ?= /usr/bin/python3
B       := build
VERSION := $(shell sed -n 's/^\#define SWITCHYARD_VERSION "\(.*\)"$$/\1/p' guest/linux/version.h)

# <elf.h> and <asm/bootparam.h>, which a bare-metal compiler does not bring, are taken from Debian's
# libc6-dev and linux-libc-dev, behind all that the compiler does bring.
KERNEL_HEADERS := -idirafter /usr/include/x86_64-linux-gnu -idirafter /usr/include

.DELETE_ON_ERROR:
.SUFFIXES:

all: $(B)/switchyard.elf $(B)/switchyard.efi

include monitor/monitor.mk
include boot/efi/efi.mk
include images/images.mk
include images/debian/debian.mk
include images/cpus/cpus.mk
include images/tick/tick.mk
include images/torture/torture.mk
include images/busy/busy.mk
include images/callers/callers.mk
include guest/guest.mk
include images/faulty/faulty.mk
include images/guest-kernel/guest-kernel.mk
include tests/tests.mk
include tests/bench/bench.mk
include images/demo.mk
include images/packages.mk

# The UEFI application has no place of its own on the system's disk: it goes to the EFI partition by hand,
# to a name that the boot loader is told (docs/UEFI-APP.md).
PREFIX ?= /usr
INSTALLED = \
	$(B)/switchyard.elf=/boot/switchyard/switchyard.elf \
	$(B)/switchyard.efi=$(PREFIX)/lib/switchyard/switchyard.efi \
	$(foreach file,$(DRIVER_SOURCES) guest/linux/Kconfig,\
		$(file)=$(PREFIX)/src/switchyard-$(VERSION)/$(file:guest/linux/%=%)) \
	$(foreach file,$(ABI_HEADERS),\
		$(file)=$(PREFIX)/include/switchyard/$(notdir $(file))) \
	$(ON_CRASH)/switchyard-on-crash.service=$(PREFIX)/lib/systemd/system/switchyard-on-crash.service \
	guest/storage/60-switchyard.rules=$(PREFIX)/lib/udev/rules.d/60-switchyard.rules \
	guest/syctl/syctl.8=$(PREFIX)/share/man/man8/syctl.8 \
	$(foreach file,README.md $(wildcard docs/*.md),$(file)=$(PREFIX)/share/doc/switchyard/$(file))

# Nothing in /etc: these programs start a slot, so an administrator puts them there.
INSTALLED_PROGRAMS = \
	$(B)/guest/syctl=$(PREFIX)/sbin/syctl \
	guest/storage/initramfs/hook=$(PREFIX)/share/initramfs-tools/hooks/switchyard \
	guest/storage/initramfs/local-premount=$(PREFIX)/share/initramfs-tools/scripts/local-premount/switchyard \
	$(foreach file,$(ON_CRASH_PROGRAMS),$(file)=$(PREFIX)/share/switchyard/on-crash.d/$(notdir $(file)))

install: all $(B)/guest/syctl
	@echo "  INSTALL $(DESTDIR)/boot/switchyard $(DESTDIR)$(PREFIX)"
	@$(foreach pair,$(INSTALLED),install -D -m 644 $(subst =, '$(DESTDIR)',$(pair)) &&) \
		$(foreach pair,$(INSTALLED_PROGRAMS),install -D -m 755 $(subst =, '$(DESTDIR)',$(pair)) &&) :
	@sed -i 's|/usr/sbin|$(PREFIX)/sbin|' '$(DESTDIR)$(PREFIX)/lib/systemd/system/switchyard-on-crash.service' \
		'$(DESTDIR)$(PREFIX)/lib/udev/rules.d/60-switchyard.rules' \
		'$(DESTDIR)$(PREFIX)/share/initramfs-tools/hooks/switchyard'

# Only what install has put there: programs that an administrator has copied to /etc stay, and so does the initramfs.
uninstall:
	@echo "  REMOVE  $(DESTDIR)/boot/switchyard $(DESTDIR)$(PREFIX)"
	@rm -f $(foreach pair,$(INSTALLED) $(INSTALLED_PROGRAMS),'$(DESTDIR)$(lastword $(subst =, ,$(pair)))')
	@cd '$(DESTDIR)/' && for folder in boot/switchyard $(foreach folder,lib share include src,$(PREFIX:/%=%)/$(folder)); do \
		[ ! -d $$folder ] || find $$folder -depth -type d -path '*switchyard*' -empty -delete; done

clean:
	rm -rf $(B)

.PHONY: all install uninstall clean
