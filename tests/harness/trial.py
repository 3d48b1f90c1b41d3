# SPDX-License-Identifier: GPL-2.0-only
"""What `syctl try` needs in a guest: a kernel, its driver, and an initrd whose programs end that kernel."""

import io
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from linux import KERNELS, kernel
from paths import BUILD

BUSYBOX = Path('/bin/busybox')

# What the initrd's programs do. They are scripts, and Linux starts the one that rdinit= names.
PROGRAMS = {
    'init': 'insmod /faulty.ko',
    'panic': 'echo c > /proc/sysrq-trigger',
    'poweroff': 'poweroff -f',
    'reboot': 'reboot -f',
    'look': 'echo "@$(ls /) @$(cat /proc/modules)"; poweroff -f',
    'words': 'echo "@$0 $*@"; poweroff -f',
    'count': 'echo "@$(grep -c ^processor /proc/cpuinfo)@"; poweroff -f',
    'wait': 'echo @ready@; while :; do sleep 1; done',
    'hang': 'taskset 1 insmod /faulty.ko how=hang; sleep 1000',
}


def driver(flavour):
    return BUILD / 'guest' / flavour / 'switchyard.ko'


def make_initrd(flavour, path, compressor=('gzip', '-n')):
    """An initrd without our driver. It has busybox, the programs, and a module with a bug."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for folder in ('bin', 'proc'):
            (root / folder).mkdir()
        shutil.copy(BUSYBOX, root / 'bin/busybox')
        for applet in subprocess.run([BUSYBOX, '--list'], capture_output=True, text=True, check=True).stdout.split():
            if applet != 'busybox':
                (root / 'bin' / applet).symlink_to('busybox')
        shutil.copy(BUILD / 'faulty' / flavour / 'faulty.ko', root)
        for program, line in PROGRAMS.items():
            file = root / program
            file.write_text(f'#!/bin/sh\nexport PATH=/bin\nmount -t proc proc /proc\n{line}\n')
            file.chmod(0o755)
        archive = subprocess.run(f'cd {root} && find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0',
                                 shell=True, capture_output=True, check=True).stdout
    path.write_bytes(subprocess.run(compressor, input=archive, capture_output=True, check=True).stdout)
    return path


def make_disk(path, files):
    """A disk that is a tar file with {name: path}; returns QEMU's arguments for it."""
    with tarfile.open(path, 'w') as archive:
        for name, file in files.items():
            data = file.read_bytes() if isinstance(file, Path) else file.encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return ['-drive', f'file={path},format=raw,if=virtio,readonly=on']


def make_tree(flavour, folder):
    """What a build tree has besides sources, as far as `syctl try` looks at it."""
    boot = folder / 'arch/x86/boot'
    boot.mkdir(parents=True)
    shutil.copy(kernel(flavour), boot / 'bzImage')
    for name in ('.config', 'Module.symvers'):
        shutil.copy(KERNELS / flavour / 'headers' / name, folder)
    return folder
