# SPDX-License-Identifier: GPL-2.0-only
"""What reads /proc/vmcore in a guest: the host's programs with their libraries, and Debian's kdump-tools."""

import gzip
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

from paths import BUILD

BUSYBOX = Path('/bin/busybox')
PROGRAMS = ('makedumpfile', 'vmcore-dmesg')
LIBRARY = re.compile(r'(/\S+) \(0x')
KDUMP_TOOLS = BUILD / 'kdump-tools'
LSB = Path('/lib/lsb')


def program_files(program):
    """The program and its libraries."""
    path = shutil.which(program, path='/usr/bin:/usr/sbin:/bin:/sbin')
    assert path, f'{program} is not installed'
    listed = subprocess.run(['ldd', path], stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout
    return [path, *LIBRARY.findall(listed)]


def copy_tools(root, programs=PROGRAMS):
    """Programs go to /bin, libraries to where they are looked for."""
    (root / 'bin').mkdir(parents=True, exist_ok=True)
    for name in programs:
        program, *libraries = program_files(name)
        shutil.copy(program, root / 'bin' / name)
        for library in libraries:
            target = root / library.lstrip('/')
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(library, target)
    return root


def tools_disk(path, programs=PROGRAMS, more=()):
    """QEMU's arguments for a disk that is a tar file with the programs, and with more files in /bin."""
    root = copy_tools(path.with_suffix('.files'), programs)
    for file in more:
        shutil.copy(file, root / 'bin' / file.name)
    with tarfile.open(path, 'w') as archive:
        for folder in root.iterdir():
            archive.add(folder, folder.name)
    shutil.rmtree(root)
    return drive(path)


def drive(path):
    return ['-drive', f'if=virtio,format=raw,file={path}']


def dump_initrd(path, line):
    """An initrd without our driver, whose init runs a line of shell. It has the programs, and kdump-tools."""
    root = copy_tools(path.with_suffix('.files'))
    for folder in ('proc', 'tmp', 'usr/sbin', 'lib/lsb', 'etc/default', 'var/lib/kdump'):
        (root / folder).mkdir(parents=True, exist_ok=True)
    shutil.copy(BUSYBOX, root / 'bin/busybox')
    for applet in subprocess.run([BUSYBOX, '--list'], capture_output=True, text=True, check=True).stdout.split():
        if applet != 'busybox':
            (root / 'bin' / applet).symlink_to('busybox')
    assert KDUMP_TOOLS.exists(), f'missing: {KDUMP_TOOLS}; fetch it with: make packages'
    shutil.copy(KDUMP_TOOLS / 'usr/sbin/kdump-config', root / 'usr/sbin')
    shutil.copy(KDUMP_TOOLS / 'usr/share/kdump-tools/kdump-tools.conf', root / 'etc/default/kdump-tools')
    shutil.copy(LSB / 'init-functions', root / 'lib/lsb')
    (root / 'init').write_text(f'#!/bin/sh\nexport PATH=/bin:/usr/sbin\nmount -t proc proc /proc\n{line}\n')
    (root / 'init').chmod(0o755)
    archive = subprocess.run('find . -mindepth 1 | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0', cwd=root, shell=True,
                             capture_output=True, check=True).stdout
    shutil.rmtree(root)
    path.write_bytes(gzip.compress(archive, 1))
    return path
