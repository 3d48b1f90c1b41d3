# SPDX-License-Identifier: GPL-2.0-only
"""Devices whose driver does not suspend them: the driver names them and suspends nothing, unless it is told to
go on."""

import pytest

from linux import GENERIC, OLDER_GENERIC, Linux, linux_slot
from linux_modules import load_module, module_disk, unpack_modules
from qemu import PROMPT
from switchyard import tick_count, tick_slot

# QEMU's device, where it is, its driver, and the module that brings it.
GPU = ('virtio-gpu-pci', '0000:00:1e.0', 'virtio_gpu', 'virtio-gpu')
DISK = ('pvscsi', '0000:00:1f.0', 'vmw_pvscsi', 'vmw_pvscsi')


@pytest.fixture(scope='module', params=sorted({GENERIC, OLDER_GENERIC}))
def alpha(request, module_machines, tmp_path_factory):
    """alpha runs at its shell before and after each test."""
    disk = module_disk(request.param, tmp_path_factory.mktemp(request.param) / 'disk.img', (GPU[3], DISK[3]))
    machine = module_machines.start(
        'timeout=0 default=alpha', linux_slot('alpha', request.param) + tick_slot(), memory='512M',
        devices=[*disk, '-device', f'{GPU[0]},addr=1e', '-device', f'{DISK[0]},addr=1f'])
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    unpack_modules(alpha)
    yield alpha
    machine.quit()


def load(alpha, module):
    load_module(alpha, module)
    alpha.run('dmesg -c')


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
