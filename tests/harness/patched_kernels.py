# SPDX-License-Identifier: GPL-2.0-only
"""Kernels with the patch series: those that build/guest/patched names, one or all (make guest-kernel)."""

import pytest

from paths import BUILD

NAMES = BUILD / 'guest/patched'
GUESTS = [BUILD / 'guest' / name for name in NAMES.read_text().split()] if NAMES.exists() else []
ON_CONSOLE = 'console=tty0 console=ttyS0,115200'

# What a file of tests on each of them begins with: its tests have a parameter "guest".
ON_EACH = [pytest.mark.parametrize('guest', GUESTS, ids=lambda path: path.name),
           pytest.mark.skipif(not GUESTS, reason='no patched kernel is built: make guest-kernel')]
