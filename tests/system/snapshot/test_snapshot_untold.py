# SPDX-License-Identifier: GPL-2.0-only
"""Writes of programs to disks that nobody has mounted count, too: those that wait in memory, those to a disk that was
taken out since, as many to one of two disks that are alike as to the other, and those that find no room in the list."""

import subprocess

import pytest

from linux import CLOUD, GENERIC, OLDER_CLOUD, OLDER_GENERIC, Linux, linux_slot
from switchyard import open_console

SCSI = ['-device', 'virtio-scsi-pci,id=scsi', '-device', 'scsi-hd,bus=scsi.0,scsi-id=1,drive=a']
TWO_SCSI = [*SCSI, '-device', 'scsi-hd,bus=scsi.0,scsi-id=2,drive=b']
# QEMU makes a serial number, if none is given.
STICKS = ['-device', 'qemu-xhci,id=usb',
          '-device', 'usb-storage,bus=usb.0,port=1,serial=,drive=a', '-device', 'usb-storage,bus=usb.0,port=2,serial=,drive=b']
MOST = 16  # devices in a list

pytestmark = pytest.mark.thorough


def start(machines, flavours, devices, machine='pc'):
    """beta runs for the first time; alpha is parked."""
    made = machines.start('timeout=-1', linux_slot('alpha', flavours[0], 'mem=192M') + linux_slot('beta', flavours[1], 'mem=192M'),
                          machine=machine, memory='1G', devices=devices)
    open_console(made)
    alpha, beta = Linux(made, 'alpha'), Linux(made, 'beta')
    made.sendline('boot alpha')
    alpha.wait()
    alpha.switch_to(beta)
    return alpha, beta


def take_snapshot(alpha, beta, disk):
    """beta has the disk mounted in it; then alpha runs, and beta has ended."""
    beta.run(f'mkdir /disk && mount -t ext4 {disk} /disk && echo one > /disk/file && sync')
    beta.leave('syctl snapshot clean')
    beta.come_back(120)
    beta.switch_to(alpha)
    alpha.run('syctl kill beta')
    beta._parked_at = None  # it starts afresh


def check_refused(alpha):
    output, status = alpha.try_run('syctl restore clean', 120)
    assert status == 1, output
    assert ' on /disk: slot alpha has written to it since' in output


def find(guest, name, disks='sd?'):
    """One of two disks, by the name of its file system."""
    return guest.run(f'cd /dev; until [ $(ls -d {disks} | wc -l) = 2 ]; do sleep 0.2; done; for disk in {disks}; do '
                     f'if [ "$(dd if=$disk bs=8 skip=143 count=2 2>/dev/null | tr -d "\\0")" = {name} ]; then echo /dev/$disk; fi; done',
                     60).split()[-1]


@pytest.mark.parametrize('flavours', [(CLOUD, OLDER_CLOUD), (OLDER_CLOUD, CLOUD)], ids=['new', 'old'])
def test_what_waits_in_memory(machines, drives, flavours):
    """It would come to the disk when alpha leaves."""
    alpha, beta = start(machines, flavours, drives('a') + SCSI)
    take_snapshot(alpha, beta, '/dev/sda')
    alpha.run('exec 5<>/dev/sda; dd if=/dev/zero of=/dev/sda bs=4k count=256 seek=4 conv=notrunc')
    check_refused(alpha)


@pytest.mark.parametrize('flavours', [(CLOUD, OLDER_CLOUD), (OLDER_CLOUD, CLOUD)], ids=['new', 'old'])
def test_a_disk_that_was_out(machines, drives, flavours):
    """With it, Linux forgets what it has written to it. The driver looks once a second."""
    alpha, beta = start(machines, flavours, drives('a') + SCSI)
    take_snapshot(alpha, beta, '/dev/sda')
    alpha.run('dd if=/dev/zero of=/dev/sda bs=4k count=2 seek=300 conv=notrunc,fsync; sleep 4; echo 1 > /sys/block/sda/device/delete; '
              'for host in /sys/class/scsi_host/*; do echo "- - -" > $host/scan; done; until ls /dev/sd?; do sleep 0.2; done', 60)
    check_refused(alpha)


@pytest.mark.parametrize('flavours', [(GENERIC, OLDER_GENERIC), (OLDER_GENERIC, GENERIC)], ids=['new', 'old'])
def test_two_sticks_of_one_model(machines, drives, flavours):
    alpha, beta = start(machines, flavours, drives('ab') + STICKS, 'q35')
    take_snapshot(alpha, beta, find(beta, 'b'))
    # beta starts afresh, so that alpha has told of its write to the first one before the snapshot.
    write = 'dd if=/dev/zero of={} bs=4k count=2 seek=300 conv=notrunc,fsync'
    alpha.run('syctl drop clean; ' + write.format(find(alpha, 'a')))
    alpha.switch_to(beta)
    take_snapshot(alpha, beta, find(beta, 'b'))
    alpha.run(write.format(find(alpha, 'b')))
    check_refused(alpha)


@pytest.mark.parametrize('flavours', [(CLOUD, OLDER_CLOUD), (OLDER_CLOUD, CLOUD)], ids=['new', 'old'])
def test_a_disk_that_does_not_answer(machines, drives, flavours):
    """The driver reads the swap's id when it looks, and does not come to the disk that was written."""
    alpha, beta = start(machines, flavours, drives('ab') + TWO_SCSI)
    take_snapshot(alpha, beta, find(beta, 'a'))
    written, swap = find(alpha, 'a'), find(alpha, 'b')
    # A check waits until the driver has looked.
    alpha.run(f'mkswap {swap} && swapon {swap} && syctl storage check {swap}')
    alpha.machine.qmp.throttle('b', read=1)
    alpha.run(f'echo 3 > /proc/sys/vm/drop_caches; dd if={swap} of=/dev/null bs=4k count=1 skip=100; '
              f'dd if=/dev/zero of={written} bs=4k count=2 seek=300 conv=notrunc,fsync')
    output, status = alpha.try_run('syctl restore clean', 120)
    assert status == 1, output
    assert ' on /disk: slot alpha may have written to it since' in output
    alpha.machine.qmp.throttle('b')
    alpha.run('syctl restore clean --force', 120)


def test_the_last_one_that_is_in_use(machines, tmp_path):
    disk = tmp_path / 'disk'
    disk.write_bytes(bytes(64 << 20))
    subprocess.run(['/usr/sbin/sfdisk', '-q', disk], input='label: gpt\n' + 'size=2M\n' * (MOST + 1), text=True, check=True, timeout=60)
    alpha, beta = start(machines, (CLOUD, OLDER_CLOUD), ['-drive', f'file={disk},format=raw,if=virtio,cache=unsafe'])
    beta.run(f'for part in $(seq {MOST}); do mke2fs /dev/vda$part && mkdir /$part && mount -t ext4 /dev/vda$part /$part || exit; done', 120)
    beta.run(f'dd if=/dev/zero of=/dev/vda{MOST + 1} bs=4k count=2 conv=fsync')
    beta.switch_to(alpha)
    output, status = alpha.try_run(f'mkdir /disk && mount -t ext4 /dev/vda{MOST} /disk')
    assert status and 'busy' in output.lower(), output
