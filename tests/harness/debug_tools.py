# SPDX-License-Identifier: GPL-2.0-only
"""crash, gdb and makedumpfile of a Debian that knows newer kernels, with debug information: make debug-tools. They read
a core file here, or /proc/switchyard/SLOT in a guest."""

import re
import shutil
import subprocess
import tempfile

import pytest

from linux import CLOUD, KERNELS, OLDER_GENERIC
from paths import BUILD

DEBUG = BUILD / 'debug'
TOOLS = DEBUG / 'tools'
LIBRARIES = TOOLS / 'usr/lib/x86_64-linux-gnu'
LOADER = LIBRARIES / 'ld-linux-x86-64.so.2'
LIMIT = 300
DISK_MIB = 100  # beside vmlinux

# A file of tests that need them has this as its pytestmark.
NEEDED = [pytest.mark.thorough,
          pytest.mark.skipif(not all((DEBUG / flavour / 'version').exists() for flavour in (OLDER_GENERIC, CLOUD)),
                             reason='no debug information: make debug-tools')]


def vmlinux(flavour):
    assert (DEBUG / flavour / 'version').read_text() == (KERNELS / flavour / 'version').read_text()
    return DEBUG / flavour / 'vmlinux'


def _tool(name):
    return [LOADER, '--library-path', LIBRARIES, TOOLS / 'usr/bin' / name]


def _run(*command, text=None):
    return subprocess.run([str(word) for word in command], input=text, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors='replace', timeout=LIMIT, check=False)


def crash(flavour, core, *commands):
    """What each command of crash says."""
    lines = ''.join(f'!echo @{number}@\n{command}\n' for number, command in enumerate(commands)) + '!echo @@\nquit\n'
    said = _run(*_tool('crash'), '-s', vmlinux(flavour), core, text=lines)
    assert said.returncode == 0, said.stdout
    return pieces_of(said.stdout, len(commands))


def pieces_of(said, count):
    """What stands behind @0@, @1@ and so on, up to @@."""
    found = re.split(r'^@\d*@\n', said, flags=re.M)[1:]
    assert len(found) == count + 1, said
    return found[:-1]


def gdb(*commands):
    with tempfile.NamedTemporaryFile('w', suffix='.gdb') as script:
        script.write('\n'.join(commands) + '\n')
        script.flush()
        said = _run('gdb', '-batch', '-nx', '-x', script.name)
    assert said.returncode == 0, said.stdout
    return said.stdout


def makedumpfile(options, core, to):
    to.unlink(missing_ok=True)
    said = _run(*_tool('makedumpfile'), *options, core, to)
    assert said.returncode == 0, said.stdout
    return said.stdout


def flatten(options, core, to):
    """Writes a dump in makedumpfile's flattened form (-F) through a pipe, and puts it together again (-R)."""
    to.unlink(missing_ok=True)
    with subprocess.Popen([*map(str, _tool('makedumpfile')), *options, '-F', str(core)], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as source:
        said = subprocess.run([*map(str, _tool('makedumpfile')), '-R', str(to)], stdin=source.stdout,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=LIMIT, check=False)
    assert said.returncode == 0 and source.returncode == 0, said.stdout


def tools_disk(flavour, folder):
    """A disk (ext4) with crash, its libraries, and that kernel's vmlinux, to chroot into. Returns QEMU's arguments."""
    root, image = folder / 'tools', folder / 'tools.ext4'
    shutil.rmtree(root, ignore_errors=True)
    for name in ('bin', 'dev', 'proc', 'tmp', 'usr/bin', 'usr/lib64', 'lib64'):
        (root / name).mkdir(parents=True)
    listed = _run(LOADER, '--library-path', LIBRARIES, '--list', TOOLS / 'usr/bin/crash').stdout
    shutil.copy(TOOLS / 'usr/bin/crash', root / 'usr/bin')
    shutil.copy('/bin/busybox', root / 'bin/sh')  # for crash's own `!`
    (root / 'lib').symlink_to('usr/lib64')
    for path in re.findall(r'=> (/\S+)', listed):
        shutil.copy(path, root / 'usr/lib64')
    shutil.copy(LOADER, root / 'lib64')
    (root / 'vmlinux').hardlink_to(vmlinux(flavour))
    image.unlink(missing_ok=True)
    subprocess.run(['/usr/sbin/mkfs.ext4', '-q', '-d', root, image,
                    f'{(vmlinux(flavour).stat().st_size >> 20) + DISK_MIB}M'], check=True, timeout=120)
    shutil.rmtree(root)
    return ['-drive', f'file={image},format=raw,if=virtio,readonly=on']


def mount_tools(guest, device):
    guest.run(f'mkdir -p /tools; mount -t ext4 -o ro {device} /tools; '
              'for d in proc dev tmp; do mount -o bind /$d /tools/$d; done')
