# SPDX-License-Identifier: GPL-2.0-only
"""Kernel modules that are not in the initramfs, for a guest: on a disk that is a tar file. They are Debian's, or
built from tests/system/guests/."""

import io
import lzma
import shutil
import subprocess
import tarfile
from pathlib import Path

from copies import build_driver
from linux import KERNELS
from paths import GUESTS


def module_files(flavour, module):
    """A module's file and those that it needs, in the order to load them."""
    folder = KERNELS / flavour
    output = subprocess.run(
        ['/sbin/modprobe', '-C', '/dev/null', '-d', folder, '-S', (folder / 'version').read_text().strip(),
         '--show-depends', module], check=True, capture_output=True, text=True, timeout=30).stdout
    return [Path(line.split()[1]) for line in output.splitlines() if line.startswith('insmod ')]


def module_disk(flavour, path, modules):
    """Makes the disk, with MODULE/NUMBER-NAME.ko for each file of a module; returns QEMU's arguments for it."""
    with tarfile.open(path, 'w') as archive:
        for module in modules:
            for number, file in enumerate(module_files(flavour, module)):
                data = file.read_bytes()
                info = tarfile.TarInfo(f'{module}/{number:02}-{file.name.removesuffix(".xz")}')
                data = lzma.decompress(data) if file.suffix == '.xz' else data
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return ['-drive', f'file={path},format=raw,if=virtio,readonly=on']


def build_probe(flavour, name, folder):
    """Builds guests/NAME/NAME.ko for that kernel, in a folder."""
    shutil.copytree(GUESTS / name, folder / name, dirs_exist_ok=True)
    result = build_driver(flavour, folder / name)
    assert result.returncode == 0, result.stderr
    return folder / name / f'{name}.ko'


def probe_disk(flavour, name, folder):
    """Makes a disk with guests/NAME/NAME.ko."""
    with tarfile.open(folder / f'{name}.img', 'w') as archive:
        archive.add(build_probe(flavour, name, folder), f'{name}.ko')
    return ['-drive', f'file={folder / name}.img,format=raw,if=virtio,readonly=on']


def unpack_modules(guest):
    guest.run('tar xf /dev/vda -C /tmp')


def load_module(guest, module, parameters=''):
    """Modules that it needs may be loaded already."""
    guest.run(f'for f in /tmp/{module}/*; do insmod $f {parameters} 2>/dev/null; done; '
              f'grep -q "^{module.replace("-", "_")} " /proc/modules')
