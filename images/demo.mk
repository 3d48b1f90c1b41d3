# SPDX-License-Identifier: GPL-2.0-only
#
# make demo    the tour of README.md, played by itself
# make debug   QEMU and gdb, with the monitor's symbols where it moved itself

demo: packages
	@$(MAKE) --no-print-directory iso
	@QEMU_CPU='$(QEMU_CPU)' $(PYTHON) images/demo.py

debug: iso
	$(QEMU) $(QEMU_FLAGS) -boot d -cdrom $(ISO) -display none \
		-serial file:$(B)/debug-serial.log -S -gdb tcp:localhost:1234 & \
	gdb -q -x images/debug.gdb; kill $$!

.PHONY: demo debug
