# SPDX-License-Identifier: GPL-2.0-only
"""Quick switches between stock kernels that share no device: no device is suspended, no CPU goes offline."""

import pytest

from linux import CLOUD, OLDER_CLOUD, Linux, linux_slot

# PCI addresses of what each slot has. A kernel that starts takes them all, and lets go of the others.
OWN = {'alpha': '0000:00:10.0', 'beta': '0000:00:11.0'}


def disks(folder):
    arguments = []
    for name, address in OWN.items():
        path = folder / f'{name}.img'
        with open(path, 'wb') as disk:
            disk.truncate(16 << 20)
        arguments += ['-drive', f'file={path},format=raw,if=none,id={name}',
                      '-device', f'virtio-blk-pci,drive={name},addr={address[8:10]}']
    return arguments


def keep_own(guest):
    """The guest lets go of all PCI functions but its own."""
    guest.run('for device in /sys/bus/pci/devices/*; do '
              f'[ ! -e $device/driver ] || [ ${{device##*/}} = {OWN[guest.name]} ] || '
              'echo ${device##*/} > $device/driver/unbind; done')


def start(machines, flavour, smp):
    machine = machines.start('timeout=0 default=alpha', linux_slot('alpha', flavour) + linux_slot('beta', flavour),
                             memory='1G', smp=smp, devices=disks(machines.logs))
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    alpha.wait()
    keep_own(alpha)
    alpha.switch_to(beta)
    keep_own(beta)
    return alpha, beta


def hop(guest, other):
    guest.leave(f'syctl --quick switch {other.name}')
    other.come_back()


@pytest.mark.parametrize('flavour', sorted({CLOUD, OLDER_CLOUD}))
def test_to_and_fro(machines, flavour):
    alpha, beta = start(machines, flavour, 1)
    for _ in range(10):
        hop(beta, alpha)
        hop(alpha, beta)
    for guest in beta, alpha:
        guest.run('dd if=$(ls /dev/vd?) bs=1M count=4 iflag=direct of=/dev/null')
        assert guest.alarms() == [], guest.run("dmesg | tail -40")
        if guest is beta:
            hop(beta, alpha)
