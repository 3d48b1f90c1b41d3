# SPDX-License-Identifier: GPL-2.0-only
"""Machines that start from UEFI firmware: FAT volumes with files on them, Debian's OVMF, and its variables."""

import shutil
import subprocess
from pathlib import Path

from paths import BUILD

APPLICATION = BUILD / 'switchyard.efi'
FIRMWARE_STARTS = '/EFI/BOOT/BOOTX64.EFI'  # what firmware starts on a volume that no boot entry names
CONF = '/switchyard/switchyard.conf'

OVMF = Path('/usr/share/OVMF')
CODE, CODE_SECURE = OVMF / 'OVMF_CODE_4M.fd', OVMF / 'OVMF_CODE_4M.secboot.fd'
VARIABLES = OVMF / 'OVMF_VARS_4M.fd'

MIB = 1 << 20
SPARE = 4 * MIB  # the file system's own tables
# Variables that only SMM may write: what Secure Boot stands on.
PROTECTED = ('-global', 'driver=cfi.pflash01,property=secure,value=on')


def _mtools(*command):
    subprocess.run([str(word) for word in command], check=True, timeout=60)


def fill_folder(folder, files):
    """Writes {path on the volume: host's file, text or bytes} below a folder."""
    for name, content in files.items():
        target = folder / name.lstrip('/')
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, Path):
            shutil.copyfile(content, target)
        else:
            target.write_bytes(content.encode() if isinstance(content, str) else content)


def build_volume(folder):
    """Makes a FAT volume of a folder, beside the folder. Returns its path."""
    image = folder.with_suffix('.img')
    size = sum(path.stat().st_size for path in folder.rglob('*') if path.is_file()) + SPARE
    image.unlink(missing_ok=True)
    _mtools('mformat', '-C', '-i', image, '-F', '-T', max(size, 40 * MIB) // 512, '::')
    _mtools('mcopy', '-s', '-i', image, *sorted(folder.iterdir()), '::')
    return image


def conf_of(options, modules):
    """switchyard.conf, and the files that it names, for (file, module line) pairs as GRUB gets them."""
    files = {}
    lines = ['# written by a test', f'monitor {options}', '']
    for number, (path, line) in enumerate(modules):
        name = f'/boot/{number}-{Path(path).name}'
        files[name] = Path(path)
        lines.append(f'{name} {line}')
    return '\n'.join(lines) + '\n', files


def volume_files(options, modules, application=APPLICATION):
    """All files that a volume needs so that firmware starts Switchyard from it."""
    conf, files = conf_of(options, modules)
    return {FIRMWARE_STARTS: application, CONF: conf, **files}


def firmware_arguments(image, folder, *, code=CODE, variables=VARIABLES):
    """QEMU's arguments for OVMF, with a copy of these variables, and for a disk with this volume."""
    own = folder / (image.stem + '.vars')
    shutil.copyfile(variables, own)
    secure = PROTECTED if code == CODE_SECURE else ()
    return (*secure, '-drive', f'if=pflash,format=raw,unit=0,readonly=on,file={code}',
            '-drive', f'if=pflash,format=raw,unit=1,file={own}',
            '-drive', f'if=none,id=volume,format=raw,file={image}',
            '-device', 'virtio-blk-pci,drive=volume,bootindex=0')


def start_from(machines, files, *, name='volume', code=CODE, variables=VARIABLES, **settings):
    """Starts a machine from a volume with these files (fill_folder)."""
    folder = machines.logs / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    fill_folder(folder, files)
    return start_folder(machines, folder, code=code, variables=variables, **settings)


def start_folder(machines, folder, *, code=CODE, variables=VARIABLES, **settings):
    """Starts a machine from a volume with the files below a folder."""
    devices = firmware_arguments(build_volume(folder), machines.logs, code=code,
                                 variables=variables)
    no_disc = machines.logs / 'empty.iso'
    no_disc.write_bytes(b'')
    machine = 'q35,smm=on' if code == CODE_SECURE else 'q35'
    return machines.start_image(no_disc, machine=machine, devices=devices, **settings)
