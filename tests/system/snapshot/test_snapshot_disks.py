# SPDX-License-Identifier: GPL-2.0-only
"""Two disks behind each controller: restore knows the one that the snapshot has mounted, even if a new file system was
made there since, and does not take the other one for it."""

import pytest

from linux import GENERIC, OLDER_GENERIC, Linux, linux_slot
from switchyard import open_console

KINDS = ('sata', 'scsi', 'usb', 'nvme')
DISKS = [f'{kind}{number}' for kind in KINDS for number in (1, 2)]
DEVICES = ['-device', 'ahci,id=sata',
           '-device', 'ide-hd,bus=sata.0,drive=sata1', '-device', 'ide-hd,bus=sata.1,drive=sata2',
           '-device', 'virtio-scsi-pci,id=scsi',
           '-device', 'scsi-hd,bus=scsi.0,scsi-id=1,drive=scsi1', '-device', 'scsi-hd,bus=scsi.0,scsi-id=2,drive=scsi2',
           '-device', 'qemu-xhci,id=usb',
           '-device', 'usb-storage,bus=usb.0,port=1,drive=usb1', '-device', 'usb-storage,bus=usb.0,port=2,drive=usb2',
           '-device', 'nvme,id=nvme,serial=nvme',
           '-device', 'nvme-ns,bus=nvme,nsid=1,drive=nvme1', '-device', 'nvme-ns,bus=nvme,nsid=2,drive=nvme2']
# Each kernel finds the disks in its own order, so they are known by their volume names, which ext2 has at byte 1144.
FIND = (f'until [ "$(ls -d /sys/block/sd* /sys/block/nvme* | wc -l)" -ge {len(DISKS)} ]; do sleep 0.2; done; '
        'for disk in /sys/block/sd* /sys/block/nvme*; do disk=$(basename $disk); '
        'mkdir -p /disks && ln -sf /dev/$disk /disks/$(dd if=/dev/$disk bs=8 skip=143 count=2 2>/dev/null | tr -d "\\0"); done; '
        'ls /disks')


@pytest.fixture
def slots(machines, drives):
    """beta has run, and is parked; alpha runs."""
    machine = machines.start('timeout=-1', linux_slot('alpha', GENERIC) + linux_slot('beta', OLDER_GENERIC),
                             machine='q35', memory='1280M', devices=drives(DISKS) + DEVICES)
    open_console(machine)
    alpha, beta = Linux(machine, 'alpha'), Linux(machine, 'beta')
    machine.sendline('boot alpha')
    alpha.wait()
    alpha.switch_to(beta)
    return alpha, beta


def make_another(guest, disk):
    """It stays mounted, so that the driver finds its UUID."""
    guest.run(f'mkdir /{disk} && mke2fs /disks/{disk} && mount -t ext4 /disks/{disk} /{disk} && echo other > /{disk}/other && sync', 60)


@pytest.mark.thorough
@pytest.mark.limit(500)
def test_two_disks_behind_one_controller(slots):
    alpha, beta = slots
    assert beta.run(FIND, 60).split() == sorted(DISKS)
    # The snapshot "sata" has the SATA disk mounted, the next one the SCSI disk, too, and so on.
    for kind in KINDS:
        beta.run(f'mkdir /{kind} && mount -t ext4 /disks/{kind}1 /{kind} && sync')
        beta.leave(f'syctl snapshot {kind}')
        taken = beta._parked_at
        beta.come_back(60)
    beta.switch_to(alpha)
    alpha.run(FIND, 60)
    for kind in KINDS:
        make_another(alpha, f'{kind}2')
    output, status = alpha.try_run(f'syctl restore {KINDS[-1]}', 120)
    assert (status, output.split()[-1]) == (0, 'done'), output
    alpha.leave('syctl switch beta')
    beta._parked_at = taken  # the same command ends once more
    beta.come_back(60)
    beta.switch_to(alpha)
    alpha.run('syctl kill beta')
    for kind in reversed(KINDS):
        make_another(alpha, f'{kind}1')
        output, status = alpha.try_run(f'syctl restore {kind}', 120)
        assert status == 1, kind
        assert f' on /{kind}: slot alpha has written to it since' in output
