# SPDX-License-Identifier: GPL-2.0-only
"""The host's programs that read /proc/vmcore, with their libraries, on a disk for a guest."""

import re
import shutil
import subprocess
import tarfile

PROGRAMS = ('makedumpfile', 'vmcore-dmesg')
LIBRARY = re.compile(r'(/\S+) \(0x')


def files_of(program):
    """The program and its libraries."""
    path = shutil.which(program, path='/usr/bin:/usr/sbin:/bin:/sbin')
    assert path, f'{program} is not installed'
    listed = subprocess.run(['ldd', path], stdout=subprocess.PIPE, text=True, check=True, timeout=60).stdout
    return [path, *LIBRARY.findall(listed)]


def tools_disk(path, *more):
    """A disk that is a tar file: programs in /bin, libraries where they look for them. more: (file, name) pairs."""
    with tarfile.open(path, 'w', dereference=True) as archive:
        for name in PROGRAMS:
            program, *libraries = files_of(name)
            archive.add(program, f'bin/{name}')
            for library in libraries:
                archive.add(library, library.lstrip('/'))
        for file, name in more:
            archive.add(file, name)
    return path


def drive(path):
    """QEMU's arguments for it."""
    return ['-drive', f'if=virtio,format=raw,file={path}']
