# SPDX-License-Identifier: GPL-2.0-only
"""Tests of the patch series import what makes it."""

import sys

import structure

sys.path.insert(0, str(structure.ROOT / 'guest/linux/patches'))
