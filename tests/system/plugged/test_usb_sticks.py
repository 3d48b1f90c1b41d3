# SPDX-License-Identifier: GPL-2.0-only
"""USB sticks that are pulled out, put in and exchanged while the slot that uses them is away: it sees the one that is
there, and writes nothing to another one that looks like the one before."""

import hashlib
import subprocess

import pytest

from linux import GENERIC, Linux, linux_slot

STICKS = ('a', 'b', 'c')
SIZE = 16 << 20
LIMIT = 60


class Port:
    """One port of the controller, with a stick or without."""

    def __init__(self, machine, folder):
        self.machine = machine
        self.folder = folder
        self.count = 0
        self.name = None

    def put_in(self, stick, serial='same'):
        self.count += 1
        self.name = f'{stick}{self.count}'
        self.machine.qmp.execute('blockdev-add', driver='raw', **{
            'node-name': f'node-{self.name}', 'file': {'driver': 'file', 'filename': str(self.folder / stick)}})
        self.machine.qmp.execute('device_add', driver='usb-storage', bus='usb.0', port='1', id=self.name, serial=serial,
                                 drive=f'node-{self.name}')

    def pull_out(self):
        self.machine.qmp.execute('device_del', id=self.name)
        self.machine.qmp.wait_event('DEVICE_DELETED', LIMIT)

    def exchange(self, stick, serial='same'):
        self.pull_out()
        self.put_in(stick, serial)


@pytest.fixture(scope='module')
def slots(module_machines, tmp_path_factory):
    """alpha runs, and beta is parked. Each stick has an ext4, and its own name as a file's contents."""
    folder = tmp_path_factory.mktemp('sticks')
    for stick in STICKS:
        (folder / f'{stick}-root').mkdir()
        (folder / f'{stick}-root/name').write_text(stick)
        (folder / stick).write_bytes(bytes(SIZE))
        subprocess.run(['/usr/sbin/mke2fs', '-q', '-t', 'ext4', '-d', folder / f'{stick}-root', folder / stick], check=True,
                       timeout=60)
    machine = module_machines.start('timeout=0 default=beta', [*linux_slot('alpha', GENERIC), *linux_slot('beta', GENERIC)],
                                    machine='q35', memory='768M', devices=['-device', 'qemu-xhci,id=usb'])
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    beta.wait()
    beta.switch_to(alpha)
    alpha.run('mkdir -p /stick')
    yield alpha, beta, Port(machine, folder)
    machine.quit()


def sum_of(port, stick):
    return hashlib.sha256((port.folder / stick).read_bytes()).hexdigest()


def find(guest):
    """Waits for the disk; returns its name."""
    return guest.run('until cat /sys/block/sd*/size 2>&1 | grep -q [1-9] && [ -b /dev/$(basename /sys/block/sd*) ]; '
                     'do sleep 0.2; done; basename /sys/block/sd*', LIMIT).split()[-1]


def mount(guest):
    guest.run(f'mount -t ext4 /dev/{find(guest)} /stick')
    return guest.run('cat /stick/name')


def wait_for_none(guest):
    guest.run('until ! ls /sys/block/sd*; do sleep 0.2; done', LIMIT)


def away(alpha, beta, change):
    alpha.switch_to(beta)
    change()
    beta.switch_to(alpha)


@pytest.mark.thorough
@pytest.mark.limit(400)
def test_the_same_one_goes_on(slots):
    """It is also there if it was put in meanwhile."""
    alpha, beta, port = slots
    away(alpha, beta, lambda: port.put_in('a'))
    assert mount(alpha) == 'a'
    away(alpha, beta, lambda: None)
    alpha.run('echo more > /stick/more; sync; [ -b /dev/sda ]')
    away(alpha, beta, lambda: None)
    assert alpha.run('cat /stick/more') == 'more\n'


@pytest.mark.thorough
@pytest.mark.limit(400)
def test_another_one_with_the_same_serial_number(slots):
    alpha, beta, port = slots
    before = sum_of(port, 'b')
    alpha.run('dmesg -c; exec 5> /stick/open; echo one >&5')
    away(alpha, beta, lambda: port.exchange('b'))
    assert 'sda is another one than before' in alpha.run('dmesg')
    alpha.try_run('echo two >&5; echo more > /stick/new; sync; exec 5>&-; umount /stick')
    assert sum_of(port, 'b') == before
    alpha.run('until ! [ -e /sys/block/sda/device ] || [ "$(cat /sys/block/sd*/size)" -gt 0 ]; do sleep 0.2; done', LIMIT)
    assert mount(alpha) == 'b'


@pytest.mark.thorough
@pytest.mark.limit(400)
def test_another_one_with_its_own_serial_number(slots):
    alpha, beta, port = slots
    before = sum_of(port, 'c')
    alpha.run('exec 5> /stick/open; echo one >&5')
    away(alpha, beta, lambda: port.exchange('c', 'other'))
    alpha.try_run('echo two >&5; echo more > /stick/new; sync; exec 5>&-; umount /stick')
    assert sum_of(port, 'c') == before
    assert mount(alpha) == 'c'


@pytest.mark.thorough
@pytest.mark.limit(400)
def test_none(slots):
    alpha, beta, port = slots
    away(alpha, beta, port.pull_out)
    wait_for_none(alpha)
    alpha.try_run('echo more > /stick/new; sync')
    assert alpha.try_run('echo again > /stick/again')[1] != 0
    alpha.run('umount /stick')
