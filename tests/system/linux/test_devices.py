# SPDX-License-Identifier: GPL-2.0-only
"""Devices whose driver does not suspend them: the driver names them and suspends nothing, unless it is told to
go on."""

import io
import lzma
import subprocess
import tarfile
from pathlib import Path

import pytest

from linux import GENERIC, KERNELS, OLDER_GENERIC, Linux, linux_slot
from qemu import PROMPT
from switchyard import tick_count, tick_slot

# QEMU's device, where it is, its driver, and the module that brings it.
GPU = ('virtio-gpu-pci', '0000:00:1e.0', 'virtio_gpu', 'virtio-gpu')
DISK = ('pvscsi', '0000:00:1f.0', 'vmw_pvscsi', 'vmw_pvscsi')


def module_files(flavour, module):
    """A module's file and those that it needs, in the order to load them."""
    folder = KERNELS / flavour
    output = subprocess.run(
        ['/sbin/modprobe', '-C', '/dev/null', '-d', folder, '-S', (folder / 'version').read_text().strip(),
         '--show-depends', module], check=True, capture_output=True, text=True, timeout=30).stdout
    return [Path(line.split()[1]) for line in output.splitlines() if line.startswith('insmod ')]


def module_disk(flavour, path):
    """A disk that is a tar file: MODULE/NUMBER-NAME.ko for each file of a module."""
    with tarfile.open(path, 'w') as archive:
        for *_, module in GPU, DISK:
            for number, file in enumerate(module_files(flavour, module)):
                data = file.read_bytes()
                info = tarfile.TarInfo(f'{module}/{number:02}-{file.name.removesuffix(".xz")}')
                data = lzma.decompress(data) if file.suffix == '.xz' else data
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return path


@pytest.fixture(scope='module', params=sorted({GENERIC, OLDER_GENERIC}))
def alpha(request, module_machines, tmp_path_factory):
    """alpha runs at its shell before and after each test."""
    disk = module_disk(request.param, tmp_path_factory.mktemp(request.param) / 'disk.img')
    machine = module_machines.start(
        'timeout=0 default=alpha', linux_slot('alpha', request.param) + tick_slot(), memory='512M',
        devices=['-drive', f'file={disk},format=raw,if=virtio,readonly=on',
                 '-device', f'{GPU[0]},addr=1e', '-device', f'{DISK[0]},addr=1f'])
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.run('tar xf /dev/vda -C /tmp')
    yield alpha
    machine.quit()


def load(alpha, module):
    alpha.run(f'for f in /tmp/{module}/*; do insmod $f; done; dmesg -c')


def to_tick_and_back(alpha, option=''):
    alpha.leave(f'syctl switch {option} tick')
    tick_count(alpha.machine)
    alpha.machine.send('1')
    alpha.come_back()


def check_refused(alpha, address, driver):
    text = f'{address} would not come back, because its driver {driver} does not suspend it'
    for command, name in (('syctl switch tick', 'tick'), ('syctl monitor', 'monitor')):
        output, status = alpha.try_run(command)
        assert (output, status) == (f'error: {name}: {text}; unload that, or add --force\n', 1)
    alpha.run("echo y > /proc/sysrq-trigger; until dmesg | grep -q 'not switched'; do :; done")
    log = alpha.run('dmesg')
    assert f'switchyard: not switched: {text}\n' in log
    assert 'PM: suspend entry' not in log


def test_without_a_driver_nothing_is_lost(alpha):
    to_tick_and_back(alpha)


def test_a_pci_card_without_suspend_is_named(alpha):
    *_, address, driver, module = DISK
    load(alpha, module)
    check_refused(alpha, address, driver)
    alpha.run(f'rmmod {driver}')
    to_tick_and_back(alpha)


def test_a_virtio_device_without_freeze_is_named(alpha):
    *_, address, driver, module = GPU
    load(alpha, module)
    check_refused(alpha, address, driver)


def test_force_goes_on(alpha):
    to_tick_and_back(alpha, '--force')
    alpha.leave('syctl monitor --force')
    alpha.machine.expect(PROMPT)
    alpha.machine.sendline('switch alpha')
    alpha.come_back()
    assert alpha.alarms() == []
