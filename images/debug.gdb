# SPDX-License-Identifier: GPL-2.0-only
#
# debug.gdb - attaches to the QEMU that `make debug` started, and goes on to the monitor's second
# half, with its symbols where the image moved to.
set confirm off
set architecture i386:x86-64
file build/switchyard.elf
target remote localhost:1234
hbreak relocate_and_call
continue
eval "add-symbol-file build/switchyard.elf -o %lu", $rdi - (unsigned long)&monitor_start
delete
