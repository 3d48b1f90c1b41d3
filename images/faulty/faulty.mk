# SPDX-License-Identifier: GPL-2.0-only
#
#   build/faulty/FLAVOUR/faulty.ko   a module with a bug, for Debian's kernel in build/kernels/FLAVOUR

FAULTY_SOURCES := images/faulty/faulty.c images/faulty/Kbuild
FAULTY         := $(FLAVOURS:%=$(B)/faulty/%/faulty.ko)

$(B)/faulty/%/faulty.ko: $(B)/kernels/%/version $(FAULTY_SOURCES)
	$(call build_module,$(B)/kernels/$*,$(FAULTY_SOURCES))
