# SPDX-License-Identifier: GPL-2.0-only
"""Kexec jump on kernels with the patch series: Linux loads a small program, jumps to it, and goes on when it gives the
machine back, as often as one likes. Without the series, 6.1 does not come back, and 6.12 comes back once."""

import re
import tarfile

import pytest

from grub_image import build_image
from guest_images import assemble_callee, assemble_trampoline, compile_static
from linux import BUSY_HOST, Linux
from patched_kernels import ON_CONSOLE, ON_EACH

pytestmark = ON_EACH

ADDRESS = 0x4000000         # trampoline.asm has it
BEHIND = ADDRESS + 0x10000  # jumps.c loads each file to 64 KiB
JUMPS = 4


def tools_disk(path):
    """A disk that is a tar file, with jumps and what it loads."""
    files = {'jumps': compile_static('jumps'), 'returns': assemble_callee(ADDRESS),
             'peer': assemble_callee(BEHIND, calls_back=True), 'trampoline': assemble_trampoline(BEHIND)}
    with tarfile.open(path, 'w') as archive:
        for name, file in files.items():
            archive.add(file, name)
    return path


@pytest.fixture
def linux(machines, guest, tmp_path):
    """The kernel without the monitor."""
    image = build_image([f'linux /vmlinuz {ON_CONSOLE}', 'initrd /initrd'],
                        {'/vmlinuz': guest / 'vmlinuz', '/initrd': guest / 'initrd'})
    disk = tools_disk(tmp_path / 'tools.tar')
    machine = machines.start_image(image, memory='512M', smp=2, devices=[
        '-drive', f'file={disk},format=raw,if=virtio,readonly=on'])
    linux = Linux(machine, 'linux')
    linux.wait()
    linux.run('tar xf /dev/vda -C /tmp')
    return linux


def jump(linux, files):
    """What the callee says at each of the jumps."""
    seen = len(linux.machine.serial.text)
    linux.leave(f'/tmp/jumps {JUMPS} {files}')
    linux.come_back(60)
    return re.findall(r'@callee (\w+)', linux.machine.serial.text[seen:])


def test_it_comes_back_each_time(linux):
    linux.run('dmesg -c > /dev/null')
    # One that just returns is entered at its start each time, and its memory is kept meanwhile.
    assert jump(linux, f'/tmp/returns {ADDRESS:#x}') == ['1A', '1B', '1C', '1D']
    # Another Linux would leave the address of its next entry.
    assert jump(linux, f'/tmp/trampoline {ADDRESS:#x} /tmp/peer {BEHIND:#x}') == ['1A', '2B', '2C', '2D']
    linux.check_cpus(2)
    said = linux.run('dmesg')
    assert len(re.findall(r'CPU1 is up', said)) == 2 * JUMPS
    assert linux.alarms(BUSY_HOST) == []
    assert linux.run('tar xOf /dev/vda jumps | cmp - /tmp/jumps') == ''
