# SPDX-License-Identifier: GPL-2.0-only
"""Devices that both slots use in turn, by the drivers that people have: data stays whole, and a device that comes
back answers soon.

e1000e's link takes 2 to 3 s, as long as after `ip link set eth0 up` without any switch: the link is negotiated
anew, and the driver looks at it every 2 s.
"""

import pytest

from fixtures import with_older
from linux import GENERIC, OLDER_GENERIC, Linux, linux_slot
from paths import GUESTS, scaled
from switchyard import open_console

SCRIPT = GUESTS / 'check-devices.sh'
BACK_MS = 2000  # the card: after its link
# A USB disk that the other slot wrote to at its beginning, where a partition table is, is looked at afresh, and usb-storage waits
# for a second before that (delay_use).
AFRESH_MS = {'usb': 1000}
LINK_MARGIN_MS = 1500  # what a link may take longer than without a switch
CHECK_LIMIT = 60
OFFSET = {'alpha': 0, 'beta': 8}  # MiB on each disk

# Each has a size of its own, by which guests know it.
DISKS_MIB = {'nvme': 17, 'ahci': 18, 'usb': 19, 'virtio': 20, 'virtio-legacy': 21}
DEVICES = [
    '-device', 'nvme,drive=nvme,serial=1', '-device', 'ide-hd,drive=ahci,bus=ide.0',
    '-device', 'qemu-xhci', '-device', 'usb-storage,drive=usb', '-device', 'usb-kbd',
    '-device', 'virtio-blk-pci,drive=virtio,disable-legacy=on',
    '-device', 'virtio-blk-pci,drive=virtio-legacy,disable-modern=on,disable-legacy=off',
    '-netdev', 'user,id=net0', '-device', 'e1000e,netdev=net0',
]


class Guest(Linux):
    """What this guest wrote to each disk is there when it comes back."""

    link_ms = 0  # what the card's link takes without a switch

    def set_up(self):
        self.put_file('/tmp/check.sh', SCRIPT.read_text())
        self.run('ip link set eth0 down && ip link set eth0 up')
        self.link_ms = self.check()['link']

    def check(self):
        """Asks all devices; returns the ms that each took."""
        disks = ' '.join(f'{name}={size << 11}' for name, size in DISKS_MIB.items())
        lines = self.run(f'sh /tmp/check.sh {OFFSET[self.name]} {disks}', CHECK_LIMIT).split('\n')
        took = dict(line.split() for line in lines if line)
        assert set(took) == {*DISKS_MIB, 'link', 'card'}
        assert 'WRONG' not in took.values(), took
        milliseconds = {name: int(ms) for name, ms in took.items()}
        milliseconds['card'] -= milliseconds['link']
        return milliseconds


@pytest.fixture(params=with_older(GENERIC, OLDER_GENERIC))
def guests(request, machines):
    """alpha runs, beta is parked, and both have written to all disks."""
    devices = list(DEVICES)
    for name, size in DISKS_MIB.items():
        path = machines.logs / f'{name}.img'
        path.write_bytes(bytes(size << 20))
        devices += ['-drive', f'file={path},format=raw,if=none,id={name}']
    machine = machines.start('timeout=-1', linux_slot('alpha', request.param) + linux_slot('beta', request.param),
                             machine='q35,i8042=off', smp=2, memory='1G', devices=devices)
    open_console(machine)
    alpha, beta = Guest(machine, 'alpha'), Guest(machine, 'beta')
    machine.sendline('boot alpha')
    alpha.wait()
    alpha.set_up()
    alpha.switch_to(beta)
    beta.set_up()
    beta.switch_to(alpha)
    alpha.check()
    return alpha, beta


@pytest.mark.parametrize('switches', [4, pytest.param(20, marks=pytest.mark.thorough)])
def test_shared_devices(guests, switches):
    running, parked = guests
    slowest = {}
    for _ in range(switches):
        running.switch_to(parked)
        running, parked = parked, running
        for name, ms in running.check().items():
            slowest[name] = max(ms, slowest.get(name, 0))
    print(f'slowest, in ms: {slowest}')
    link_ms = slowest.pop('link')
    assert link_ms <= scaled(running.link_ms + LINK_MARGIN_MS), f'link: {running.link_ms} ms before'
    late = {name: ms for name, ms in slowest.items() if ms > scaled(BACK_MS + AFRESH_MS.get(name, 0))}
    assert not late, f'devices that took longer than {BACK_MS} ms: {late}'
    assert running.alarms() == []
