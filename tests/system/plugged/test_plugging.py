# SPDX-License-Identifier: GPL-2.0-only
"""Devices that are plugged in and taken out while the slot that uses them is away: it comes back, and finds what is
there. ACPI tells of them on the older machine and on q35, and PCI Express itself if ACPI does not."""

import pytest

from linux import GENERIC, Linux, linux_slot
from qemu import PROMPT

PCI = '/sys/bus/pci/devices'
MACHINES = {
    'pc': ('pc', []),
    'q35': ('q35', []),
    'native': ('q35', ['-global', 'ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off']),
}
DRIVERS = {'card': 'e1000e', 'disk': 'nvme'}


def port(number):
    return f'pcie-root-port,id=port{number},chassis={number},slot={number}'


def place(kind, number):
    return {'bus': 'pci.0', 'addr': hex(0x10 + number)} if kind == 'pc' else {'bus': f'port{number}'}


def plug_in(machine, kind, name, number):
    more = {'serial': name} if name == 'disk' else {}
    machine.qmp.execute('device_add', driver=DRIVERS[name], id=name, **place(kind, number), **more)


def path(kind, number):
    return f'{PCI}/0000:00:{0x10 + number:02x}.0' if kind == 'pc' else f'{PCI}/0000:{number + 1:02x}:00.0'


def start(machines, kind):
    """alpha with its devices runs, and beta is parked."""
    machine_type, options = MACHINES[kind]
    devices = list(options)
    for number in range(4) if kind != 'pc' else ():
        devices += ['-device', port(number)]
    for number, name in enumerate(DRIVERS):
        words = [DRIVERS[name], f'id={name}', *(f'{key}={value}' for key, value in place(kind, number).items())]
        devices += ['-device', ','.join(words + (['serial=disk'] if name == 'disk' else []))]
    machine = machines.start('timeout=0 default=beta', [*linux_slot('alpha', GENERIC), *linux_slot('beta', GENERIC)],
                             machine=machine_type, memory='768M', devices=devices)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    beta.wait()
    beta.switch_to(alpha)
    return machine, alpha, beta


def wait_gone(guest, kind, number):
    guest.run(f'until [ ! -e {path(kind, number)} ]; do sleep 0.1; done', 60)


def wait_there(guest, kind, number):
    guest.run(f'until [ -e {path(kind, number)}/driver ]; do sleep 0.1; done', 60)


@pytest.mark.thorough
@pytest.mark.parametrize('kind', MACHINES)
def test_taken_out_and_plugged_in_while_away(machines, kind):
    machine, alpha, beta = start(machines, kind)
    for number in range(len(DRIVERS)):
        wait_there(alpha, kind, number)
    alpha.switch_to(beta)
    for number, name in enumerate(DRIVERS):
        machine.qmp.execute('device_del', id=name)
        machine.qmp.wait_event('DEVICE_DELETED', 60)
        wait_gone(beta, kind, number)
    beta.switch_to(alpha)
    for number in range(len(DRIVERS)):
        wait_gone(alpha, kind, number)
    alpha.switch_to(beta)
    plug_in(machine, kind, 'card', 3)
    wait_there(beta, kind, 3)
    beta.switch_to(alpha)
    wait_there(alpha, kind, 3)
    assert alpha.alarms() == []


@pytest.mark.thorough
def test_plugged_in_while_a_quick_switch_was_away(machines):
    """The monitor drops ACPI's event."""
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', GENERIC), memory='512M')
    alpha = Linux(machine, 'alpha')
    alpha.wait()
    alpha.leave('syctl --quick monitor')
    machine.expect(PROMPT)
    plug_in(machine, 'pc', 'disk', 3)
    machine.sendline('switch alpha')
    alpha.come_back()
    wait_there(alpha, 'pc', 3)
    assert alpha.alarms() == []
