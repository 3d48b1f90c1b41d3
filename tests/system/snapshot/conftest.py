# SPDX-License-Identifier: GPL-2.0-only
"""Disks of the tests of snapshots."""

import subprocess

import pytest


@pytest.fixture
def drives(tmp_path):
    """A function that makes disks. Each has an ext2 with its name, and is one of QEMU's drives of that name."""
    def make(names):
        for name in names:
            (tmp_path / name).write_bytes(bytes(8 << 20))
            subprocess.run(['/usr/sbin/mke2fs', '-q', '-t', 'ext2', '-L', name, tmp_path / name], check=True, timeout=60)
        return [word for name in names
                for word in ('-drive', f'file={tmp_path / name},format=raw,if=none,id={name},cache=unsafe')]
    return make
