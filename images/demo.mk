# SPDX-License-Identifier: GPL-2.0-only
#
# make demo    the tour of README.md, played by itself
# make debug   QEMU and gdb, with the monitor's symbols where it moved itself

demo: packages
	@$(MAKE) --no-print-directory demo-parts
	@QEMU_CPU='$(QEMU_CPU)' $(PYTHON) images/demo.py

# The kernel that is tried in it is beta's.
demo-parts: iso $(B)/faulty/$(word 2,$(DEMO_FLAVOURS))/faulty.ko

debug: iso
	$(QEMU) $(QEMU_FLAGS) -boot d -cdrom $(ISO) -display none \
		-serial file:$(B)/debug-serial.log -S -gdb tcp:localhost:1234 & \
	gdb -q -x images/debug.gdb; kill $$!

.PHONY: demo demo-parts debug
