# SPDX-License-Identifier: GPL-2.0-only
"""Where things lie, and what the Makefile tells the system tests by the environment."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / 'build'
TEST = BUILD / 'test'
LOGS = TEST / 'logs'
GUESTS = ROOT / 'tests/system/guests'

ISO = BUILD / 'switchyard.iso'
MONITOR = BUILD / 'switchyard.elf'
MONITOR_UNMASKED = TEST / 'switchyard-unmasked.elf'
MONITOR_NO_INIT = TEST / 'switchyard-noinit.elf'
MONITOR_LARGE = TEST / 'switchyard-large.elf'
TICK = BUILD / 'tick' / 'tick.elf'
TORTURE = BUILD / 'torture' / 'torture.elf'
BUSY = BUILD / 'busy' / 'busy.elf'
CALLERS = BUILD / 'callers' / 'callers.elf'
MEMTEST_X64 = BUILD / 'memtest/boot/memtest86+x64.bin'
MEMTEST_IA32 = BUILD / 'memtest/boot/memtest86+ia32.bin'

OVMF_CODE = '/usr/share/OVMF/OVMF_CODE_4M.fd'
OVMF_VARS = '/usr/share/OVMF/OVMF_VARS_4M.fd'

QEMU = os.environ.get('QEMU', 'qemu-system-x86_64')
# The Makefile's (images/images.mk says why this one), for those who start pytest by hand.
QEMU_CPU = os.environ.get('QEMU_CPU', 'Haswell-noTSX,-pcid,-invpcid,-tsc-deadline,-x2apic')

# On a slow machine every time limit can be stretched.
TIME_FACTOR = float(os.environ.get('TEST_TIME_FACTOR', '1'))


def scaled(seconds):
    return seconds * TIME_FACTOR
